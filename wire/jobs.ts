import { z } from "zod";
import { endings, jobKinds, jobStates } from "../domain/jobs.ts";
import { logStreams } from "../domain/run_log.ts";
import { bool, enumeration, int64, keyValue, list, message, name, text } from "./message.ts";

/** Beyond MLflow: what workers execute, and how they talk with the server. */

/** Levels of a JSON that are kept. */
const deepest = 20;

const isShallow = (value: unknown, levels = deepest): boolean =>
  typeof value !== "object" || value === null ||
  levels > 0 && Object.values(value).every((one) => isShallow(one, levels - 1));

const options = z.record(z.string(), z.unknown()).refine(
  (value) => isShallow(value),
  `Invalid value for parameter '{field}' supplied: it may have ${deepest} levels at most.`,
);

export const within = (least: number, most: number) => int64.pipe(z.int().min(least).max(most));
const label = text.regex(/^[\w.:/-]{1,100}$/);
const short = text.max(2048);
const day = 24 * 3600 * 1000;

/** The fields by which somebody asks for a run of a project. */
export const askedShape = {
  uri: name.pipe(z.string().max(2048)),
  version: short.exactOptional(),
  entry_point: name.pipe(z.string().max(2048)).default("main"),
  parameters: list(keyValue),
  experiment_id: text.exactOptional(),
  experiment_name: text.exactOptional(),
  run_name: text.default(""),
  tags: list(keyValue),
  env_manager: z.enum(["local", "virtualenv", "uv", "conda"]).exactOptional(),
  backend: name.pipe(z.string().max(100)).default("local"),
  backend_config: options.default({}),
  docker_args: list(keyValue),
  build_image: bool.default(false),
  labels: list(label),
  submitted_by: short.default(""),
  priority: within(-1000, 1000).default(0),
  max_attempts: within(1, 100).default(1),
  timeout_ms: within(1, 365 * day).exactOptional(),
};
export const SubmitJob = message(askedShape);
export const ListJobs = message({
  state: enumeration(jobStates.map((state) => state.toUpperCase()) as [string, ...string[]]).exactOptional(),
  experiment_id: text.exactOptional(),
  schedule_id: text.exactOptional(),
  max_results: int64.default(100),
  page_token: text.exactOptional(),
});
export const JobById = message({ job_id: name });

const claim = { job_id: name, worker_id: name, fence: within(0, 2 ** 31 - 1) };
const reference = z.record(text, z.union([text, z.number()]));

export const RegisterWorker = message({
  name: name.pipe(z.string().max(200)),
  labels: list(label),
  slots: within(1, 1000).default(1),
  host: text.pipe(z.string().max(255)).default(""),
  pid: within(0, 2 ** 53 - 1).default(0),
  version: text.pipe(z.string().max(100)).default(""),
});
export const NoFields = message({});
export const WorkerById = message({ worker_id: name });
export const ClaimJobs = message({
  worker_id: name,
  most: within(0, 1000).default(1),
  wait_ms: within(0, 60_000).default(0),
  holding: list(text),
});
export const Heartbeat = message({
  worker_id: name,
  jobs: list(message({ job_id: name, fence: within(0, 2 ** 31 - 1) })),
});
export const LogOfJob = message({
  ...claim,
  stream: z.enum(logStreams).default("stdout"),
  offset: within(0, 2 ** 53 - 1),
  base64: z.string(),
});
export const NoteProgress = message({
  ...claim,
  params: list(keyValue),
  tags: list(keyValue),
  reference: reference.exactOptional(),
});
export const EndJob = message({
  ...claim,
  status: z.enum(endings),
  exit_code: within(-(2 ** 31), 2 ** 31 - 1).exactOptional(),
  reason: text.exactOptional(),
});
export const LimitLabel = message({ label, most: within(0, 1_000_000).exactOptional() });

const int = z.int();
const texts = z.string();
const time = int.describe("Milliseconds since the epoch.");
const pairs = z.array(z.object({ key: texts, value: texts }));

export const ProjectSpec = z.object({
  uri: texts,
  version: texts.exactOptional(),
  entry_point: texts,
  parameters: pairs,
  env_manager: texts.exactOptional(),
  backend: texts,
  backend_config: z.record(texts, z.unknown()),
  docker_args: pairs,
  build_image: z.boolean(),
}).meta({ id: "ProjectSpec" });

/** What is asked for again and again. */
export const AskedJob = ProjectSpec.extend({
  run_name: texts,
  tags: pairs,
  labels: z.array(texts),
  submitted_by: texts,
  priority: int,
  max_attempts: int,
  timeout_ms: int.exactOptional(),
}).meta({ id: "AskedJob" });

export const Job = z.object({
  job_id: texts,
  kind: z.enum(jobKinds),
  spec: ProjectSpec,
  run_id: texts,
  experiment_id: texts,
  artifact_uri: texts.default("").describe("Where its run keeps its artifacts."),
  labels: z.array(texts).describe("Only a worker that has all of them takes it."),
  submitted_by: texts,
  priority: int.describe("Greater goes first."),
  state: z.enum(jobStates),
  worker_id: texts.exactOptional().describe("Who claimed it last."),
  attempts: int.describe("That were begun."),
  max_attempts: int.describe("1: it is never tried again by itself."),
  next_attempt: time.exactOptional(),
  timeout_ms: int.exactOptional(),
  cancelling: z.boolean().describe("Whether somebody asked it to end."),
  reason: texts.exactOptional().describe("Why it ended so, or what went wrong last."),
  exit_code: int.exactOptional(),
  reference: z.record(texts, z.union([texts, z.number()])).exactOptional().describe(
    "What finds its execution on another system.",
  ),
  sweep_id: texts.exactOptional().describe("Of the sweep that it is a trial of."),
  trial: int.exactOptional().describe("Its number in the sweep, from 1."),
  schedule_id: texts.exactOptional().describe("Of the schedule that asked for it."),
  created_time: time,
  started_time: time.exactOptional(),
  ended_time: time.exactOptional(),
}).meta({ id: "Job" });

export const Worker = z.object({
  worker_id: texts,
  name: texts,
  labels: z.array(texts),
  slots: int.describe("How many jobs it executes at once."),
  host: texts,
  pid: int,
  version: texts,
  started_time: time,
  last_heartbeat: time,
  left_time: time.exactOptional().describe("When it said goodbye."),
  running: int.describe("Jobs that it has now."),
}).meta({ id: "Worker" });

export const OneJob = z.object({ job: Job });
export const Jobs = z.object({ jobs: z.array(Job), next_page_token: texts.exactOptional() });
export const OneWorker = z.object({ worker: Worker });
export const Workers = z.object({
  workers: z.array(Worker),
  label_limits: z.array(z.object({ label: texts, most: int })).describe("How many jobs with a label run at once."),
  queued: int.describe("Jobs that wait."),
  running: int,
});
export const ClaimedJobs = z.object({
  jobs: z.array(z.object({
    job: Job,
    fence: int.describe("Whatever the worker writes of the job names it."),
    token: texts.describe("For the programs of the job: it opens what is their run's, while the job runs."),
  })),
});
export const Renewed = z.object({
  cancel: z.array(texts).describe("Jobs to be ended."),
  lost: z.array(texts).describe("Jobs that are another's by now, or over."),
});
export const JobLogEnd = z.object({ offset: int.describe("Bytes of the stream that are kept.") });
export const Progress = z.object({
  cancelling: z.boolean(),
  stdout_size: int.describe("Bytes of the log: where it goes on."),
  stderr_size: int,
});

/** For answers that are not looked into. */
export const Nothing = z.object({});
