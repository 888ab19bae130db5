import type { z } from "zod";
import type { Claim } from "../../domain/jobs.ts";
import type { LogStream } from "../../domain/run_log.ts";
import * as wire from "../../wire/jobs.ts";
import * as looks from "../../wire/project_looks.ts";

/** What the server refuses a worker, in its words. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  /** `status` is that of HTTP. */
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** The calls of a worker. Each is made again while the server cannot be reached, and throws a Refusal where it says no. */
export interface WorkerServer {
  url: string;
  register(worker: z.input<typeof wire.RegisterWorker>): Promise<z.output<typeof wire.Worker>>;
  /** Waits for jobs; is not made again. */
  claim(asked: z.input<typeof wire.ClaimJobs>, signal: AbortSignal): Promise<z.output<typeof wire.ClaimedJobs>["jobs"]>;
  /** Is not made again: the next one comes soon. */
  heartbeat(beat: z.input<typeof wire.Heartbeat>): Promise<z.output<typeof wire.Renewed>>;
  leave(worker_id: string): Promise<void>;
  /** Answers where the stream goes on. */
  log(claim: Claim, stream: LogStream, offset: number, bytes: Uint8Array): Promise<number>;
  progress(claim: Claim, note: Note): Promise<z.output<typeof wire.Progress>>;
  end(claim: Claim, ending: End): Promise<void>;
  /** Waits for a project to look at; is not made again. */
  claimLook(
    asked: z.input<typeof looks.ClaimLook>,
    signal: AbortSignal,
  ): Promise<z.output<typeof looks.ClaimedLook>["look"]>;
  answerLook(answer: z.input<typeof looks.AnswerLook>): Promise<void>;
}

type Note = Omit<z.input<typeof wire.NoteProgress>, keyof Claim>;
type End = Omit<z.input<typeof wire.EndJob>, keyof Claim>;

/** Milliseconds that the server has to answer a request, beyond what it was asked to wait. */
const patience = 30_000;
/** Milliseconds between two tries, growing up to the second one. */
const firstPause = 100;
const longestPause = 10_000;
/** Milliseconds after which nobody tries any more. */
const endurance = 3600_000;

export interface ServerTerms {
  /** Address of the server. */
  url: string;
  /** Of workers. */
  token: string;
  /** When nothing is tried again any more. */
  giveUp: AbortSignal;
}

export function workerServer({ url, token, giveUp }: ServerTerms): WorkerServer {
  const base = `${url.replace(/\/+$/, "")}/api/weir/1/`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const once = async <Answer extends z.ZodType>(
    path: string,
    body: object,
    answer: Answer,
    signal: AbortSignal = AbortSignal.timeout(patience),
  ): Promise<z.output<Answer>> => {
    const response = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body), signal });
    const text = await response.text();
    if (!response.ok) throw new Refusal(response.status, messageIn(text));
    return answer.parse(JSON.parse(text));
  };
  const again: typeof once = async (path, body, answer) => {
    const until = Date.now() + endurance;
    for (let pause = firstPause;; pause = Math.min(longestPause, 2 * pause)) {
      try {
        return await once(path, body, answer);
      } catch (error) {
        if (!isPassing(error) || giveUp.aborted || Date.now() > until) throw error;
      }
      await new Promise((done) => setTimeout(done, pause * (0.5 + Math.random())));
    }
  };
  const job = (claim: Claim, verb: string) => `jobs/${encodeURIComponent(claim.job_id)}/${verb}`;
  const worker = (worker_id: string, verb: string) => `workers/${encodeURIComponent(worker_id)}/${verb}`;
  return {
    url,
    register: async (asked) => (await again("workers", asked, wire.OneWorker)).worker,
    claim: async (asked, signal) =>
      (await once(worker(asked.worker_id, "claim"), asked, wire.ClaimedJobs, waiting(asked.wait_ms, signal))).jobs,
    heartbeat: (beat) => once(worker(beat.worker_id, "heartbeat"), beat, wire.Renewed),
    leave: async (worker_id) => void await once(worker(worker_id, "leave"), {}, Anything),
    log: async (claim, stream, offset, bytes) =>
      (await again(job(claim, "log"), { ...claim, stream, offset, base64: bytes.toBase64() }, wire.JobLogEnd)).offset,
    progress: (claim, note) => again(job(claim, "progress"), { ...claim, ...note }, wire.Progress),
    end: async (claim, ending) => void await again(job(claim, "end"), { ...claim, ...ending }, Anything),
    claimLook: async (asked, signal) =>
      (await once(worker(asked.worker_id, "looks"), asked, looks.ClaimedLook, waiting(asked.wait_ms, signal))).look,
    answerLook: async ({ worker_id, look_id, ...answer }) =>
      void await again(worker(worker_id, `looks/${encodeURIComponent(look_id)}`), answer, Anything),
  };
}

const Anything = wire.Nothing;

/** Ends with `signal`, or when a server that was asked to wait for so many milliseconds does not answer. */
const waiting = (wait_ms: unknown, signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(Number(wait_ms ?? 0) + patience)]);

/** Whether it may go well the next time: the server was not reached, took too long, or has no time. */
export function isPassing(error: unknown): boolean {
  if (error instanceof Refusal) return error.status >= 500 || error.status === 429;
  return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
}

/** Whether a job is not this worker's any more. */
export const isLost = (error: unknown): boolean =>
  error instanceof Refusal && (error.status === 409 || error.status === 404);

function messageIn(text: string): string {
  try {
    return String(JSON.parse(text).message);
  } catch {
    return text.slice(0, 1000);
  }
}
