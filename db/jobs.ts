import { invalid, notFound } from "../domain/errors.ts";
import type { Job, JobState, NewJob } from "../domain/jobs.ts";
import { type JobRow, shownJob, toJob } from "./job_rows.ts";
import { isLater, newestPage, type PageAsked } from "./newest_page.ts";
import { isLookDue } from "./project_looks.ts";
import { nowSql } from "./purges.ts";
import { createRun } from "./runs.ts";
import { type Sql, transaction } from "./sql.ts";

/**
 * Queues a job and makes its run, which is SCHEDULED until a worker begins, both or neither. RESOURCE_DOES_NOT_EXIST or
 * INVALID_PARAMETER_VALUE when the experiment is missing or deleted.
 */
export async function submitJob(sql: Sql, job: NewJob, experiment_id: string): Promise<Job> {
  return await transaction(sql, async (tx) => {
    const [clock] = await tx<{ now: number }[]>`select ${nowSql(tx)} as now`;
    const { now } = clock!;
    const { run } = job;
    await createRun(tx, { ...run, experiment_id, user_id: job.submitted_by, start_time: now, status: "SCHEDULED" });
    const [row] = await tx<JobRow[]>`
      with j as (
        insert into weir.jobs (job_id, kind, spec, run, labels, submitted_by, priority, max_attempts, timeout_ms,
          next_attempt, created_time)
        select ${job.job_id}, ${job.kind}, ${JSON.stringify(job.spec)}::text::jsonb, run, ${[...job.labels]}::text[],
          ${job.submitted_by}, ${job.priority}, ${job.max_attempts}, ${job.timeout_ms ?? null}::bigint, ${now}::bigint,
          ${now}::bigint
        from weir.runs where run_id = ${run.run_id}
        returning *
      )
      select ${shownJob(tx)} from j join weir.runs r using (run)`;
    return toJob(row!);
  });
}

/** RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getJob(sql: Sql, job_id: string): Promise<Job> {
  const [row] = await sql<JobRow[]>`
    select ${shownJob(sql)} from weir.jobs j join weir.runs r using (run) where j.job_id = ${job_id}`;
  if (!row) throw unknownJob(job_id);
  return toJob(row);
}

/** Those that there are, by their ids. */
export async function jobsById(sql: Sql, job_ids: readonly string[]): Promise<Map<string, Job>> {
  if (job_ids.length === 0) return new Map();
  const rows = await sql<JobRow[]>`
    select ${shownJob(sql)} from weir.jobs j join weir.runs r using (run)
    where j.job_id = any(${[...job_ids]}::text[])`;
  return new Map(rows.map((row) => [row.job_id, toJob(row)]));
}

const unknownJob = (job_id: string) => notFound(`Job with ID '${job_id}' not found.`);

export interface JobSearch extends PageAsked {
  /** Absent: of every state. Those that `failed` are the dead letters. */
  state?: JobState | undefined;
  experiment_id?: number | undefined;
  schedule_id?: string | undefined;
}

const ofSchedule = (sql: Sql, schedule_id: string) =>
  sql`j.schedule = (select schedule from weir.schedules where schedule_id = ${schedule_id})`;

/** A page of jobs, newest first. */
export async function listJobs(sql: Sql, asked: JobSearch): Promise<{ jobs: Job[]; next_page_token?: string }> {
  const { state, experiment_id, schedule_id } = asked;
  const searched = { state: state ?? null, experiment_id: experiment_id ?? null, schedule_id: schedule_id ?? null };
  const rows = await sql<(JobRow & { number: number })[]>`
    select ${shownJob(sql)}, j.number from weir.jobs j join weir.runs r using (run)
    where ${isLater(sql, sql`j.number`, asked, searched)}
      and ${state === undefined ? sql`true` : sql`j.state = ${state}`}
      and ${experiment_id === undefined ? sql`true` : sql`r.experiment_id = ${experiment_id}`}
      and ${schedule_id === undefined ? sql`true` : ofSchedule(sql, schedule_id)}
    order by j.number desc limit ${asked.max_results + 1}`;
  const { page: jobs, ...next } = newestPage(rows, asked, toJob, searched);
  return { jobs, ...next };
}

