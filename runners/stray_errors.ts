import { isUnreachable } from "../db/sql.ts";

/**
 * Lets the process live on when something fails that nobody waits for, and tells of it: what one request left behind must not end all
 * the others. Of a lost database every request is told already; postgres.js (3.4.9) leaves its look-up of the types of arrays behind.
 */
export function surviveStrayErrors(log: (message: string) => void): void {
  const tell = (reason: unknown) =>
    isUnreachable(reason) || log(
      `Something failed that nobody waited for: ${reason instanceof Error ? reason.stack ?? reason.message : reason}`,
    );
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    tell(event.reason);
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    tell(event.error);
  });
}
