import { claimJobs, renewClaims } from "../../db/job_claims.ts";
import { countJobs } from "../../db/jobs.ts";
import { sweepJobs } from "../../db/job_writes.ts";
import {
  type KnownWorker,
  labelLimits,
  limitLabel,
  listWorkers,
  noteHeartbeat,
  noteLeave,
  registerWorker,
} from "../../db/workers.ts";
import { newRunId } from "../../domain/ids.ts";
import { jobTokenPrefix, longestClaim } from "../../domain/jobs.ts";
import { edit, read, work } from "../../domain/permissions.ts";
import { Nothing } from "../../wire/answers.ts";
import * as wire from "../../wire/jobs.ts";
import { sha256 } from "../caller.ts";
import { type Caller, endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";

const mostWorkers = 1000;

export const workerEndpoints = [
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "workers",
    summary: "Lists the workers of the last week, how many jobs wait and run, and the limits of labels.",
    input: wire.NoFields,
    output: wire.Workers,
    access: read.job,
    handle: async ({ sql }) => ({
      workers: await listWorkers(sql, mostWorkers),
      label_limits: await labelLimits(sql),
      ...await countJobs(sql),
    }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "workers/label-limits",
    summary: "Says how many jobs with a label may run at once; without a number, as many as there are workers for.",
    input: wire.LimitLabel,
    output: Nothing,
    access: edit.server,
    handle: async ({ sql, jobs }, { label, most }) => {
      await limitLabel(sql, label, most ?? null);
      jobs.ring();
    },
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "workers",
    summary: "Tells of a new worker, and answers the id that it goes by.",
    input: wire.RegisterWorker,
    output: wire.OneWorker,
    access: work.job,
    handle: async ({ sql }, { labels, ...worker }) => ({
      worker: await registerWorker(sql, { ...worker, labels: [...new Set(labels)], worker_id: newRunId() }),
    }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "workers/{worker_id}/claim",
    summary: "Makes jobs the worker's, and waits for some where there are none.",
    input: wire.ClaimJobs,
    output: wire.ClaimedJobs,
    access: work.job,
    handle: claim,
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "workers/{worker_id}/heartbeat",
    summary: "Says that a worker is still at its jobs, and answers which are to be ended and which are lost to it.",
    input: wire.Heartbeat,
    output: wire.Renewed,
    access: work.job,
    handle: async ({ sql }, { worker_id, jobs }) => {
      await noteHeartbeat(sql, worker_id);
      return await renewClaims(sql, worker_id, jobs);
    },
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "workers/{worker_id}/leave",
    summary:
      "Says that a worker ends. What it has not begun or goes on elsewhere waits for others; what else it has not ended is lost.",
    input: wire.WorkerById,
    output: Nothing,
    access: work.job,
    handle: async ({ sql, jobs }, { worker_id }) => {
      await noteLeave(sql, worker_id);
      if ((await sweepJobs(sql, Math.random(), worker_id)).length > 0) jobs.ring();
    },
  }),
];

interface Asked {
  worker_id: string;
  most: number;
  /** Milliseconds. */
  wait_ms: number;
  holding: string[];
}

async function claim(
  { sql, jobs, closing }: Services,
  { worker_id, most, wait_ms, holding }: Asked,
  { gone }: Caller,
) {
  // A job that is claimed for a worker that has died would wait for its lease to run out.
  const over = AbortSignal.any([closing, gone()]);
  const { labels }: KnownWorker = await noteHeartbeat(sql, worker_id);
  const end = Date.now() + Math.min(wait_ms, longestClaim);
  const tokens = new Map<string, string>();
  const token = (job_id: string): Uint8Array => {
    const made = jobTokenPrefix + crypto.getRandomValues(new Uint8Array(32)).toHex();
    tokens.set(job_id, made);
    return sha256(made);
  };
  while (!over.aborted) {
    // Before the look: what is submitted during it rings for this wait.
    const left = end - Date.now();
    const rung = left > 0 ? jobs.wait(left, over) : undefined;
    const claimed = await claimJobs(sql, { worker_id, labels, most, holding, token });
    if (claimed.length > 0 || rung === undefined) {
      return { jobs: claimed.map((one) => ({ ...one, token: tokens.get(one.job.job_id) ?? "" })) };
    }
    await rung;
  }
  return { jobs: [] };
}
