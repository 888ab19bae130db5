import { z } from "zod";
import { overlaps } from "../domain/schedules.ts";
import { int64, message, name, text } from "./message.ts";
import { launchShape } from "./pages_projects.ts";

/** The query strings and forms of schedules. */

const word = text.default("");

const whenShape = {
  /** Empty: what is run names it. */
  schedule_name: text.pipe(z.string().max(250)).default(""),
  cron: name,
  /** Empty: UTC. */
  time_zone: word,
  overlap: z.enum(overlaps).default("skip"),
};

/** The form that runs a project, with when it is to be run. */
export const ScheduleForm = message({ ...launchShape, ...whenShape });
export type ScheduleForm = z.output<typeof ScheduleForm>;

export const EditScheduleForm = message({
  schedule_id: name,
  ...whenShape,
  uri: name,
  version: word,
  entry_point: word,
  /** A line for each: `name=value`. */
  parameters: word,
  run_name: word,
  /** With blanks or commas between them. */
  labels: word,
  priority: int64.default(0),
  max_attempts: int64.default(1),
  timeout_minutes: word,
});
export type EditScheduleForm = z.output<typeof EditScheduleForm>;

export const ScheduleQuery = message({
  schedule_id: name,
  confirm: z.literal("delete").optional().catch(undefined),
});
export type ScheduleQuery = z.output<typeof ScheduleQuery>;

export const ScheduleAction = message({ schedule_id: name });

/** When a schedule would come. */
export const TimesQuery = message({ cron: word, time_zone: word });
