import { z } from "zod";
import { jobStates } from "../domain/jobs.ts";
import { int64, message, name, text } from "./message.ts";

/** The query strings and forms of projects and their jobs. What is not known means the usual choice, as in `pages.ts`. */

const word = text.default("");

export const ProjectsQuery = message({
  state: z.enum(jobStates).optional().catch(undefined),
  page_token: text.optional().transform((value) => value || undefined),
});
export type ProjectsQuery = z.output<typeof ProjectsQuery>;

/** Fills in the form that runs a project; `job` is one whose choices are taken. */
export const LaunchQuery = message({
  job: word,
  uri: word,
  version: word,
  entry_point: word,
  experiment_id: word,
});
export type LaunchQuery = z.output<typeof LaunchQuery>;

/** The fields of the form that runs a project, of which others have more. */
export const launchShape = {
  uri: name,
  version: word,
  entry_point: word,
  /** A line for each: `name=value`. */
  parameters: word,
  experiment_name: word,
  run_name: word,
  env_manager: word,
  backend: word,
  /** An object in JSON. */
  backend_config: word,
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
