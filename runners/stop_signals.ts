/** What the operating system, or whoever sits at the terminal, asks of this process. */
export interface StopSignals {
  /** Aborted by the first signal: end in order. */
  stop: AbortSignal;
  /** Aborted by the second: wait for nobody. A third ends the process on the spot. */
  hurry: AbortSignal;
}

/** Milliseconds: `deno task` and service managers pass a signal on to a process that the terminal has sent it to already. */
const echo = 500;

/** Listens to Ctrl-C and to what service managers send, instead of letting them end the process. */
export function listenForStop(): StopSignals {
  const [stop, hurry] = [new AbortController(), new AbortController()];
  let last = -Infinity;
  const asked = () => {
    if (performance.now() - last < echo) return;
    last = performance.now();
    if (hurry.signal.aborted) Deno.exit(130);
    (stop.signal.aborted ? hurry : stop).abort();
  };
  // Windows knows no SIGTERM.
  const names: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGHUP"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of names) Deno.addSignalListener(name, asked);
  return { stop: stop.signal, hurry: hurry.signal };
}
