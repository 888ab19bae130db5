import { notFound } from "../domain/errors.ts";
import { newRunId } from "../domain/ids.ts";
import { checkTerms, nextTime, type Schedule, type ScheduleTerms } from "../domain/schedules.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { experimentNotActive } from "./experiments.ts";
import type { Fragment } from "./filter_sql.ts";
import { isLater, newestPage, type PageAsked } from "./newest_page.ts";
import { nowSql } from "./purges.ts";
import { type Sql, transaction } from "./sql.ts";

type Nullable = "next_time" | "last_time" | "last_job_id" | "skipped_time" | "last_error";

export type ScheduleRow =
  & Omit<Schedule, Nullable>
  & { [field in Nullable]-?: Exclude<Schedule[field], undefined> | null };

/** Of the table `s`. */
export const shownSchedule = (sql: Sql): Fragment =>
  sql`s.schedule_id, s.name, s.asked, s.experiment_id::text, s.cron, s.time_zone, s.overlap, s.paused, s.next_time,
    s.last_time, s.skipped_time, s.last_error, s.created_time, s.updated_time,
    (select j.job_id from weir.jobs j where j.schedule = s.schedule order by j.number desc limit 1) as last_job_id`;

export function toSchedule(
  { next_time, last_time, last_job_id, skipped_time, last_error, ...row }: ScheduleRow,
): Schedule {
  return {
    ...row,
    ...(next_time !== null && { next_time }),
    ...(last_time !== null && { last_time }),
    ...(last_job_id !== null && { last_job_id }),
    ...(skipped_time !== null && { skipped_time }),
    ...(last_error !== null && { last_error }),
  };
}

/** Makes a schedule. INVALID_PARAMETER_VALUE for terms that cannot be kept, or a deleted experiment; RESOURCE_DOES_NOT_EXIST for a missing one. */
export async function createSchedule(sql: Sql, terms: ScheduleTerms): Promise<Schedule> {
  const schedule_id = newRunId();
  const now = await clock(sql);
  checkTerms(terms, now);
  await checkExperiment(sql, terms.experiment_id);
  const { name, asked, experiment_id, cron, time_zone, overlap, paused } = terms;
  const next = paused ? null : nextTime(cron, time_zone, now);
  await sql`
    insert into weir.schedules (schedule_id, name, asked, experiment_id, cron, time_zone, overlap, paused, next_time,
      created_time, updated_time)
    values (${schedule_id}, ${name}, ${JSON.stringify(asked)}::text::jsonb, ${experimentNumber(experiment_id)}, ${cron},
      ${time_zone}, ${overlap}, ${paused}, ${next}, ${now}, ${now})`;
  return await getSchedule(sql, schedule_id);
}

/** Milliseconds since the epoch by the clock of the database. */
export async function clock(sql: Sql): Promise<number> {
  const [row] = await sql<{ now: number }[]>`select ${nowSql(sql)} as now`;
  return row!.now;
}

async function checkExperiment(sql: Sql, experiment_id: string): Promise<void> {
  const [active] = await sql`
    select from weir.experiments
    where experiment_id = ${experimentNumber(experiment_id)} and lifecycle_stage = 'active'`;
  if (!active) throw await experimentNotActive(sql, experiment_id);
}

/** RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getSchedule(sql: Sql, schedule_id: string): Promise<Schedule> {
  const [row] = await sql<ScheduleRow[]>`
    select ${shownSchedule(sql)} from weir.schedules s where s.schedule_id = ${schedule_id}`;
  if (!row) throw unknownSchedule(schedule_id);
  return toSchedule(row);
}

const unknownSchedule = (schedule_id: string): Error => notFound(`Schedule with ID '${schedule_id}' not found.`);

/** A page of schedules, newest first. */
export async function listSchedules(
  sql: Sql,
  asked: PageAsked,
): Promise<{ schedules: Schedule[]; next_page_token?: string }> {
  const rows = await sql<(ScheduleRow & { number: number })[]>`
    select ${shownSchedule(sql)}, s.schedule as number from weir.schedules s
    where ${isLater(sql, sql`s.schedule`, asked)} order by s.schedule desc limit ${asked.max_results + 1}`;
  const { page: schedules, ...next } = newestPage(rows, asked, toSchedule);
  return { schedules, ...next };
}

/** A schedule that is nobody else's until the end of the transaction. RESOURCE_DOES_NOT_EXIST when there is none. */
export async function holdSchedule(tx: Sql, schedule_id: string): Promise<Schedule> {
  const [row] = await tx<ScheduleRow[]>`
    select ${shownSchedule(tx)} from weir.schedules s where s.schedule_id = ${schedule_id} for update of s`;
  if (!row) throw unknownSchedule(schedule_id);
  return toSchedule(row);
}

/**
 * Gives a schedule the terms that `change` makes of it. When it comes next changes only with what that depends on: a time that is due
 * already is not lost. Errors as those of `createSchedule`, and RESOURCE_DOES_NOT_EXIST.
 */
export async function updateSchedule(
  sql: Sql,
  schedule_id: string,
  change: (schedule: Schedule) => ScheduleTerms,
): Promise<Schedule> {
  await transaction(sql, async (tx) => {
    const old = await holdSchedule(tx, schedule_id);
    const { name, asked, experiment_id, cron, time_zone, overlap, paused } = change(old);
    const now = await clock(tx);
    checkTerms({ name, asked, cron, time_zone, overlap, paused }, now);
    if (experiment_id !== old.experiment_id) await checkExperiment(tx, experiment_id);
    const same = cron === old.cron && time_zone === old.time_zone && !old.paused;
    const next = paused ? null : same && old.next_time !== undefined ? old.next_time : nextTime(cron, time_zone, now);
    await tx`
      update weir.schedules set name = ${name}, asked = ${JSON.stringify(asked)}::text::jsonb,
        experiment_id = ${experimentNumber(experiment_id)}, cron = ${cron}, time_zone = ${time_zone},
        overlap = ${overlap}, paused = ${paused}, next_time = ${next},
        last_error = case when ${paused} then last_error end, updated_time = ${now}
      where schedule_id = ${schedule_id}`;
  });
  return await getSchedule(sql, schedule_id);
}

/** Pauses a schedule, or resumes it: it goes on with the next time that comes. */
export const pauseSchedule = (sql: Sql, schedule_id: string, paused: boolean): Promise<Schedule> =>
  updateSchedule(sql, schedule_id, (schedule) => ({ ...schedule, paused }));

/** Its jobs and their runs stay. RESOURCE_DOES_NOT_EXIST when there is none. */
export async function deleteSchedule(sql: Sql, schedule_id: string): Promise<void> {
  const [row] = await sql`delete from weir.schedules where schedule_id = ${schedule_id} returning schedule_id`;
  if (!row) throw unknownSchedule(schedule_id);
}
