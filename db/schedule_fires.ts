import { ApiError } from "../domain/errors.ts";
import type { Job } from "../domain/jobs.ts";
import { truncate } from "../domain/names.ts";
import { nextTime, type Schedule, scheduledJob } from "../domain/schedules.ts";
import { getJob, submitJob } from "./jobs.ts";
import { nowSql } from "./purges.ts";
import { clock, holdSchedule, type ScheduleRow, shownSchedule, toSchedule } from "./schedules.ts";
import { type Sql, transaction } from "./sql.ts";

/** Characters of a reason that are kept. */
const longestReason = 2000;

/** Asks for the job of a schedule now, beside its times, even while it is paused or its last job runs. Errors as those of `submitJob`. */
export async function runSchedule(sql: Sql, schedule_id: string): Promise<Job> {
  return await transaction(sql, async (tx) => {
    const job = await ask(tx, await holdSchedule(tx, schedule_id));
    await tx`
      update weir.schedules set last_time = ${nowSql(tx)}, last_error = null where schedule_id = ${schedule_id}`;
    return job;
  });
}

async function ask(tx: Sql, schedule: Schedule): Promise<Job> {
  const { job_id } = await submitJob(tx, scheduledJob(schedule), schedule.experiment_id);
  await tx`
    update weir.jobs set schedule = (select schedule from weir.schedules where schedule_id = ${schedule.schedule_id})
    where job_id = ${job_id}`;
  return await getJob(tx, job_id);
}

/** What came of a schedule whose time had come. */
export interface Fired {
  schedule_id: string;
  name: string;
  /** Neither of it nor of the error: the time was passed over. */
  job_id?: string;
  error?: string;
}

/**
 * Asks for the jobs of all schedules whose time has come, once each however many times they missed and however many servers ask. What an
 * error stops that is not of the schedule stays due; it is thrown after the others had their turn.
 */
export async function fireSchedules(sql: Sql): Promise<Fired[]> {
  const fired: Fired[] = [];
  const tried: string[] = [];
  const errors: unknown[] = [];
  for (;;) {
    const before = tried.length;
    try {
      const one = await transaction(sql, async (tx) => {
        const due = await takeDue(tx, tried);
        if (due) tried.push(due.schedule_id);
        return due && await fire(tx, due);
      });
      if (!one) break;
      fired.push(one);
    } catch (error) {
      errors.push(error);
      if (tried.length === before || errors.length === mostErrors) break;
    }
  }
  if (errors.length > 0) throw errors[0];
  return fired;
}

/** After so many it is not the schedules' fault. */
const mostErrors = 10;

async function takeDue(tx: Sql, tried: readonly string[]): Promise<Schedule | undefined> {
  const [row] = await tx<ScheduleRow[]>`
    select ${shownSchedule(tx)} from weir.schedules s
    where s.next_time <= ${await clock(tx)} and s.schedule_id <> all(${[...tried]}::text[])
    order by s.next_time limit 1 for update of s skip locked`;
  return row && toSchedule(row);
}

async function fire(tx: Sql, schedule: Schedule): Promise<Fired> {
  const { schedule_id, name } = schedule;
  const now = await clock(tx);
  const next = comesNext(schedule, now);
  if (schedule.overlap === "skip" && await isBusy(tx, schedule_id)) {
    await tx`
      update weir.schedules set next_time = ${next.time}, skipped_time = ${now} where schedule_id = ${schedule_id}`;
    return { schedule_id, name };
  }
  const asked = await transaction(tx, (inner) => ask(inner, schedule)).catch(reasonOf);
  const error = typeof asked === "string" ? asked : next.error;
  await tx`
    update weir.schedules set next_time = ${next.time}, last_time = ${now}, last_error = ${error ?? null}
    where schedule_id = ${schedule_id}`;
  return {
    schedule_id,
    name,
    ...(typeof asked !== "string" && { job_id: asked.job_id }),
    ...(error !== undefined && { error }),
  };
}

/** It comes never again where this server does not know the time zone any more. */
function comesNext({ cron, time_zone }: Schedule, now: number): { time: number | null; error?: string } {
  try {
    return { time: nextTime(cron, time_zone, now) };
  } catch (error) {
    return { time: null, error: reasonOf(error) };
  }
}

/** Why the schedule itself is to blame; throws what it is not. */
function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return truncate(error.message, longestReason);
  throw error;
}

async function isBusy(tx: Sql, schedule_id: string): Promise<boolean> {
  const [row] = await tx`
    select from weir.jobs j join weir.schedules s using (schedule)
    where s.schedule_id = ${schedule_id} and j.state in ('queued', 'running') limit 1`;
  return row !== undefined;
}

/** Milliseconds until a schedule is due, 0 or less where one is; undefined while none will be. */
export async function untilDue(sql: Sql): Promise<number | undefined> {
  const [row] = await sql<{ wait: number | null }[]>`select min(next_time) - ${
    nowSql(sql)
  } as wait from weir.schedules`;
  return row?.wait ?? undefined;
}
