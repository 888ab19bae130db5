import type { z } from "zod";
import { runSchedule } from "../db/schedule_fires.ts";
import { createSchedule, getSchedule, updateSchedule } from "../db/schedules.ts";
import type { Job } from "../domain/jobs.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import { checkTerms, plainCron, type Schedule, type ScheduleTerms } from "../domain/schedules.ts";
import type { CreateSchedule, UpdateSchedule } from "../wire/schedules.ts";
import { askedExperiment } from "./asked_job.ts";
import type { Services } from "./services.ts";

/** Makes a schedule. Nothing is written, no experiment either, before all of it is known to be good. */
export async function askSchedule(services: Services, given: z.output<typeof CreateSchedule>): Promise<Schedule> {
  const { name, cron, time_zone, overlap, paused, experiment_id: _id, experiment_name: _name, ...asked } = given;
  const terms = { name, asked, cron: plainCron(cron), time_zone, overlap, paused };
  checkTerms(terms, services.now());
  return await createSchedule(services.sql, { ...terms, experiment_id: await askedExperiment(services, given) });
}

/** Changes what is given of a schedule, in the same way. */
export async function changeSchedule(
  services: Services,
  { schedule_id, ...given }: z.output<typeof UpdateSchedule>,
): Promise<Schedule> {
  const { experiment_id: _id, experiment_name: _name, ...terms } = given;
  checkTerms(changed(await getSchedule(services.sql, schedule_id), terms), services.now());
  const moves = Boolean(given.experiment_id || given.experiment_name);
  const moved = moves ? { experiment_id: await askedExperiment(services, given) } : {};
  return await updateSchedule(services.sql, schedule_id, (schedule) => ({ ...changed(schedule, terms), ...moved }));
}

type Changes = Omit<z.output<typeof UpdateSchedule>, "schedule_id" | "experiment_id" | "experiment_name">;

function changed(schedule: Schedule, given: Changes): ScheduleTerms {
  const { name, cron, time_zone, overlap, paused, ...asked } = given;
  const { uri } = schedule.asked;
  return {
    name: name ?? schedule.name,
    // An address as it was answered, without its credentials, is the same one.
    asked: { ...schedule.asked, ...asked, uri: asked.uri === withoutCredentials(uri) ? uri : asked.uri ?? uri },
    experiment_id: schedule.experiment_id,
    cron: plainCron(cron ?? schedule.cron),
    time_zone: time_zone ?? schedule.time_zone,
    overlap: overlap ?? schedule.overlap,
    paused: paused ?? schedule.paused,
  };
}

/** Asks for the job of a schedule at once, and wakes the workers that wait. Errors as those of `runSchedule`. */
export async function runNow({ sql, jobs }: Services, schedule_id: string): Promise<Job> {
  const job = await runSchedule(sql, schedule_id);
  jobs.ring();
  return job;
}
