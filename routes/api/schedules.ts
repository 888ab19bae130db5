import { deleteSchedule, getSchedule, listSchedules, pauseSchedule } from "../../db/schedules.ts";
import { edit, execute, read, remove } from "../../domain/permissions.ts";
import { shownAsked, shownJob } from "../../domain/projects/shown.ts";
import { checkRegistryMaxResults } from "../../domain/search_limits.ts";
import { Nothing, OneJob } from "../../wire/jobs.ts";
import * as wire from "../../wire/schedules.ts";
import { askSchedule, changeSchedule, runNow } from "../asked_schedule.ts";
import { endpoint } from "../endpoint.ts";

const mostOnPage = 1000;

export const scheduleEndpoints = [
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "schedules",
    summary: "Makes a schedule: a run of a project that is asked for again and again.",
    input: wire.CreateSchedule,
    output: wire.OneSchedule,
    access: execute.job,
    handle: async (services, asked) => ({ schedule: shownAsked(await askSchedule(services, asked)) }),
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "schedules",
    summary: "Lists schedules, newest first, page by page.",
    input: wire.ListSchedules,
    output: wire.Schedules,
    access: read.job,
    handle: async ({ sql }, page) => {
      checkRegistryMaxResults(page.max_results, 1, mostOnPage);
      const { schedules, ...next } = await listSchedules(sql, page);
      return { ...next, schedules: schedules.map(shownAsked) };
    },
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "schedules/{schedule_id}",
    summary: "Answers a schedule.",
    input: wire.ScheduleById,
    output: wire.OneSchedule,
    access: read.job,
    handle: async ({ sql }, { schedule_id }) => ({ schedule: shownAsked(await getSchedule(sql, schedule_id)) }),
  }),
  endpoint({
    method: "PATCH",
    namespace: "weir",
    path: "schedules/{schedule_id}",
    summary: "Changes what is given of a schedule.",
    input: wire.UpdateSchedule,
    output: wire.OneSchedule,
    access: execute.job,
    handle: async (services, given) => ({ schedule: shownAsked(await changeSchedule(services, given)) }),
  }),
  endpoint({
    method: "DELETE",
    namespace: "weir",
    path: "schedules/{schedule_id}",
    summary: "Deletes a schedule. Its jobs and their runs stay.",
    input: wire.ScheduleById,
    output: Nothing,
    access: remove.job,
    handle: async ({ sql }, { schedule_id }) => await deleteSchedule(sql, schedule_id),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "schedules/{schedule_id}/run",
    summary: "Asks for the job of a schedule now, beside its times, even while it is paused or its last job runs.",
    input: wire.ScheduleById,
    output: OneJob,
    access: execute.job,
    handle: async (services, { schedule_id }) => ({ job: shownJob(await runNow(services, schedule_id)) }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "schedules/{schedule_id}/pause",
    summary: "Pauses a schedule.",
    input: wire.ScheduleById,
    output: wire.OneSchedule,
    access: edit.job,
    handle: async ({ sql }, { schedule_id }) => ({ schedule: shownAsked(await pauseSchedule(sql, schedule_id, true)) }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "schedules/{schedule_id}/resume",
    summary: "Resumes a schedule: it goes on with the next time that comes.",
    input: wire.ScheduleById,
    output: wire.OneSchedule,
    access: execute.job,
    handle: async ({ sql }, { schedule_id }) => ({
      schedule: shownAsked(await pauseSchedule(sql, schedule_id, false)),
    }),
  }),
];
