import { z } from "zod";
import { jobStates } from "../domain/jobs.ts";
import { optionFields } from "../domain/projects/backend_options.ts";
import { bool, int64, list, message, name, text } from "./message.ts";

/** The query strings and forms of projects and their jobs. What is not known means the usual choice, as in `pages.ts`. */

const word = text.default("");

export const ProjectsQuery = message({
  state: z.enum(jobStates).optional().catch(undefined),
  page_token: text.optional().transform((value) => value || undefined),
});
export type ProjectsQuery = z.output<typeof ProjectsQuery>;

/** What the form that runs a project begins with: the choices of a job, a sweep or a schedule, and what a worker has read of it. */
export const LaunchQuery = message({
  job: word,
  sweep: word,
  look: word,
  uri: word,
  version: word,
  entry_point: word,
  experiment_id: word,
  /** The form is wanted without a look at the project. */
  plain: bool.default(false),
});
export type LaunchQuery = z.output<typeof LaunchQuery>;

/** Asks for a look at a project. With `job` or `sweep`, whose address that is, the form goes on with their choices. */
export const LookForm = message({
  uri: name,
  version: word,
  job: word,
  sweep: word,
  experiment_id: word,
  /** A job of whose address this is one; nothing else of it is taken. */
  from: word,
  again: bool.default(false),
});
export type LookForm = z.output<typeof LookForm>;

/** The fields of the form that runs a project, of which others have more. */
export const launchShape = {
  uri: name,
  version: word,
  entry_point: word,
  /** What the fields were made from, and where credentials are that no page shows. */
  look: word,
  job: word,
  sweep: word,
  /** Of parameters that have fields of their own, one for each; an empty value is not given. */
  param_name: list(text),
  param_value: list(text),
  /** Of others, a line for each: `name=value`. */
  parameters: word,
  experiment_name: word,
  run_name: word,
  env_manager: word,
  backend: word,
  /** An object in JSON, for what has no field of its own. */
  backend_config: word,
  ...Object.fromEntries(optionFields.map((field) => [field, word])),
  /** A line for each: `name=value`, or a flag. */
  docker_args: word,
  build_image: bool.default(false),
  /** With blanks or commas between them. */
  labels: word,
  submitted_by: word,
  priority: int64.default(0),
  max_attempts: int64.default(1),
  timeout_minutes: word,
};
export const LaunchForm = message(launchShape);
export type LaunchForm = z.output<typeof LaunchForm>;

export const JobQuery = message({ job_id: name });