/** Of jobs that wait: which turn they have, from 1, if nothing ended and any worker could take any of them. */
export async function queuePositions(sql: Sql, job_ids: readonly string[]): Promise<Map<string, number>> {
  if (job_ids.length === 0) return new Map();
  const rows = await sql<{ job_id: string; position: number }[]>`
    with busy as (
      select submitted_by, count(*) as jobs from weir.jobs where state = 'running' group by submitted_by
    ), turns as (
      select job_id, priority, number, coalesce(busy.jobs, 0) +
        row_number() over (partition by submitted_by order by priority desc, number) as turn
      from weir.jobs left join busy using (submitted_by) where state = 'queued'
    ), places as (
      select job_id, (row_number() over (order by turn, priority desc, number))::int as position from turns
    )
    select job_id, position from places where job_id = any(${[...job_ids]}::text[])`;
  return new Map(rows.map(({ job_id, position }) => [job_id, position]));
}

/** How many jobs wait and how many run. */
export async function countJobs(sql: Sql): Promise<{ queued: number; running: number }> {
  const [row] = await sql<{ queued: number; running: number }[]>`
    select (select count(*)::int from weir.jobs where state = 'queued') as queued,
      (select count(*)::int from weir.jobs where state = 'running') as running`;
  return row!;
}

/**
 * Asks a job to end, for a reason that it is to tell: at once, its run KILLED, while nobody has it; else its worker is told. One that has
 * ended is left as it is.
 */
export async function cancelJob(sql: Sql, job_id: string, why?: string): Promise<Job> {
  await transaction(sql, async (tx) => {
    const [ended] = await tx<{ run: number }[]>`
      update weir.jobs set cancelling = true,
        reason = coalesce(${why ?? null}, case when state = 'queued' then 'It was cancelled before it began.'
          else 'It was cancelled.' end),
        state = case when state = 'queued' then 'killed' else state end,
        ended_time = case when state = 'queued' then ${nowSql(tx)} end
      where job_id = ${job_id} and state in ('queued', 'running') and not cancelling returning run, state`;
    if (ended) {
      await tx`
        update weir.runs r set status = 'KILLED', end_time = ${nowSql(tx)}
        from weir.jobs j where j.job_id = ${job_id} and j.state = 'killed' and r.run = j.run`;
    }
  });
  return await getJob(sql, job_id);
}

/** Queues a job again that failed or was killed, for the same run. INVALID_PARAMETER_VALUE for any other, and where the run is deleted. */
export async function retryJob(sql: Sql, job_id: string): Promise<Job> {
  const done = await transaction(sql, async (tx) => {
    const [row] = await tx<{ run: number }[]>`
      update weir.jobs j set state = 'queued', cancelling = false, attempts = 0, begun = false, next_attempt = ${
      nowSql(tx)
    },
        ended_time = null, started_time = null, exit_code = null, reason = null, reference = null
      from weir.runs r
      where j.job_id = ${job_id} and j.state in ('failed', 'killed') and r.run = j.run and r.lifecycle_stage = 'active'
      returning j.run`;
    if (!row) return false;
    await tx`update weir.runs set status = 'SCHEDULED', end_time = null where run = ${row.run}`;
    return true;
  });
  const job = await getJob(sql, job_id);
  if (done) return job;
  if (job.state === "failed" || job.state === "killed") {
    throw invalid(`The run ${job.run_id} must be in the 'active' state. Current state is deleted.`);
  }
  throw invalid(`Only a job that failed or was killed can be tried again. Job '${job_id}' is ${job.state}.`);
}

/** The projects of the last jobs, each once, the latest first, with a job of each. */
export async function recentProjects(
  sql: Sql,
  most: number,
): Promise<{ job_id: string; uri: string; version?: string }[]> {
  const rows = await sql<{ job_id: string; uri: string; version: string | null }[]>`
    select (array_agg(job_id order by number desc))[1] as job_id, uri, version
    from (
      select job_id, number, spec ->> 'uri' as uri, spec ->> 'version' as version
      from weir.jobs order by number desc limit 200
    ) last group by uri, version order by max(number) desc limit ${most}`;
  return rows.map(({ version, ...row }) => ({ ...row, ...(version !== null && { version }) }));
}

/** Whether some job waits for a worker now, to be begun or to be watched. */
export async function isJobDue(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ due: boolean }[]>`
    select exists (select from weir.jobs where state = 'queued' and next_attempt <= ${nowSql(sql)})
      or exists (select from weir.jobs where state = 'running' and owner is null) as due`;
  return row?.due ?? false;
}

/** Whether workers have anything to do: a job, or a project to look at. */
export const isWorkDue = async (sql: Sql): Promise<boolean> => await isJobDue(sql) || await isLookDue(sql);
