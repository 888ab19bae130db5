import { getExperiment } from "../../db/experiments.ts";
import { jobsById, listJobs } from "../../db/jobs.ts";
import { deleteSchedule, getSchedule, listSchedules, pauseSchedule, updateSchedule } from "../../db/schedules.ts";
import type { Sql } from "../../db/sql.ts";
import { ApiError } from "../../domain/errors.ts";
import { nextTimes, type Schedule } from "../../domain/schedules.ts";
import { edit, execute, read, remove } from "../../domain/permissions.ts";
import { jobHref } from "../../views/job_parts.tsx";
import { href, path } from "../../views/links.ts";
import { SchedulePage } from "../../views/schedule.tsx";
import { EditSchedulePage } from "../../views/schedule_form.tsx";
import { scheduleHref } from "../../views/schedule_parts.tsx";
import { ScheduleTimesPage } from "../../views/schedule_times.tsx";
import type { ShownSchedule } from "../../views/schedules_panel.tsx";
import {
  EditScheduleForm,
  ScheduleAction,
  ScheduleForm,
  ScheduleQuery,
  TimesQuery,
} from "../../wire/pages_schedules.ts";
import { askSchedule, runNow } from "../asked_schedule.ts";
import { completed } from "../launch_form.ts";
import { form, page } from "../page.tsx";
import { editedTerms, scheduleIn } from "../schedule_form.ts";
import { shownJobs, workersHere } from "../shown_jobs.ts";

/** How many of the next times are told. */
const foretold = 5;
const lastJobs = 20;
const mostSchedules = 100;

export const schedulePages = [
  form({
    path: "/projects/schedules",
    fields: ScheduleForm,
    access: execute.job,
    handle: async (services, fields) => {
      const asked = scheduleIn(await completed(services.sql, fields));
      return scheduleHref((await askSchedule(services, asked)).schedule_id);
    },
  }),
  page({
    path: "/projects/schedules/times",
    query: TimesQuery,
    access: read.job,
    show: ({ now }, when) => <ScheduleTimesPage {...when} {...lookAhead(when, now())} />,
  }),
  page({
    path: "/projects/schedules/:schedule_id",
    query: ScheduleQuery,
    access: read.job,
    show: async ({ sql, now }, view) => {
      const { schedule_id } = view;
      const schedule = await getSchedule(sql, schedule_id);
      const [listed, workers, experiment] = await Promise.all([
        listJobs(sql, { schedule_id, max_results: lastJobs }),
        workersHere(sql, now()),
        getExperiment(sql, schedule.experiment_id).catch(ifGone),
      ]);
      const jobs = await shownJobs(sql, listed.jobs, workers);
      return <SchedulePage {...{ view, schedule, jobs, experiment }} times={comingTimes(schedule)} now={now()} />;
    },
  }),
  page({
    path: "/projects/schedules/:schedule_id/edit",
    query: ScheduleAction,
    access: read.job,
    show: async ({ sql, now }, { schedule_id }) => {
      const schedule = await getSchedule(sql, schedule_id);
      return <EditSchedulePage schedule={schedule} times={lookAhead(schedule, now()).times ?? []} />;
    },
  }),
  form({
    path: "/projects/schedules/:schedule_id/edit",
    fields: EditScheduleForm,
    access: execute.job,
    handle: async ({ sql }, fields) => {
      await updateSchedule(sql, fields.schedule_id, (schedule) => editedTerms(schedule, fields));
      return scheduleHref(fields.schedule_id);
    },
  }),
  form({
    path: "/projects/schedules/:schedule_id/run",
    fields: ScheduleAction,
    access: execute.job,
    handle: async (services, { schedule_id }) => jobHref((await runNow(services, schedule_id)).job_id),
  }),
  form({
    path: "/projects/schedules/:schedule_id/pause",
    fields: ScheduleAction,
    access: edit.job,
    handle: async ({ sql }, { schedule_id }) => scheduleHref((await pauseSchedule(sql, schedule_id, true)).schedule_id),
  }),
  form({
    path: "/projects/schedules/:schedule_id/resume",
    fields: ScheduleAction,
    access: execute.job,
    handle: async ({ sql }, { schedule_id }) =>
      scheduleHref((await pauseSchedule(sql, schedule_id, false)).schedule_id),
  }),
  form({
    path: "/projects/schedules/:schedule_id/delete",
    fields: ScheduleAction,
    access: remove.job,
    handle: async ({ sql }, { schedule_id }) => {
      await deleteSchedule(sql, schedule_id);
      return href(path`/projects`);
    },
  }),
];

/** The newest schedules, for the page of projects. */
export async function shownSchedules(sql: Sql): Promise<ShownSchedule[]> {
  const { schedules } = await listSchedules(sql, { max_results: mostSchedules });
  const ids = schedules.map(({ last_job_id }) => last_job_id).filter((id) => id !== undefined);
  const jobs = await jobsById(sql, ids);
  return schedules.map((schedule) => ({ schedule, last_job: jobs.get(schedule.last_job_id ?? "") }));
}

/** From the next one on, which may be due already. */
function comingTimes({ cron, time_zone, next_time }: Schedule): number[] {
  if (next_time === undefined) return [];
  return [next_time, ...lookAhead({ cron, time_zone }, next_time, foretold - 1).times ?? []];
}

/** When a schedule comes after a moment, or what is wrong with it; neither while nothing is written. */
function lookAhead({ cron, time_zone }: Pick<Schedule, "cron" | "time_zone">, after: number, most = foretold) {
  if (cron.trim() === "") return { times: undefined, wrong: undefined };
  try {
    const times = nextTimes(cron, time_zone || "UTC", after, most);
    return times.length > 0 ? { times, wrong: undefined } : { times: undefined, wrong: "It never comes." };
  } catch (error) {
    if (error instanceof ApiError) return { times: undefined, wrong: error.message };
    throw error;
  }
}

function ifGone(error: unknown): undefined {
  if (error instanceof ApiError && error.code === "RESOURCE_DOES_NOT_EXIST") return undefined;
  throw error;
}
