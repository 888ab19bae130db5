import { notFound } from "../domain/errors.ts";
import type { AskedJob } from "../domain/jobs.ts";
import type { NewSweep, Search, Sweep, SweepState } from "../domain/sweeps/sweep.ts";
import type { Fragment } from "./filter_sql.ts";
import { isLater, newestPage, type PageAsked } from "./newest_page.ts";
import { nowSql } from "./purges.ts";
import { createRun } from "./runs.ts";
import { type Sql, transaction } from "./sql.ts";
import { cancelTrials } from "./sweep_trials.ts";

interface SweepRow {
  sweep_id: string;
  asked: AskedJob;
  search: Search;
  run_id: string;
  run_name: string;
  experiment_id: string;
  state: SweepState;
  reason: string | null;
  begun: number;
  best: number | null;
  created_time: number;
  ended_time: number | null;
}

const shownSweep = (sql: Sql): Fragment =>
  sql`s.sweep_id, s.asked, s.search, r.run_id, r.run_name, r.experiment_id::text, s.state, s.reason, s.begun, s.best,
    s.created_time, s.ended_time`;

function toSweep({ search, reason, best, ended_time, ...row }: SweepRow): Sweep {
  return {
    ...search,
    ...row,
    ...(reason !== null && { reason }),
    ...(best !== null && { best }),
    ...(ended_time !== null && { ended_time }),
  };
}

/** Begins a sweep: its run is there, RUNNING, and no trial yet. Errors as those of `createRun`. */
export async function createSweep(
  sql: Sql,
  { sweep_id, asked, run, ...search }: NewSweep,
  experiment_id: string,
): Promise<Sweep> {
  await transaction(sql, async (tx) => {
    const [clock] = await tx<{ now: number }[]>`select ${nowSql(tx)} as now`;
    const { now } = clock!;
    await createRun(tx, { ...run, experiment_id, user_id: asked.submitted_by, start_time: now, status: "RUNNING" });
    await tx`
      insert into weir.sweeps (sweep_id, run, asked, search, created_time)
      select ${sweep_id}, run, ${JSON.stringify(asked)}::text::jsonb, ${JSON.stringify(search)}::text::jsonb, ${now}
      from weir.runs where run_id = ${run.run_id}`;
  });
  return await getSweep(sql, sweep_id);
}

/** RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getSweep(sql: Sql, sweep_id: string): Promise<Sweep> {
  const [row] = await sql<SweepRow[]>`
    select ${shownSweep(sql)} from weir.sweeps s join weir.runs r using (run) where s.sweep_id = ${sweep_id}`;
  if (!row) throw unknownSweep(sweep_id);
  return toSweep(row);
}

const unknownSweep = (sweep_id: string): Error => notFound(`Sweep with ID '${sweep_id}' not found.`);

/** A page of sweeps, newest first. */
export async function listSweeps(sql: Sql, asked: PageAsked): Promise<{ sweeps: Sweep[]; next_page_token?: string }> {
  const rows = await sql<(SweepRow & { number: number })[]>`
    select ${shownSweep(sql)}, s.sweep as number from weir.sweeps s join weir.runs r using (run)
    where ${isLater(sql, sql`s.sweep`, asked)} order by s.sweep desc limit ${asked.max_results + 1}`;
  const { page: sweeps, ...next } = newestPage(rows, asked, toSweep);
  return { sweeps, ...next };
}

/** The newest sweeps, each with the value of its best trial. */
export async function newestSweeps(sql: Sql, most: number): Promise<{ sweep: Sweep; value: number | undefined }[]> {
  const rows = await sql<(SweepRow & { value: number | null })[]>`
    select ${shownSweep(sql)}, l.value from weir.sweeps s join weir.runs r using (run)
    left join weir.jobs j on j.sweep = s.sweep and j.trial = s.best
    left join weir.metric_keys k on k.name = s.search ->> 'metric'
    left join weir.latest_metrics l on l.run = j.run and l.key = k.key
    where r.lifecycle_stage = 'active' order by s.sweep desc limit ${most}`;
  return rows.map(({ value, ...row }) => ({ sweep: toSweep(row), value: value ?? undefined }));
}

/** Those that go on. */
export async function runningSweeps(sql: Sql): Promise<Sweep[]> {
  const rows = await sql<SweepRow[]>`
    select ${
    shownSweep(sql)
  } from weir.sweeps s join weir.runs r using (run) where s.state = 'running' order by s.sweep`;
  return rows.map(toSweep);
}

/** A sweep that goes on and is nobody else's until the end of the transaction; undefined for one that has ended. */
export async function holdSweep(tx: Sql, sweep_id: string): Promise<Sweep & { deleted: boolean } | undefined> {
  const [row] = await tx<(SweepRow & { deleted: boolean })[]>`
    select ${shownSweep(tx)}, r.lifecycle_stage = 'deleted' as deleted from weir.sweeps s join weir.runs r using (run)
    where s.sweep_id = ${sweep_id} and s.state = 'running' for update of s`;
  return row && { ...toSweep(row), deleted: row.deleted };
}

/** Notes how many trials were asked for, and which is the best. */
export async function noteTrials(tx: Sql, sweep_id: string, begun: number, best: number | undefined): Promise<void> {
  await tx`update weir.sweeps set begun = ${begun}, best = ${best ?? null} where sweep_id = ${sweep_id}`;
}

const runStatus = { finished: "FINISHED", failed: "FAILED", killed: "KILLED" } as const;

/** Ends a sweep, its run with it, and its trials that are under way. */
export async function endSweep(
  tx: Sql,
  sweep_id: string,
  state: Exclude<SweepState, "running">,
  reason?: string,
): Promise<void> {
  await tx`
    update weir.sweeps set state = ${state}, reason = ${reason ?? null}, ended_time = ${nowSql(tx)}
    where sweep_id = ${sweep_id}`;
  await tx`
    update weir.runs r set status = ${runStatus[state]}, end_time = ${nowSql(tx)}
    from weir.sweeps s where s.sweep_id = ${sweep_id} and r.run = s.run`;
  await cancelTrials(tx, sweep_id, reason ?? "The sweep has ended.");
}

/** Ends a sweep with its trials; one that has ended is left as it is. */
export async function cancelSweep(sql: Sql, sweep_id: string): Promise<Sweep> {
  await transaction(sql, async (tx) => {
    if (await holdSweep(tx, sweep_id)) await endSweep(tx, sweep_id, "killed", "The sweep was cancelled.");
  });
  return await getSweep(sql, sweep_id);
}
