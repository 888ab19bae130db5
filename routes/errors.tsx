import type { Context } from "hono";
import { isUnreachable } from "../db/sql.ts";
import { ApiError } from "../domain/errors.ts";
import { ErrorPage } from "../views/error_page.tsx";
import { sendPage } from "./html.tsx";
import type { Services } from "./services.ts";

/** An error as whoever asked can read it: MLflow's JSON, or a page for browsers. */
export function errorResponse(error: ApiError, context: Context): Response | Promise<Response> {
  const forBrowser = /^text\/html/.test(context.req.header("accept") ?? "") &&
    !/^\/(ajax-)?api\//.test(context.req.path);
  if (forBrowser) {
    return sendPage(context, <ErrorPage status={error.status} message={error.message} />, error.status);
  }
  return Response.json({ error_code: error.code, message: error.message }, {
    status: error.status,
    headers: error.code === "REQUEST_LIMIT_EXCEEDED" || error.code === "TEMPORARILY_UNAVAILABLE"
      ? { "retry-after": "1" }
      : {},
  });
}

/** Any error as one that may be shown. What nobody foresaw is logged under a number, and only the number is shown. */
export function toApiError(error: unknown, { log }: Pick<Services, "log">, context: Context): ApiError {
  if (error instanceof ApiError) return error;
  const known = databaseError(error);
  if (known) return known;
  const incident = crypto.randomUUID().slice(0, 8);
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  log("error", `incident ${incident} at ${context.req.method} ${context.req.path}: ${stack}`);
  return new ApiError(
    "INTERNAL_ERROR",
    `Something went wrong that should not have. The server's log tells more under incident ${incident}.`,
  );
}

/** Errors of postgres.js by SQLSTATE (five characters) or by name of its own. */
function databaseError(error: unknown): ApiError | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (isUnreachable(error)) {
    return new ApiError("TEMPORARILY_UNAVAILABLE", "The database cannot be reached at the moment.", { cause: error });
  }
  if (code === "57014") {
    return new ApiError("TEMPORARILY_UNAVAILABLE", "The database took too long over this request.", { cause: error });
  }
  if (/^(53|40)/.test(code)) {
    return new ApiError("TEMPORARILY_UNAVAILABLE", "The database is out of room or too busy at the moment.", {
      cause: error,
    });
  }
  if (code.startsWith("22")) {
    return new ApiError("INVALID_PARAMETER_VALUE", "A value in the request cannot be stored.", { cause: error });
  }
  return undefined;
}
