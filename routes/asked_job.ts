import type { z } from "zod";
import { createExperiment, getExperimentByName } from "../db/experiments.ts";
import { retryJob, submitJob } from "../db/jobs.ts";
import { ApiError, invalid } from "../domain/errors.ts";
import { checkExperimentName } from "../domain/experiments.ts";
import type { Job } from "../domain/jobs.ts";
import { newJob } from "../domain/projects/asked_job.ts";
import type { SubmitJob } from "../wire/jobs.ts";
import { artifactRoot, type Services } from "./services.ts";

/** Queues a run of a project, and wakes the workers that wait. */
export async function askJob(services: Services, asked: z.output<typeof SubmitJob>): Promise<Job> {
  const made = newJob(asked);
  const job = await submitJob(services.sql, made, await askedExperiment(services, asked));
  services.jobs.ring();
  return job;
}

/** Queues a job again that failed or was killed. Errors as those of `retryJob`. */
export async function askAgain({ sql, jobs }: Services, job_id: string): Promise<Job> {
  const job = await retryJob(sql, job_id);
  jobs.ring();
  return job;
}

/** As in MLflow, an experiment that is asked for by a name that nobody has is made. */
export async function askedExperiment(
  { sql, now }: Services,
  { experiment_id, experiment_name }: { experiment_id?: string; experiment_name?: string },
): Promise<string> {
  if (experiment_id && experiment_name) throw invalid("Specify only one of 'experiment_name' or 'experiment_id'.");
  if (!experiment_name) return experiment_id || "0";
  checkExperimentName(experiment_name);
  const known = () => getExperimentByName(sql, experiment_name).then((experiment) => experiment.experiment_id);
  return await known().catch(async (error) => {
    if (!isCode(error, "RESOURCE_DOES_NOT_EXIST")) throw error;
    try {
      return await createExperiment(sql, { name: experiment_name, tags: [] }, artifactRoot, now());
    } catch (error) {
      if (isCode(error, "RESOURCE_ALREADY_EXISTS")) return await known();
      throw error;
    }
  });
}

const isCode = (error: unknown, code: ApiError["code"]): boolean => error instanceof ApiError && error.code === code;
