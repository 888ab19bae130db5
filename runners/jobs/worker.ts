import { type Claim, heartbeat, longestClaim } from "../../domain/jobs.ts";
import { watchGroups } from "../projects/process.ts";
import type { StopSignals } from "../stop_signals.ts";
import { type Execute, executeJob, type Interruption, type Surroundings } from "./execution.ts";
import { takeWorkerFolder } from "./folder.ts";
import { lookAtProjects } from "./looks.ts";
import { isPassing, Refusal, type WorkerServer, workerServer } from "./server.ts";

export interface WorkerTerms {
  /** Address of the server, and what opens it to workers. */
  url: string;
  token: string;
  name: string;
  labels: readonly string[];
  /** How many jobs at once. */
  slots: number;
  host: string;
  version: string;
  /** Absolute; the worker has a folder of its own below it. */
  dataDir: string;
  /** What programs of jobs find in their environment. */
  environment: Readonly<Record<string, string>>;
  execute: Execute;
  log: (message: string) => void;
}

/** Milliseconds that jobs have to end by themselves once the worker is to end, and then, after SIGTERM, once more. */
const grace = 5000;
const lastGrace = 11_000;
/** Milliseconds between two tries to reach the server. */
const pause = 1000;

interface Running {
  claim: Claim;
  interrupt: AbortController;
  done: Promise<void>;
}

export interface WorkerSignals extends StopSignals {
  /** Take no more jobs, and end after those under way. */
  retire: AbortSignal;
}

/**
 * Executes jobs of a server until it is stopped: then it takes no more, gives those under way five seconds, and ends them; what it has not
 * begun others do. Throws a Refusal when the server does not take it for a worker.
 */
export async function runWorker(terms: WorkerTerms, { stop, hurry, retire }: WorkerSignals): Promise<void> {
  const enough = AbortSignal.any([stop, retire]);
  using folder = await takeWorkerFolder(terms.dataDir);
  const { log } = terms;
  if (folder.reaped > 0) log(`Ended ${folder.reaped} process groups that a worker before had left.`);
  const server = workerServer({ ...terms, giveUp: hurry });
  const around: Surroundings = { ...terms, server, folder: folder.jobs };
  watchGroups(folder.groups);
  const running = new Map<string, Running>();
  for (let first = true; !enough.aborted; first = false) {
    const worker_id = await registered(server, terms, enough);
    if (worker_id === undefined) return;
    if (first) log(`Worker ${terms.name} works for ${terms.url}.`);
    using _ = beating(server, worker_id, running, log);
    const forgotten = new AbortController();
    const looks = lookAtProjects(
      { ...around, token: terms.token, worker_id },
      AbortSignal.any([enough, forgotten.signal]),
    );
    await work(around, worker_id, terms.slots, running, enough);
    forgotten.abort();
    await looks;
    if (enough.aborted) return await drain(server, worker_id, running, { stop, hurry });
    // The server has forgotten this worker: what it was at is lost.
    for (const { interrupt } of running.values()) interrupt.abort("lost" satisfies Interruption);
    await Promise.all([...running.values()].map(({ done }) => done));
  }
}

async function registered(server: WorkerServer, terms: WorkerTerms, stop: AbortSignal): Promise<string | undefined> {
  const { name, labels, slots, host, version } = terms;
  while (!stop.aborted) {
    const asked = server.register({ name, labels: [...labels], slots, host, version, pid: Deno.pid });
    const worker = await unless(stop, asked);
    if (worker) return worker.worker_id;
  }
}

/** Claims and starts jobs until the worker is stopped, or not known any more. */
async function work(
  around: Surroundings,
  worker_id: string,
  slots: number,
  running: Map<string, Running>,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const most = slots - running.size;
    if (most <= 0) {
      await unless(stop, ...[...running.values()].map(({ done }) => done));
      continue;
    }
    try {
      const asked = { worker_id, most, wait_ms: longestClaim, holding: [...running.keys()] };
      for (const one of await around.server.claim(asked, stop)) start(around, worker_id, one, running);
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof Refusal && error.status === 404) return;
      if (!isPassing(error)) throw error;
      await unless(stop, delay(pause));
    }
  }
}

function start(
  around: Surroundings,
  worker_id: string,
  { job, fence, token }: Awaited<ReturnType<WorkerServer["claim"]>>[number],
  running: Map<string, Running>,
): void {
  const claim = { job_id: job.job_id, worker_id, fence };
  const interrupt = new AbortController();
  const done = executeJob(around, { job, claim, token }, interrupt).then(() => {
    if (running.get(job.job_id)?.claim === claim) running.delete(job.job_id);
  });
  running.set(job.job_id, { claim, interrupt, done });
}

/** Heartbeats, which tell what is cancelled and what is lost. */
function beating(
  server: WorkerServer,
  worker_id: string,
  running: ReadonlyMap<string, Running>,
  log: (message: string) => void,
): Disposable {
  const interrupt = (ids: readonly string[], claims: readonly Claim[], why: Interruption) => {
    for (const job_id of ids) {
      const job = running.get(job_id);
      if (job && claims.includes(job.claim)) job.interrupt.abort(why);
    }
  };
  const timer = setInterval(async () => {
    const claims = [...running.values()].map(({ claim }) => claim);
    try {
      const { cancel, lost } = await server.heartbeat({ worker_id, jobs: claims });
      interrupt(lost, claims, "lost");
      interrupt(cancel, claims, "cancelled");
    } catch (error) {
      if (!isPassing(error)) log(`A heartbeat was refused: ${error instanceof Error ? error.message : error}`);
    }
  }, heartbeat);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Lets jobs end by themselves for a while, then ends them, and says goodbye. */
async function drain(
  server: WorkerServer,
  worker_id: string,
  running: ReadonlyMap<string, Running>,
  { stop, hurry }: StopSignals,
): Promise<void> {
  const all = Promise.all([...running.values()].map(({ done }) => done));
  await unless<unknown>(stop, all);
  await unless<unknown>(hurry, all, delay(grace));
  for (const { interrupt } of running.values()) interrupt.abort("stopped" satisfies Interruption);
  await Promise.race([all, delay(lastGrace)]);
  await Promise.race([server.leave(worker_id).catch(() => {}), delay(2000)]);
}

const delay = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Resolves with what comes first, or with undefined when `signal` is aborted before. Leaves no listener behind. */
async function unless<T>(signal: AbortSignal, ...promises: Promise<T>[]): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  using listening = new DisposableStack();
  const aborted = new Promise<undefined>((done) => {
    const end = () => done(undefined);
    signal.addEventListener("abort", end);
    listening.defer(() => signal.removeEventListener("abort", end));
  });
  return await Promise.race([...promises, aborted]);
}
