import type { KeyValue } from "../entities.ts";
import { invalid } from "../errors.ts";
import { newRunId } from "../ids.ts";
import type { AskedJob, NewJob, ProjectSpec } from "../jobs.ts";
import { checkKey, limits, truncate } from "../names.ts";
import { nameOfRun } from "../run_name.ts";
import { shownSource } from "./packed.ts";
import { projectTags } from "./tags.ts";

/** Characters that all that is asked for may have as JSON. */
const largest = 1_000_000;

/** A job with a run as `mlflow run` makes one. INVALID_PARAMETER_VALUE for a tag without a name, or a parameter that is given twice. */
export function newJob(asked: AskedJob): NewJob {
  const { labels, submitted_by, priority, max_attempts, timeout_ms } = asked;
  const spec = specOf(asked);
  const given = checkedTags(asked.tags);
  const tags = projectTags({ ...spec, user: submitted_by, source_name: shownSource(spec.uri) });
  return {
    job_id: newRunId(),
    kind: "project",
    spec,
    labels: [...new Set(labels)],
    submitted_by,
    priority,
    max_attempts,
    ...(timeout_ms !== undefined && { timeout_ms }),
    run: {
      run_id: newRunId(),
      run_name: nameOfRun(asked.run_name, given),
      tags: [...Object.entries(tags).map(([key, value]) => ({ key, value })), ...given],
    },
  };
}

function specOf(asked: AskedJob): ProjectSpec {
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
