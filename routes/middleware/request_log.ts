import type { MiddlewareHandler } from "hono";
import type { Services } from "../services.ts";

/** Logs each request: its method, path, status and milliseconds; never query strings or headers, which may hold secrets. */
export function requestLog({ log }: Pick<Services, "log">): MiddlewareHandler {
  return async function requestLog(context, next) {
    const start = performance.now();
    await next();
    // As it was sent: decoded, a path could hold the end of a line.
    const { pathname } = new URL(context.req.url);
    log("debug", `${context.req.method} ${pathname} ${context.res.status} ${Math.round(performance.now() - start)} ms`);
  };
}
