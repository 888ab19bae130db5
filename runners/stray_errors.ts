/**
 * Lets the process live on when something fails that nobody waits for, and tells of it: what one request left behind must not end all
 * the others. postgres.js leaves such things behind where a connection is lost (3.4.9: https://github.com/porsager/postgres/issues/1208).
 */
export function surviveStrayErrors(log: (message: string) => void): void {
  const tell = (reason: unknown) =>
    log(
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
