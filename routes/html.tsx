import type { Context } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Frame } from "../views/shell.tsx";
import { contentPolicy } from "./middleware/security_headers.ts";
import { readerOf } from "./reader.ts";

/** A page, whose scripts run because they bear a word that nobody could know beforehand. */
export function sendPage(context: Context, page: JSX.Element, status: ContentfulStatusCode = 200): Response {
  const nonce = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  const { theme } = readerOf(context);
  const html = <Frame.Provider value={{ nonce, theme }}>{page}</Frame.Provider>;
  return context.html(html.toString(), status, { "content-security-policy": contentPolicy(nonce) });
}
