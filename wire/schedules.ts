import { z } from "zod";
import { overlaps } from "../domain/schedules.ts";
import { AskedJob, askedShape } from "./jobs.ts";
import { bool, int64, message, name, text } from "./message.ts";

/** Beyond MLflow: runs of a project that are asked for again and again. */

const title = name.pipe(z.string().max(250));
const overlap = z.enum(overlaps);

export const CreateSchedule = message({
  ...askedShape,
  name: title,
  cron: name,
  time_zone: name.default("UTC"),
  overlap: overlap.default("skip"),
  paused: bool.default(false),
});
export const ListSchedules = message({ max_results: int64.default(100), page_token: text.exactOptional() });
export const ScheduleById = message({ schedule_id: name });

/** What is left out stays as it is. */
const maybe = <Schema extends z.ZodType>(schema: z.ZodDefault<Schema>) => schema.unwrap().exactOptional();

export const UpdateSchedule = message({
  schedule_id: name,
  name: title.exactOptional(),
  cron: name.exactOptional(),
  time_zone: name.exactOptional(),
  overlap: overlap.exactOptional(),
  paused: bool.exactOptional(),
  experiment_id: askedShape.experiment_id,
  experiment_name: askedShape.experiment_name,
  uri: askedShape.uri.exactOptional(),
  version: askedShape.version,
  entry_point: maybe(askedShape.entry_point),
  parameters: maybe(askedShape.parameters),
  run_name: maybe(askedShape.run_name),
  tags: maybe(askedShape.tags),
  env_manager: askedShape.env_manager,
  backend: maybe(askedShape.backend),
  backend_config: maybe(askedShape.backend_config),
  docker_args: maybe(askedShape.docker_args),
  build_image: maybe(askedShape.build_image),
  labels: maybe(askedShape.labels),
  submitted_by: maybe(askedShape.submitted_by),
  priority: maybe(askedShape.priority),
  max_attempts: maybe(askedShape.max_attempts),
  timeout_ms: askedShape.timeout_ms,
});

const texts = z.string();
const time = z.int().describe("Milliseconds since the epoch.");

export const Schedule = z.object({
  schedule_id: texts,
  name: texts,
  asked: AskedJob.describe("What it asks for each time."),
  experiment_id: texts,
  cron: texts.describe("Minute, hour, day of the month, month, weekday; or a word such as @daily."),
  time_zone: texts.describe("By whose clock, as IANA names it."),
  overlap: overlap.describe(
    "What becomes of a time while a job of it waits or runs: it is passed over, or one more job is queued.",
  ),
  paused: z.boolean(),
  next_time: time.exactOptional().describe("Milliseconds since the epoch. Absent while it is paused."),
  last_time: time.exactOptional().describe("When it asked last, whatever came of it, in milliseconds since the epoch."),
  last_job_id: texts.exactOptional(),
  skipped_time: time.exactOptional().describe("When it passed a time over last, in milliseconds since the epoch."),
  last_error: texts.exactOptional().describe("Why nothing came of asking, the last time."),
  created_time: time,
  updated_time: time,
}).meta({ id: "Schedule" });

export const OneSchedule = z.object({ schedule: Schedule });
export const Schedules = z.object({ schedules: z.array(Schedule), next_page_token: texts.exactOptional() });
