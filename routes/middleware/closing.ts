import type { MiddlewareHandler } from "hono";
import { ApiError } from "../../domain/errors.ts";
import type { Services } from "../services.ts";

/** Sends new requests away while the last ones are finished, in the way that makes clients try again. */
export function refuseWhenClosing({ closing }: Pick<Services, "closing">): MiddlewareHandler {
  return async function refuseWhenClosing(_, next) {
    if (closing.aborted) throw new ApiError("TEMPORARILY_UNAVAILABLE", "Weir is about to end.");
    await next();
  };
}
