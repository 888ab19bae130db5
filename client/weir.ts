import type { Calls } from "./calls.ts";

/** What Weir refuses, in its own words. */
export class WeirError extends Error {
  override readonly name = "WeirError";

  /** `code` is MLflow's error code, such as "RESOURCE_DOES_NOT_EXIST"; `status` that of HTTP. */
  constructor(readonly code: string, readonly status: number, message: string) {
    super(message);
  }
}

type Input<Name extends keyof Calls> = Calls[Name]["input"];

// deno-lint-ignore ban-types -- a call whose fields may all be left out needs no input
type Arguments<Name extends keyof Calls> = {} extends Input<Name> ? [input?: Input<Name>] : [input: Input<Name>];

/** Calls an endpoint by its name, such as "POST runs/create". Throws a WeirError when the server refuses. */
export type WeirClient = <Name extends keyof Calls>(
  name: Name,
  ...input: Arguments<Name>
) => Promise<Calls[Name]["output"]>;

/** A client of the server at `url`, such as `http://localhost:5000`. `headers` go with every request. */
export function weirClient(url: string, headers: Readonly<Record<string, string>> = {}): WeirClient {
  return async (name, ...[input]) => {
    const { method, address, body } = requestOf(name, new Map(Object.entries(input ?? {})));
    const response = await fetch(url.replace(/\/+$/, "") + address, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    if (!response.ok) throw toError(response.status, text);
    return JSON.parse(text);
  };
}

interface Request {
  method: string;
  /** Path and query. */
  address: string;
  body?: string;
}

/** Takes what the path names out of the input; the rest goes into the query of a GET and into the body of all others. */
function requestOf(name: string, input: Map<string, unknown>): Request {
  const [method = "", path = ""] = name.split(" ");
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = input.get(field);
    input.delete(field);
    return encodeURIComponent(String(value));
  });
  const address = filled.startsWith("/") ? filled : `/api/2.0/mlflow/${filled}`;
  if (method !== "GET") return { method, address, body: JSON.stringify(Object.fromEntries(input), exactNumbers) };
  const pairs = [...input].flatMap(([field, value]) => [value].flat().map((one) => [field, String(one)]));
  return { method, address: pairs.length > 0 ? `${address}?${new URLSearchParams(pairs)}` : address };
}

/** JSON has no form for NaN and infinities; Weir takes them as strings. */
const exactNumbers = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

function toError(status: number, text: string): WeirError {
  try {
    const { error_code, message } = JSON.parse(text);
    return new WeirError(String(error_code), status, String(message));
  } catch {
    return new WeirError("INTERNAL_ERROR", status, text); // a proxy's answer, say
  }
}
