import type { Context, Hono } from "hono";
import type { z } from "zod";
import { ApiError, invalid } from "../domain/errors.ts";
import { parseJson } from "../domain/json.ts";
import { type Access, allows } from "../domain/permissions.ts";
import { parseMessage, queryInput } from "../wire/message.ts";
import type { Services } from "./services.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a handler answers: an object, JSON that is ready to send, or nothing to say. */
type Answer = object | string | void;

interface Declaration<Input extends z.ZodType> {
  method: Method;
  /** Below `/api/<version>/mlflow/`; `{name}` is a parameter of the input. */
  path: string;
  /** Of the protocol. Default "2.0". */
  version?: "2.0" | "3.0";
  input: Input;
  access: Access;
  handle: (services: Services, input: z.output<Input>) => Promise<Answer> | Answer;
}

export interface Endpoint extends Omit<Declaration<z.ZodType>, "handle"> {
  respond: (services: Services, context: Context) => Promise<Response>;
}

/** Declares an endpoint of MLflow's protocol. Parsing, prefixes, errors and the access check follow from the declaration. */
export function endpoint<Input extends z.ZodType>(declaration: Declaration<Input>): Endpoint {
  const { handle, ...rest } = declaration;
  return {
    ...rest,
    respond: async (services, context) => {
      authorize(rest.access);
      const input = parseMessage(rest.input, await readInput(context, rest.method, rest.input));
      const answer = await handle(services, input) ?? {};
      return new Response(typeof answer === "string" ? answer : JSON.stringify(answer), { headers: jsonHeaders });
    },
  };
}

/** Serves each endpoint under the clients' prefix and under the one of MLflow's own pages. */
export function mountEndpoints(app: Hono, services: Services, endpoints: readonly Endpoint[]): void {
  for (const { method, version = "2.0", path, respond } of endpoints) {
    const route = path.replace(/\{(\w+)\}/g, ":$1");
    for (const prefix of ["api", "ajax-api"]) {
      app.on(method, `/${prefix}/${version}/mlflow/${route}`, (context) => respond(services, context));
    }
  }
}

/** Throws PERMISSION_DENIED unless whoever sent the request may do this. */
export function authorize(access: Access): void {
  if (!allows("anyone", access)) throw new ApiError("PERMISSION_DENIED", "Permission denied");
}

const jsonHeaders = { "content-type": "application/json" };

/** Bytes of a JSON body: a dataset's profile alone may have 16 MiB. */
const largestBody = 64 * 1024 * 1024;

async function readInput(context: Context, method: Method, schema: z.ZodType): Promise<unknown> {
  const url = new URL(context.req.url);
  const input = method === "GET" && url.search !== ""
    ? queryInput(schema, url.searchParams)
    : await readBody(context.req.raw, method);
  return { ...input, ...context.req.param() };
}

/** The JSON object of a body. What cannot be parsed counts as empty, as in MLflow; a string that holds JSON is parsed again. */
async function readBody(request: Request, method: Method): Promise<object> {
  const length = request.headers.get("content-length");
  // The Python client deletes tags of logged models with neither a body nor a type.
  if (method === "DELETE" && (length === "0" || request.body === null)) return {};
  if (method !== "GET") checkContentType(request.headers.get("content-type"));
  if (Number(length ?? 0) > largestBody) {
    throw invalid(`The request body is larger than ${largestBody} bytes.`);
  }
  const body = await request.text();
  if (body.length > largestBody) throw invalid(`The request body is larger than ${largestBody} bytes.`);
  const value = tryParse(body);
  const object = typeof value === "string" ? tryParse(value) : value;
  return typeof object === "object" && object !== null && !Array.isArray(object) ? object : {};
}

function checkContentType(header: string | null): void {
  if (header === null) throw invalid("Bad Request. Content-Type header is missing.");
  if (header.split(";")[0]?.trim().toLowerCase() === "application/json") return;
  throw invalid("Bad Request. Content-Type must be one of ['application/json'].");
}

function tryParse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return {};
  }
}
