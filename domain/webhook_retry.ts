import type { Attempt } from "./webhooks.ts";

/** When a webhook that was not reached is tried again. Times in milliseconds. */

/** How often a delivery is sent at most: once, and three times again. */
export const mostAttempts = 4;
/** The longest that a receiver can put an attempt off with Retry-After. */
const longestWait = 3_600_000;

const worthAnotherTry = new Set([429, 500, 502, 503, 504]);

/** How a delivery goes on after an attempt, the `attempts`-th. `chance` is from 0 to 1. */
export type Outcome =
  | { state: "delivered"; response_status: number }
  | { state: "failed"; response_status?: number; error: string }
  | { state: "waiting"; response_status?: number; error: string; wait: number };

export function outcomeOf(attempt: Attempt, attempts: number, now: number, chance: number): Outcome {
  const { status } = attempt;
  if (status !== undefined && status < 300) return { state: "delivered", response_status: status };
  const error = errorOf(attempt) ?? "";
  const seen = { ...(status !== undefined && { response_status: status }), error };
  const again = status === undefined ? !attempt.final : worthAnotherTry.has(status);
  if (!again || attempts >= mostAttempts) return { state: "failed", ...seen };
  const asked = status === undefined ? undefined : parseRetryAfter(attempt.retryAfter, now);
  return { state: "waiting", ...seen, wait: asked ?? backOff(attempts, chance) };
}

/** Why an attempt counts as failed; undefined when it does not. */
export function errorOf(attempt: Attempt): string | undefined {
  if (attempt.status === undefined) return attempt.error;
  if (attempt.status < 300) return undefined;
  const redirects = attempt.status < 400;
  return `The receiver answered with status ${attempt.status}${redirects ? ", and redirects are not followed" : ""}.`;
}

/** One second, two, four, … and up to one more, so that what failed together does not come again together. */
export const backOff = (attempts: number, chance: number): number =>
  Math.min(60_000, 1000 * 2 ** (attempts - 1) + 1000 * chance);

/** The wait that a Retry-After header asks for, in seconds or as a date; undefined when it says nothing that makes sense. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), longestWait);
}
