/** Jobs in tests: submitting them, and workers that are nothing but calls. */
import { claimJobs, type ClaimRequest } from "../db/job_claims.ts";
import { submitJob } from "../db/jobs.ts";
import { registerWorker } from "../db/workers.ts";
import type { Sql } from "../db/sql.ts";
import type { Claim, Job, NewJob } from "../domain/jobs.ts";
import { newRunId } from "../domain/ids.ts";

/** Queues a job of the default experiment. */
export function submit(sql: Sql, fields: Partial<Omit<NewJob, "run">> = {}): Promise<Job> {
  return submitJob(sql, {
    job_id: newRunId(),
    kind: "project",
    spec: {
      ...{
        uri: "/nowhere",
        entry_point: "main",
        parameters: [],
        backend: "local",
        backend_config: {},
        docker_args: [],
      },
      build_image: false,
    },
    run: { run_id: newRunId(), run_name: "r", tags: [] },
    ...{ labels: [], submitted_by: "", priority: 0, max_attempts: 1 },
    ...fields,
  }, "0");
}

export async function newWorker(sql: Sql, labels: string[] = []): Promise<string> {
  const about = { name: "w", slots: 1, host: "h", pid: 1, version: "1" };
  return (await registerWorker(sql, { ...about, worker_id: newRunId(), labels })).worker_id;
}

/** Claims like a worker with these labels. */
export async function claim(
  sql: Sql,
  worker_id: string,
  fields: Partial<Pick<ClaimRequest, "labels" | "most" | "holding">> = {},
): Promise<(Claim & { job: Job })[]> {
  const token = () => crypto.getRandomValues(new Uint8Array(32));
  const claimed = await claimJobs(sql, { worker_id, labels: [], most: 1, holding: [], token, ...fields });
  return claimed.map(({ job, fence }) => ({ job, job_id: job.job_id, worker_id, fence }));
}

/** The leases of all jobs run out, and what waits waits no more. */
export async function hurryJobs(sql: Sql): Promise<void> {
  await sql`update weir.jobs set leased_until = 0 where state = 'running'`;
  await sql`update weir.jobs set next_attempt = 0 where state = 'queued'`;
}
