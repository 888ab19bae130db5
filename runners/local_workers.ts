import { fileURLToPath } from "node:url";
import type { StopSignals } from "./stop_signals.ts";

export interface LocalWorkersTerms {
  /** How many. */
  count: number;
  /** Where the server listens. */
  host: string;
  port: number;
  dataDir: string;
  /** Set: the workers are told it. Else they read it from their folder of data. */
  token: string | undefined;
  log: (level: "info" | "error", message: string) => void;
}

/** The workers that a server starts beside itself. */
export interface LocalWorkers {
  /** Starts them, the first time. */
  start(): void;
  /** Ends them in order, at once when it is in a hurry, and resolves once they have. */
  stop(hurry: AbortSignal): Promise<void>;
}

/** Milliseconds between the death of a worker and the start of another, growing up to the second one. */
const firstPause = 500;
const longestPause = 30_000;
/** Milliseconds that a worker has to live for its successor to start without delay. */
const steady = 60_000;

/** Workers as processes of their own, which know nothing of the server but its address and how to show that they are workers. */
export function localWorkers(terms: LocalWorkersTerms): LocalWorkers {
  const [ending, killing] = [new AbortController(), new AbortController()];
  let all: Promise<void>[] = [];
  return {
    start: () => {
      if (all.length > 0 || ending.signal.aborted) return;
      all = Array.from(
        { length: terms.count },
        (_, index) => keepWorker(terms, index + 1, { stop: ending.signal, hurry: killing.signal }),
      );
    },
    stop: async (hurry) => {
      ending.abort();
      hurry.addEventListener("abort", () => killing.abort());
      if (hurry.aborted) killing.abort();
      await Promise.all(all);
    },
  };
}

async function keepWorker(terms: LocalWorkersTerms, number: number, signals: StopSignals): Promise<void> {
  const signal = signals.stop;
  for (let pause = firstPause; !signal.aborted;) {
    const began = performance.now();
    const { code } = await runOnce(terms, number, signals).catch((error) => ({ code: String(error) }));
    if (signal.aborted) return;
    pause = performance.now() - began > steady ? firstPause : Math.min(longestPause, 2 * pause);
    terms.log("error", `Worker ${number} ended with ${code}: another one is started.`);
    await new Promise<void>((done) => {
      const timer = setTimeout(done, pause);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        done();
      }, { once: true });
    });
  }
}

async function runOnce(
  terms: LocalWorkersTerms,
  number: number,
  { stop, hurry }: StopSignals,
): Promise<{ code: number | string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--v8-flags=--max-semi-space-size=4"],
      ...["--allow-net", "--allow-env", "--allow-read", "--allow-write", "--allow-run", "--allow-sys"],
      fileURLToPath(new URL("../cli/weir.ts", import.meta.url)),
      ...[
        "worker",
        "--tracking-uri",
        addressOf(terms),
        "--data-dir",
        terms.dataDir,
        "--name",
        `local-${number}`,
        "--while-parent",
      ],
    ],
    clearEnv: true,
    env: environment(terms.token),
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
    // Ctrl-C in a terminal is for the server, which then ends its workers.
    detached: true,
  }).spawn();
  const end = (name: Deno.Signal) => () => {
    try {
      child.kill(name);
    } catch {
      // It has ended.
    }
  };
  using listening = new DisposableStack();
  for (const [signal, on] of [[stop, end("SIGTERM")], [hurry, end("SIGKILL")]] as const) {
    signal.addEventListener("abort", on);
    listening.defer(() => signal.removeEventListener("abort", on));
    if (signal.aborted) on();
  }
  const { code } = await child.status;
  await child.stdin.close().catch(() => {});
  return { code };
}

/** What programs of projects need of the server's own environment, and Deno to find its packages. */
const passed =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|DENO_DIR|XDG_\w+|SSL_CERT_(FILE|DIR)|NO_COLOR|SYSTEMROOT)$/i;

function environment(token: string | undefined): Record<string, string> {
  const own = Object.entries(Deno.env.toObject()).filter(([name]) => passed.test(name));
  return { ...Object.fromEntries(own), ...(token !== undefined && { WEIR_WORKER_TOKEN: token }) };
}

function addressOf({ host, port }: LocalWorkersTerms): string {
  const reached = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}
