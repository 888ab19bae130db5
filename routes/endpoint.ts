import type { Context, Hono } from "hono";
import type { z } from "zod";
import { ApiError, invalid } from "../domain/errors.ts";
import { parseJson, printJson } from "../domain/json.ts";
import type { Access, Principal } from "../domain/permissions.ts";
import { InexactInteger, parseMessage, queryInput } from "../wire/message.ts";
import { authorize, callerOf } from "./caller.ts";
import { authorizeJob } from "./job_access.ts";
import { compression } from "./middleware/compression.ts";
import type { Services } from "./services.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a handler answers: what `output` says, ready JSON of it, or nothing where an empty message will do. */
type Answer<Output extends z.ZodType> =
  | z.input<Output>
  | string
  // deno-lint-ignore ban-types -- `{}` is the empty message.
  | ({} extends z.input<Output> ? void : never);

type Version = "2.0" | "3.0";
type Namespace = "mlflow" | "mlflow-artifacts" | "weir";

/** Who waits for an answer. */
export interface Caller {
  who: Principal;
  /** Aborted when nobody waits for the answer any more. */
  gone: () => AbortSignal;
}

/** Where an endpoint is found, and what goes in and out. */
interface Shape<M extends Method, P extends string, V extends Version, N extends Namespace> {
  method: M;
  /** Below `/api/<version>/<namespace>/` or `/api/weir/1/`; `{name}` is a parameter of the input, `{artifact_path}` with slashes. */
  path: P;
  /** Of MLflow's protocol. Default "2.0". */
  version?: V;
  /** "mlflow-artifacts" for its server's own store, "weir" for what MLflow does not have. Default "mlflow". */
  namespace?: N;
  /** One sentence: what a request does. */
  summary: string;
  access: Access;
  /** A whole path under which it is found, too. */
  also?: string;
}

/** An endpoint as it is mounted and described. */
export interface Endpoint<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  M extends Method = Method,
  P extends string = string,
  V extends Version = Version,
  N extends Namespace = Namespace,
> extends Shape<M, P, V, N> {
  input: Input;
  /** Of the answer; `z.never()` where there is none but errors. It describes and types; answers are not parsed by it. */
  output: Output;
  respond: (services: Services, context: Context) => Promise<Response>;
}

/** Declares an endpoint. Parsing, prefixes, errors, the access check and the reference follow from the declaration. */
export function endpoint<
  Input extends z.ZodType,
  Output extends z.ZodType,
  const M extends Method,
  const P extends string,
  V extends Version = "2.0",
  N extends Namespace = "mlflow",
>(
  declaration: Omit<Endpoint<Input, Output, M, P, V, N>, "respond"> & {
    /** `caller` sent the request. */
    handle: (services: Services, input: z.output<Input>, caller: Caller) => Promise<Answer<Output>> | Answer<Output>;
  },
): Endpoint<Input, Output, M, P, V, N> {
  const { handle, ...rest } = declaration;
  return {
    ...rest,
    respond: async (services, context) => {
      const who = callerOf(context);
      const writes = who.kind === "job" && rest.access.action !== "read";
      if (!writes) authorize(rest.access, context);
      const input = parseInput(rest.input, await readInput(context, rest.method, rest.input));
      if (writes) await authorizeJob(services, rest, input, who);
      const answer = await handle(services, input, { who, gone: () => context.req.raw.signal }) ?? {};
      return new Response(typeof answer === "string" ? answer : printJson(answer), { headers: jsonHeaders });
    },
  };
}

/** The path of an endpoint's URL, with parameters as `{name}`. */
export function addressOf(
  { path, version = "2.0", namespace = "mlflow" }: Pick<Endpoint, "path" | "version" | "namespace">,
): string {
  return namespace === "weir" ? `/api/weir/1/${path}` : `/api/${version}/${namespace}/${path}`;
}

