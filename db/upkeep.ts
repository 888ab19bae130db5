import { compact } from "./compaction.ts";
import { rankLatest } from "./ranking.ts";
import type { Pool } from "./sql.ts";

/** Milliseconds between two looks at what there is to do. */
const pause = 10_000;
/** Of these looks, every so many-th ranks latest values, so that a run that is logging has to leave the index once a minute at most. */
const ranking = 6;

/** Compacts and ranks in the background until `signal`; a failure is left to the next look. */
export async function keepUp(pool: Pool, signal: AbortSignal): Promise<void> {
  for (let look = 1; !signal.aborted; look++) {
    while (!signal.aborted && await compact(pool).catch(() => 0) > 0);
    if (look % ranking === 0) await rankLatest(pool).catch(() => {});
    await sleep(pause, signal);
  }
}

/** Ends early, without an error, when `signal` is aborted. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    }, { once: true });
  });
}
