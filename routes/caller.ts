import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { runOfToken } from "../db/job_writes.ts";
import { ApiError } from "../domain/errors.ts";
import { jobTokenPrefix } from "../domain/jobs.ts";
import { type Access, allows, anyone, type Principal } from "../domain/permissions.ts";
import type { Services } from "./services.ts";

const callers = new WeakMap<Request, Principal>();

/** Who sent a request. */
export const callerOf = (context: Context): Principal => callers.get(context.req.raw) ?? anyone;

/**
 * Finds out who sends a request: a worker or a job by the token that it bears, else anyone. A token that begins like that of a job and is
 * none, or is not good any more, is refused (UNAUTHENTICATED); other tokens may be for what stands in front of Weir.
 */
export function identify(
  { sql, workerToken, open }: Pick<Services, "sql" | "workerToken" | "open">,
): MiddlewareHandler {
  return async function identify(context, next) {
    const [, token] = /^Bearer +(\S+)\s*$/i.exec(context.req.header("authorization") ?? "") ?? [];
    if (token?.startsWith(jobTokenPrefix)) {
      const run = await runOfToken(sql, sha256(token));
      if (!run) {
        throw new ApiError("UNAUTHENTICATED", "The token of this job is not good: its job does not run any more.");
      }
      callers.set(context.req.raw, { kind: "job", ...run });
    } else if (token !== undefined && workerToken !== undefined && isSame(token, workerToken)) {
      callers.set(context.req.raw, { kind: "worker" });
    } else if (open) {
      callers.set(context.req.raw, { kind: "stranger" });
    }
    await next();
  };
}

/** Throws PERMISSION_DENIED unless whoever sent the request may do this; UNAUTHENTICATED where a token would help. */
export function authorize(access: Access, context: Context): void {
  const who = callerOf(context);
  if (allows(who, access)) return;
  if (who.kind !== "job" && (access.action === "work" || access.action === "execute")) {
    const why = access.action === "work"
      ? "Only workers may do this"
      : "Other machines reach this server, which has no accounts, so programs are run for workers and their owners only";
    throw new ApiError(
      "UNAUTHENTICATED",
      `${why}: the header 'Authorization: Bearer <token>' must hold the workers' token.`,
    );
  }
  throw new ApiError("PERMISSION_DENIED", "Permission denied");
}

/** As it is stored. */
export const sha256 = (token: string): Uint8Array => new Uint8Array(createHash("sha256").update(token).digest());

/** In the same time wherever they differ, and whatever their lengths. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other));