/** Serves each endpoint; those of MLflow's protocol under the prefix of MLflow's own pages too. */
export function mountEndpoints(app: Hono, services: Services, endpoints: readonly Endpoint[]): void {
  for (const endpoint of endpoints) {
    const route = addressOf(endpoint).replace("{artifact_path}", ":artifact_path{[^]+}").replace(
      /\/\{(\w+)\}/g,
      "/:$1",
    );
    const routes = endpoint.namespace === "weir" ? [route] : [route, `/ajax-${route.slice(1)}`];
    if (endpoint.also) routes.push(endpoint.also);
    if (endpoint.namespace === "weir") app.use(route, compression()); // the pages' own data: curves are long
    app.on(endpoint.method, routes, (context) => endpoint.respond(services, context));
  }
}

const jsonHeaders = { "content-type": "application/json" };

/** Bytes of a JSON body: a dataset's profile alone may have 16 MiB. */
const largestBody = 64 * 1024 * 1024;

interface RawInput {
  fields: Record<string, unknown>;
  /** The same with every digit of large integers. */
  exact?: () => Record<string, unknown>;
  /** What is wrong with the body as a whole; told when its fields, as far as they are missed, are not. */
  fault?: ApiError;
}

function parseInput<Input extends z.ZodType>(schema: Input, { fields, exact, fault }: RawInput): z.output<Input> {
  const input = parseExactly(schema, fields, exact);
  if (fault) throw fault;
  return input;
}

function parseExactly<Input extends z.ZodType>(schema: Input, fields: object, exact?: () => object): z.output<Input> {
  try {
    return parseMessage(schema, fields);
  } catch (error) {
    if (!(error instanceof InexactInteger) || !exact) throw error;
    return parseMessage(schema, exact());
  }
}

async function readInput(context: Context, method: Method, schema: z.ZodType): Promise<RawInput> {
  const url = new URL(context.req.url);
  const { fields, exact, fault }: RawInput = method === "GET" && url.search !== ""
    ? { fields: queryInput(schema, url.searchParams, "first") }
    : await readBody(context.req.raw, method);
  const params = context.req.param();
  return {
    fields: { ...fields, ...params },
    ...(exact && { exact: () => ({ ...exact(), ...params }) }),
    ...(fault && { fault }),
  };
}

/**
 * The JSON object of a body. What is none counts as empty, as in MLflow, but is not taken for a request; a string that holds JSON is
 * parsed again.
 */
async function readBody(request: Request, method: Method): Promise<RawInput> {
  const length = request.headers.get("content-length");
  // As in MLflow: its Python client deletes tags of logged models with neither a body nor a type.
  if (method === "POST" || method === "PUT") checkContentType(request.headers.get("content-type"));
  if (Number(length ?? 0) > largestBody) {
    throw invalid(`The request body is larger than ${largestBody} bytes.`);
  }
  const body = await request.text();
  if (body.length > largestBody) throw invalid(`The request body is larger than ${largestBody} bytes.`);
  const fields = body === "" ? {} : objectIn(body);
  return fields ? { fields, exact: () => objectIn(body, true) ?? {} } : { fields: {}, fault: noObject() };
}

function objectIn(body: string, exact = false): Record<string, unknown> | undefined {
  const value = tryParse(body, exact);
  const object = typeof value === "string" ? tryParse(value, exact) : value;
  return typeof object === "object" && !Array.isArray(object) ? { ...object } : undefined;
}

function checkContentType(header: string | null): void {
  if (header === null) throw invalid("Bad Request. Content-Type header is missing.");
  if (header.split(";")[0]?.trim().toLowerCase() === "application/json") return;
  throw invalid("Bad Request. Content-Type must be one of ['application/json'].");
}

function tryParse(text: string, exact: boolean): unknown {
  try {
    return parseJson(text, exact);
  } catch {
    return undefined;
  }
}

const noObject = (): ApiError => invalid("The request body must be a JSON object.");
