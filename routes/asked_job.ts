import type { z } from "zod";
import { createExperiment, getExperimentByName } from "../db/experiments.ts";
import { retryJob, submitJob } from "../db/jobs.ts";
import type { KeyValue } from "../domain/entities.ts";
import { ApiError, invalid } from "../domain/errors.ts";
import { checkExperimentName } from "../domain/experiments.ts";
import { newRunId } from "../domain/ids.ts";
import type { Job, ProjectSpec } from "../domain/jobs.ts";
import { checkKey, limits, truncate } from "../domain/names.ts";
import { nameOfRun } from "../domain/run_name.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import { projectTags } from "../domain/projects/tags.ts";
import type { SubmitJob } from "../wire/jobs.ts";
import { artifactRoot, type Services } from "./services.ts";

/** Characters that all that is asked for may have as JSON. */
const largest = 1_000_000;

/** Queues a run of a project, made as `mlflow run` makes one, and wakes the workers that wait. */
export async function askJob(services: Services, asked: z.output<typeof SubmitJob>): Promise<Job> {
  const { labels, submitted_by, priority, max_attempts, timeout_ms } = asked;
  const spec = specOf(asked);
  const given = checkedTags(asked.tags);
  const run_name = nameOfRun(asked.run_name, given);
  const experiment_id = await experimentOf(services, asked);
  const tags = projectTags({ ...spec, user: submitted_by, source_name: withoutCredentials(spec.uri) });
  const job = await submitJob(services.sql, {
    job_id: newRunId(),
    kind: "project",
    spec,
    labels: [...new Set(labels)],
    submitted_by,
    priority,
    max_attempts,
    timeout_ms,
    run: {
      run_id: newRunId(),
      experiment_id,
      run_name,
      tags: [...Object.entries(tags).map(([key, value]) => ({ key, value })), ...given],
    },
  });
  services.jobs.ring();
  return job;
}

/** Queues a job again that failed or was killed. Errors as those of `retryJob`. */
export async function askAgain({ sql, jobs }: Services, job_id: string): Promise<Job> {
  const job = await retryJob(sql, job_id);
  jobs.ring();
  return job;
}

function specOf(asked: z.output<typeof SubmitJob>): ProjectSpec {
  const { uri, version, entry_point, parameters, env_manager, backend, backend_config, docker_args, build_image } =
    asked;
  const spec: ProjectSpec = {
    uri,
    entry_point,
    parameters,
    backend,
    backend_config,
    docker_args,
    build_image,
    ...(version !== undefined && { version }),
    ...(env_manager !== undefined && { env_manager }),
  };
  const seen = new Set<string>();
  for (const { key } of parameters) {
    if (seen.has(key)) throw invalid(`Repeated parameter: '${key}'`);
    seen.add(key);
  }
  if (JSON.stringify(spec).length > largest) throw invalid(`A job may have ${largest} characters at most.`);
  return spec;
}

function checkedTags(tags: readonly KeyValue[]): KeyValue[] {
  return tags.map(({ key, value }, index) => {
    checkKey(key, `tags[${index}].key`, "key");
    return { key, value: truncate(value, limits.runTagValue) };
  });
}

/** As in MLflow, an experiment that is asked for by a name that nobody has is made. */
async function experimentOf(
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
