import { queuePositions } from "../db/jobs.ts";
import { relatedRuns } from "../db/run_lists.ts";
import type { Sql } from "../db/sql.ts";
import { listWorkers } from "../db/workers.ts";
import { isThere, type Job, type Worker } from "../domain/jobs.ts";
import type { ShownJob } from "../views/job_parts.tsx";

/** Workers that pages know of, the newest ones. */
export const mostWorkers = 50;

/** Those that were heard of within a minute. */
export const workersHere = async (sql: Sql, now: number): Promise<Worker[]> =>
  (await listWorkers(sql, mostWorkers)).filter((worker) => isThere(worker, now));

/** Jobs with the names of their runs and, of those that wait, their turns. */
export async function shownJobs(sql: Sql, jobs: readonly Job[], workers: readonly Worker[]): Promise<ShownJob[]> {
  const waiting = jobs.filter(({ state }) => state === "queued").map(({ job_id }) => job_id);
  const [runs, positions] = await Promise.all([
    relatedRuns(sql, jobs.map(({ run_id }) => run_id)),
    queuePositions(sql, waiting),
  ]);
  const names = new Map(runs.map(({ run_id, run_name }) => [run_id, run_name]));
  return jobs.map((job) => ({
    job,
    run_name: names.get(job.run_id) ?? job.run_id,
    position: positions.get(job.job_id),
    stuck: job.state === "queued" && job.labels.length > 0 &&
      !workers.some(({ labels }) => job.labels.every((label) => labels.includes(label))),
  }));
}
