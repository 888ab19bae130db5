import type { Ending } from "./backend.ts";

export interface Polling {
  /** Looks once at the other system. Throws where it gives no answer. */
  look: () => Promise<Ending | undefined>;
  /** Milliseconds between two looks. */
  interval: number;
  /** Aborted, it looks at once and then every second at least: something is about to change. */
  hurry: AbortSignal;
  /** How people know the execution, such as "The Job train-1". */
  what: string;
  say: (line: string) => void;
  /** Milliseconds without an answer, after which the execution is lost. */
  patience?: number;
}

/** Milliseconds. A cluster is upgraded, a network repaired, in less. */
const longestSilence = 15 * 60_000;

/** Looks until the execution has ended. One that gives no answer for long is lost: it has FAILED, with the reason. */
export async function untilEnded(
  { look, interval, hurry, what, say, patience = longestSilence }: Polling,
): Promise<Ending> {
  let silentSince: number | undefined;
  for (;;) {
    try {
      const ending = await look();
      if (silentSince !== undefined) say(`${what} is heard of again.`);
      silentSince = undefined;
      if (ending !== undefined) return ending;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (silentSince === undefined) say(`${what} is not heard of, which is tried again: ${reason}`);
      silentSince ??= performance.now();
      if (performance.now() - silentSince >= patience) return lost(what, reason);
    }
    await pause(hurry.aborted ? Math.min(interval, 1000) : interval, hurry);
  }
}

/** The end of an execution that the other system knows no more. */
export const lost = (what: string, reason: string): Ending => ({
  status: "FAILED",
  reason: `${what} was lost: ${reason}`,
});

/** Waits for some milliseconds, or until the signal is aborted while it waits. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
  });
}
