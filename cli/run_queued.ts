// deno-lint-ignore-file no-console -- it talks to people
import { resolve } from "node:path";
import type { Calls } from "../client/calls.ts";
import { weirClient } from "../client/weir.ts";
import { parseSource } from "../domain/projects/source.ts";
import { followOn } from "./logs.ts";
import { reached } from "./server.ts";

/** Milliseconds between two looks whether a job has ended. */
const pause = 500;

/**
 * Has a worker of the server run a project, and follows its log to its end. Answers the exit code for the command; without `wait` as soon
 * as the job is queued. A folder is one on the worker's machine.
 */
export async function runQueued(
  server: string,
  asked: Calls["POST /api/weir/1/jobs"]["input"],
  { cwd, wait, token }: { cwd: string; wait: boolean; token: string | undefined },
): Promise<number> {
  const client = weirClient(server, token === undefined ? {} : { authorization: `Bearer ${token}` });
  const { kind, location } = parseSource(asked.uri);
  const uri = kind === "folder" ? asked.uri.replace(location, resolve(cwd, location)) : asked.uri;
  const { job } = await reached(server, () => client("POST /api/weir/1/jobs", { ...asked, uri }));
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
