// deno-lint-ignore-file no-console -- it talks to people
import type { Calls } from "../client/calls.ts";
import { type WeirClient, weirClient } from "../client/weir.ts";
import { followOn } from "./logs.ts";
import { reached } from "./server.ts";

/** Milliseconds between two looks whether a job has ended. */
const pause = 500;

/** Shows the workers' token, where there is one: some servers take jobs from nobody else. */
export function workerClient(server: string): WeirClient {
  const token = Deno.env.get("WEIR_WORKER_TOKEN");
  return weirClient(server, token === undefined ? {} : { authorization: `Bearer ${token}` });
}

/**
 * Has a worker of the server run a project, and follows its log to its end. Answers the exit code for the command; without `wait` as soon
 * as the job is queued.
 */
export async function runQueued(
  asked: Calls["POST /api/weir/1/jobs"]["input"],
  { trackingUri: server, wait }: { trackingUri: string; wait: boolean },
): Promise<number> {
  const client = workerClient(server);
  const { job } = await reached(server, () => client("POST /api/weir/1/jobs", asked));
  const { job_id, run_id } = job;
  console.error(`weir: Job ${job_id} is queued: ${server.replace(/\/+$/, "")}/runs/${run_id}`);
  if (!wait) {
    console.log(run_id);
    return 0;
  }
  await followOn(server, { run_id }, 0);
  for (;;) {
    const { job } = await client("GET /api/weir/1/jobs/{job_id}", { job_id });
    if (job.ended_time === undefined) {
      await new Promise((done) => setTimeout(done, pause));
      continue;
    }
    console.error(`weir: Job ${job_id} ${job.state}${job.reason ? `: ${job.reason}` : ""}`);
    if (job.state === "killed") return 130;
    return job.state === "finished" ? 0 : job.exit_code || 1;
  }
}
