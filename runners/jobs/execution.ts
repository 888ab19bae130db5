import { join } from "node:path";
import { type Claim, heartbeat, type Job } from "../../domain/jobs.ts";
import type { Values } from "../../domain/projects/project.ts";
import type { Ending, Execution, Report } from "../backends/backend.ts";
import { openJobLog } from "./log_stream.ts";
import { isLost, Refusal, type WorkerServer } from "./server.ts";

/** A job with all that its execution needs. */
export interface ExecutedJob {
  job: Job;
  /** The job's own, empty, for its owner's eyes only; it is removed afterwards. */
  folder: string;
  /** For its programs: MLFLOW_RUN_ID, MLFLOW_TRACKING_URI, MLFLOW_EXPERIMENT_ID and a token that is good for this run. */
  variables: Readonly<Record<string, string>>;
  /** What its programs find of the worker's own environment. */
  environment: Readonly<Record<string, string>>;
  /** Logs params of its run, which become known once its project is here. */
  logParams: (values: Values) => Promise<void>;
}

/** Executes a job to its end; an aborted signal cancels it, with all that it has started. What it throws is why the job FAILED. */
export type Execute = (job: ExecutedJob, report: Report, signal: AbortSignal) => Promise<Ending>;

/** Why a job is ended before its time. */
export type Interruption = "cancelled" | "stopped" | "lost";

export interface Surroundings {
  server: WorkerServer;
  execute: Execute;
  /** Where jobs have their folders. */
  folder: string;
  environment: Readonly<Record<string, string>>;
  log: (message: string) => void;
}

/** Executes a job that is the worker's and ends it, unless it is lost. `signal` is aborted with an Interruption. Never rejects. */
export async function executeJob(
  around: Surroundings,
  { job, claim, token }: { job: Job; claim: Claim; token: string },
  interrupt: AbortController,
): Promise<void> {
  const { server, log } = around;
  const folder = join(around.folder, job.job_id);
  using elsewhere = watchedElsewhere(server, claim, interrupt.signal);
  try {
    const sizes = await server.progress(claim, {});
    if (sizes.cancelling) interrupt.abort("cancelled");
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const lines = openJobLog(server, claim, sizes, () => interrupt.abort("lost"));
    const report: Report = {
      say: (line) => void lines.write("stderr", new TextEncoder().encode(`${line}\n`)),
      write: (stream, bytes) => lines.write(stream, bytes.slice()),
      tag: async (tags) => {
        await server.progress(claim, { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) });
      },
      begun: elsewhere.begun,
    };
    const ending = await Promise.race([
      endingOf(around, { job, claim, folder, token }, report, elsewhere.signal),
      elsewhere.handedOver,
    ]);
    await lines.flush();
    if (ending === undefined) await elsewhere.note();
    else if (interrupt.signal.reason !== "lost") await server.end(claim, ending);
  } catch (error) {
    if (!isLost(error)) log(`Job ${job.job_id}: ${messageOf(error)}`);
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/**
 * What goes on elsewhere, should another worker have to watch it: the server is told what finds it, as often as that changes. `signal` is
 * aborted with `interrupt`, but for a worker that is stopped: then the execution is left alone, and `handedOver` resolves.
 */
function watchedElsewhere(server: WorkerServer, claim: Claim, interrupt: AbortSignal) {
  const ending = new AbortController();
  const { promise: handedOver, resolve } = Promise.withResolvers<undefined>();
  let execution: Execution | undefined;
  let noted = "";
  const note = async () => {
    const reference = execution?.reference;
    if (reference === undefined || JSON.stringify(reference) === noted) return;
    noted = JSON.stringify(reference);
    await server.progress(claim, { reference });
  };
  const heard = () => {
    if (interrupt.reason === "stopped" && execution?.reference !== undefined) resolve(undefined);
    else ending.abort(interrupt.reason);
  };
  interrupt.addEventListener("abort", heard);
  if (interrupt.aborted) heard();
  // A refusal means that the job is lost, which the heartbeat says as well.
  const timer = setInterval(() => void note().catch(() => {}), heartbeat);
  return {
    signal: ending.signal,
    handedOver,
    note,
    begun: (begun: Execution) => {
      execution = begun;
      return note();
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      interrupt.removeEventListener("abort", heard);
    },
  };
}

async function endingOf(
  { server, execute, environment }: Surroundings,
  { job, claim, folder, token }: { job: Job; claim: Claim; folder: string; token: string },
  report: Report,
  interrupt: AbortSignal,
): Promise<Ending> {
  const overtime = new AbortController();
  const { timeout_ms } = job;
  const timer = timeout_ms === undefined
    ? undefined
    : longTimer(() => overtime.abort(), Math.max(0, timeout_ms - timeUsed(job)));
  const variables = {
    MLFLOW_RUN_ID: job.run_id,
    MLFLOW_EXPERIMENT_ID: job.experiment_id,
    MLFLOW_TRACKING_URI: server.url,
    MLFLOW_TRACKING_TOKEN: token,
  };
  const logParams = async (values: Values) => {
    await server.progress(claim, { params: values.map(([key, value]) => ({ key, value })) });
  };
  const executed: ExecutedJob = { job, folder, variables, environment, logParams };
  try {
    const ending = await execute(executed, report, AbortSignal.any([interrupt, overtime.signal]));
    return judged(ending, interrupt, overtime.signal, timeout_ms);
  } catch (error) {
    if (error instanceof Refusal && isLost(error)) throw error;
    return judged({ status: "FAILED", reason: messageOf(error) }, interrupt, overtime.signal, timeout_ms);
  } finally {
    timer?.clear();
  }
}

/** What was interrupted did not end as it says. What was over before the interruption reached it did. */
function judged(ending: Ending, interrupt: AbortSignal, overtime: AbortSignal, timeout_ms: number | undefined): Ending {
  if (ending.status === "FINISHED") return ending;
  if (interrupt.reason === "cancelled") return { ...ending, status: "KILLED", reason: "It was cancelled." };
  if (interrupt.reason === "stopped") return { ...ending, status: "FAILED", reason: "The worker was stopped." };
  if (!overtime.aborted) return ending;
  return { ...ending, status: "FAILED", reason: `It was ended after ${timeout_ms} ms, the time that it had.` };
}

/** Milliseconds for which another worker has watched it already. */
const timeUsed = ({ reference, started_time }: Job): number =>
  reference === undefined || started_time === undefined ? 0 : Date.now() - started_time;

/** Timers hold 31 bits of milliseconds: 25 days. */
function longTimer(ring: () => void, milliseconds: number): { clear(): void } {
  const step = Math.min(milliseconds, 2 ** 31 - 1);
  let next: { clear(): void } | undefined;
  const timer = setTimeout(() => step < milliseconds ? next = longTimer(ring, milliseconds - step) : ring(), step);
  return {
    clear: () => {
      clearTimeout(timer);
      next?.clear();
    },
  };
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error);
