import type { Context, Hono } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { z } from "zod";
import type { Access } from "../domain/permissions.ts";
import { parseMessage, queryInput } from "../wire/message.ts";
import { serverAddress } from "../views/links.ts";
import { authorize } from "./caller.ts";
import { sendPage } from "./html.tsx";
import { compression } from "./middleware/compression.ts";
import { type Reader, readerOf } from "./reader.ts";
import type { Services } from "./services.ts";

/** What a page knows beside the services. */
export interface PageRequest extends Services {
  reader: Reader;
  /** The query of the address as it was sent, without "?". */
  search: string;
  /** How this server is reached, for lines to paste: `http://localhost:5000`. */
  address: string;
  /** The page says what is wrong with what was asked for: it answers 400 instead of 200. */
  refuse: () => void;
}

export interface Page {
  method: "GET" | "POST";
  /** Hono's form: `/runs/:run_id`. */
  path: string;
  access: Access;
  respond: (services: Services, context: Context) => Promise<Response>;
}

/** Declares a page. The URL is the view: path and query, parsed by `query`, are all that it depends on. */
export function page<Query extends z.ZodType>(declaration: {
  path: string;
  query: Query;
  access: Access;
  show: (request: PageRequest, view: z.output<Query>) => Promise<JSX.Element> | JSX.Element;
}): Page {
  const { path, query, access, show } = declaration;
  return {
    method: "GET",
    path,
    access,
    respond: async (services, context) => {
      const url = new URL(context.req.url);
      const view = parseMessage(query, { ...queryInput(query, url.searchParams), ...context.req.param() });
      let status: 200 | 400 = 200;
      const refuse = () => void (status = 400);
      return sendPage(
        context,
        await show({
          ...services,
          reader: readerOf(context),
          search: url.search.slice(1),
          address: serverAddress(url.origin),
          refuse,
        }, view),
        status,
      );
    },
  };
}

/** What a form knows beside the services. */
export interface FormRequest extends Services {
  reader: Reader;
}

/** Declares what a form does. `handle` answers the address of the page that shows the outcome. */
export function form<Fields extends z.ZodType>(declaration: {
  path: string;
  fields: Fields;
  access: Access;
  handle: (request: FormRequest, fields: z.output<Fields>) => Promise<string>;
}): Page {
  const { path, fields, access, handle } = declaration;
  return {
    method: "POST",
    path,
    access,
    respond: async (services, context) => {
      // Browsers end the lines of a textarea with CR LF, whatever they were before.
      const sent = new URLSearchParams((await context.req.text()).replaceAll("%0D%0A", "%0A"));
      const input = parseMessage(fields, { ...queryInput(fields, sent), ...context.req.param() });
      return context.redirect(await handle({ ...services, reader: readerOf(context) }, input), 303);
    },
  };
}

export function mountPages(app: Hono, services: Services, pages: readonly Page[]): void {
  for (const { method, path, access, respond } of pages) {
    app.use(path, compression());
    app.on(method, path, (context) => {
      authorize(access, context);
      return respond(services, context);
    });
  }
}
