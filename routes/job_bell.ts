import { isWorkDue } from "../db/jobs.ts";
import type { Sql } from "../db/sql.ts";

/** Wakes those who wait for a job. */
export interface JobBell {
  /** Says that there may be a job to claim. */
  ring(): void;
  /** Resolves when it rings, after so many milliseconds, or when `signal` is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Is told of every ring. */
  onRing(listener: () => void): void;
}

/** Milliseconds between two looks for jobs that were submitted by way of other servers, or whose time has come. */
const pause = 700;

/** While somebody waits, it looks for jobs by itself: one question for all of them. */
export function openJobBell(sql: Sql): JobBell {
  const listeners: (() => void)[] = [];
  const waiting = new Set<() => void>();
  let looking = false;
  const ring = () => {
    for (const wake of [...waiting]) wake();
    for (const listener of listeners) listener();
  };
  const look = async () => {
    if (looking) return;
    looking = true;
    while (waiting.size > 0) {
      await new Promise((done) => setTimeout(done, pause));
      if (waiting.size > 0 && await isWorkDue(sql).catch(() => false)) ring();
    }
    looking = false;
  };
  return {
    ring,
    onRing: (listener) => void listeners.push(listener),
    wait: (milliseconds, signal) =>
      new Promise((done) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          done();
        };
        const timer = setTimeout(wake, milliseconds);
        if (signal.aborted) return wake();
        waiting.add(wake);
        signal.addEventListener("abort", wake);
        look();
      }),
  };
}
