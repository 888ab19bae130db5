import type { Context, NotFoundHandler } from "hono";
import { ApiError } from "../domain/errors.ts";
import { errorResponse } from "./errors.tsx";

interface Served {
  method: string;
  /** Of the URL; parameters as `{name}`. */
  path: string;
}

/** The methods under which a path of a URL is served; undefined for one that is not. */
export type MethodsOf = (path: string) => string[] | undefined;

export function methodsOf(served: readonly Served[]): MethodsOf {
  const paths = Map.groupBy(served, ({ path }) => path);
  // The path with the fewest parameters is the one that is meant: `logged-models/search`, not `logged-models/{model_id}`.
  const known = [...paths].sort(([a], [b]) => a.split("{").length - b.split("{").length)
    .map(([path, operations]) => ({ pattern: patternOf(path), methods: operations.map(({ method }) => method) }));
  return (path) => known.find(({ pattern }) => pattern.test(path))?.methods;
}

/**
 * Refuses what nothing else answered: 404, or 405 where only the method is wrong. Both are an ENDPOINT_NOT_FOUND, at which MLflow's
 * clients try the older ways to ask.
 */
export function refuseUnknown(methodsOf: MethodsOf): NotFoundHandler {
  return async (context: Context) => {
    const { method, path } = context.req;
    const error = new ApiError("ENDPOINT_NOT_FOUND", `There is no ${method} ${path}`);
    const response = await errorResponse(error, context);
    const methods = methodsOf(path);
    if (!methods) return response;
    const headers = new Headers(response.headers);
    headers.set("allow", methods.join(", "));
    return new Response(response.body, { status: 405, headers });
  };
}

/** The parameter of a file's path may have slashes. */
function patternOf(path: string): RegExp {
  const source = path.replaceAll(".", "\\.").replace(/^\/api\//, "/(ajax-)?api/")
    .replace(/\/\{(?:artifact_)?path\}/, "/[^]+").replace(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${source}$`);
}
