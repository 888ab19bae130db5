import type { Claim, Job } from "../domain/jobs.ts";
import { lease } from "../domain/jobs.ts";
import type { Fragment } from "./filter_sql.ts";
import { type JobRow, leaseSql, shownJob, toJob } from "./job_rows.ts";
import { nowSql } from "./purges.ts";
import { type Sql, transaction } from "./sql.ts";

/** A job that has just become a worker's. */
export interface ClaimedJob {
  job: Job;
  fence: number;
}

export interface ClaimRequest {
  worker_id: string;
  /** Of the worker. */
  labels: readonly string[];
  most: number;
  /** The jobs that the worker knows to be its own: others of it were claimed by an answer that got lost, and are answered again. */
  holding: readonly string[];
  /** Makes the SHA-256 of a new token for a job. */
  token: (job_id: string) => Uint8Array;
}

/** Any number: who claims does so alone, so that limits hold and turns are fair. */
const claimLock = 7_303_014_113;

/**
 * Makes up to `most` jobs the worker's: first those that nobody watches any more, though they go on elsewhere; then those of the
 * submitters with the fewest running jobs, by priority, the oldest first. The runs of these stay SCHEDULED until it says that it begins.
 */
export async function claimJobs(sql: Sql, request: ClaimRequest): Promise<ClaimedJob[]> {
  if (request.most <= 0 || !await isWorthClaiming(sql, request)) return [];
  return await transaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${claimLock})`;
    const claimed = await claimLost(tx, request);
    if (claimed.length < request.most) claimed.push(...await adopt(tx, request, request.most - claimed.length));
    while (claimed.length < request.most) {
      const job = await claimNext(tx, request);
      if (!job) break;
      claimed.push(job);
    }
    return claimed;
  });
}

/** Asked often, and by every worker that waits: without the lock. */
async function isWorthClaiming(sql: Sql, { worker_id, labels, holding }: ClaimRequest): Promise<boolean> {
  const [row] = await sql<{ worth: boolean }[]>`
    select exists (select from weir.jobs where state = 'queued' and next_attempt <= ${nowSql(sql)})
      or exists (select from weir.jobs where ${lostOf(sql, worker_id, holding)})
      or exists (select from weir.jobs where ${unwatched(sql, labels)}) as worth`;
  return row?.worth ?? false;
}

const lostOf = (sql: Sql, worker_id: string, holding: readonly string[]): Fragment =>
  sql`state = 'running' and owner = ${worker_id} and not begun and not job_id = any(${[...holding]}::text[])`;

/** Left by a worker that has died, while they go on elsewhere. */
const unwatched = (sql: Sql, labels: readonly string[]): Fragment =>
  sql`state = 'running' and owner is null and labels <@ ${[...labels]}::text[]`;

/** Their programs keep the token that they have. */
async function adopt(tx: Sql, { worker_id, labels }: ClaimRequest, most: number): Promise<ClaimedJob[]> {
  const rows = await tx<Claimed[]>`
    update weir.jobs j set owner = ${worker_id}, fence = fence + 1, leased_until = ${leaseSql(tx, lease)}
    from weir.runs r
    where j.job_id in (
        select job_id from weir.jobs where ${
    unwatched(tx, labels)
  } order by number limit ${most} for update skip locked)
      and r.run = j.run
    returning ${shownJob(tx)}, j.fence`;
  return rows.map(toClaimed);
}

type Claimed = JobRow & { fence: number };

async function claimLost(tx: Sql, { worker_id, holding, most, token }: ClaimRequest): Promise<ClaimedJob[]> {
  const lost = await tx<{ job_id: string }[]>`
    select job_id from weir.jobs where ${lostOf(tx, worker_id, holding)} order by number limit ${most} for update`;
  const claimed: ClaimedJob[] = [];
  for (const { job_id } of lost) {
    const [row] = await tx<Claimed[]>`
      update weir.jobs j set fence = fence + 1, leased_until = ${leaseSql(tx, lease)}, token = ${token(job_id)}
      from weir.runs r where j.job_id = ${job_id} and r.run = j.run
      returning ${shownJob(tx)}, j.fence`;
    if (row) claimed.push(toClaimed(row));
  }
  return claimed;
}

async function claimNext(tx: Sql, { worker_id, labels, token }: ClaimRequest): Promise<ClaimedJob | undefined> {
  const [next] = await tx<{ job_id: string }[]>`
    with recursive submitters as (
      (select submitted_by from weir.jobs where state = 'queued' order by submitted_by limit 1)
      union all
      select (select j.submitted_by from weir.jobs j where j.state = 'queued' and j.submitted_by > s.submitted_by
        order by j.submitted_by limit 1)
      from submitters s where s.submitted_by is not null
    ), full_labels as materialized (
      select coalesce(array_agg(label), '{}') as labels from weir.label_limits l
      where (select count(*) from weir.jobs where state = 'running' and l.label = any(labels)) >= l.most
    )
    select job.job_id from submitters s cross join lateral (
      select j.job_id, j.priority, j.number from weir.jobs j, full_labels
      where j.state = 'queued' and j.submitted_by = s.submitted_by and j.next_attempt <= ${nowSql(tx)}
        and j.labels <@ ${[...labels]}::text[] and not j.labels && full_labels.labels
        and exists (select from weir.runs r where r.run = j.run and r.lifecycle_stage = 'active')
      order by j.priority desc, j.number limit 1
    ) job
    order by (select count(*) from weir.jobs r where r.state = 'running' and r.submitted_by = s.submitted_by),
      job.priority desc, job.number limit 1`;
  if (!next) return undefined;
  const [row] = await tx<Claimed[]>`
    update weir.jobs j set state = 'running', owner = ${worker_id}, fence = fence + 1, begun = false,
      leased_until = ${leaseSql(tx, lease)}, token = ${token(next.job_id)}
    from weir.runs r
    -- Whoever cancels it at this moment has it locked.
    where j.job_id = (select job_id from weir.jobs where job_id = ${next.job_id} and state = 'queued' for update skip locked)
      and r.run = j.run
    returning ${shownJob(tx)}, j.fence`;
  return row && toClaimed(row);
}

const toClaimed = ({ fence, ...row }: Claimed): ClaimedJob => ({ job: toJob(row), fence });

/** What became of jobs that a worker takes for its own: those to be ended, and those that are its own no more. */
export interface Renewal {
  cancel: string[];
  lost: string[];
}

/** Says of many jobs at once that their worker is still at them. */
export async function renewClaims(
  sql: Sql,
  worker_id: string,
  claims: readonly Pick<Claim, "job_id" | "fence">[],
): Promise<Renewal> {
  if (claims.length === 0) return { cancel: [], lost: [] };
  const rows = await sql<{ job_id: string; ends: boolean }[]>`
    update weir.jobs j set leased_until = ${leaseSql(sql, lease)}
    from unnest(${claims.map(({ job_id }) => job_id)}::text[], ${
    claims.map(({ fence }) => fence)
  }::int[]) as c (job_id, fence),
      weir.runs r
    where j.job_id = c.job_id and j.fence = c.fence and j.owner = ${worker_id} and j.state = 'running' and r.run = j.run
    returning j.job_id, j.cancelling or r.lifecycle_stage = 'deleted' as ends`;
  const kept = new Map(rows.map(({ job_id, ends }) => [job_id, ends]));
  return {
    cancel: rows.filter(({ ends }) => ends).map(({ job_id }) => job_id),
    lost: claims.map(({ job_id }) => job_id).filter((job_id) => !kept.has(job_id)),
  };
}
