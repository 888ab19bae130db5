import type { Claim, Job } from "../domain/jobs.ts";
import type { Fragment } from "./filter_sql.ts";
import { nowSql } from "./purges.ts";
import type { Sql } from "./sql.ts";

type Nullable =
  | "worker_id"
  | "next_attempt"
  | "timeout_ms"
  | "reason"
  | "exit_code"
  | "reference"
  | "sweep_id"
  | "trial"
  | "schedule_id"
  | "started_time"
  | "ended_time";

export type JobRow = Omit<Job, Nullable> & { [field in Nullable]-?: Exclude<Job[field], undefined> | null };

/** Of the tables `j` and `r`, its run's. */
export const shownJob = (sql: Sql): Fragment =>
  sql`j.job_id, j.kind, j.spec, r.run_id, r.experiment_id::text, r.artifact_uri, j.labels, j.submitted_by, j.priority, j.state,
    j.owner as worker_id, j.attempts, j.max_attempts, j.timeout_ms, j.cancelling, j.reason, j.exit_code, j.reference,
    j.created_time, j.started_time, j.ended_time,
    (select s.sweep_id from weir.sweeps s where s.sweep = j.sweep) as sweep_id, j.trial,
    (select c.schedule_id from weir.schedules c where c.schedule = j.schedule) as schedule_id,
    case when j.state = 'queued' and j.next_attempt > j.created_time then j.next_attempt end as next_attempt`;

export function toJob(
  {
    worker_id,
    next_attempt,
    timeout_ms,
    reason,
    exit_code,
    reference,
    sweep_id,
    trial,
    schedule_id,
    started_time,
    ended_time,
    ...row
  }: JobRow,
): Job {
  return {
    ...row,
    ...(worker_id !== null && { worker_id }),
    ...(next_attempt !== null && { next_attempt }),
    ...(timeout_ms !== null && { timeout_ms }),
    ...(reason !== null && { reason }),
    ...(exit_code !== null && { exit_code }),
    ...(reference !== null && { reference }),
    ...(sweep_id !== null && { sweep_id }),
    ...(trial !== null && { trial }),
    ...(schedule_id !== null && { schedule_id }),
    ...(started_time !== null && { started_time }),
    ...(ended_time !== null && { ended_time }),
  };
}

/** Only whose claim is the last one, as long as nobody has found it lost. */
export const mine = (sql: Sql, { job_id, worker_id, fence }: Claim): Fragment =>
  sql`job_id = ${job_id} and owner = ${worker_id} and fence = ${fence} and state = 'running'`;

/** The end of a lease that begins now. */
export const leaseSql = (sql: Sql, lease: number): Fragment => sql`${nowSql(sql)} + ${lease}::bigint`;
