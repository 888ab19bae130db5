import { join } from "node:path";
import { projectTags } from "../../domain/projects/tags.ts";
import { openBackend } from "../backends/open.ts";
import { type EnvManager, envManagers } from "../projects/environment.ts";
import { execute, follow, openProject } from "../projects/launch.ts";
import type { Execute } from "./execution.ts";

/** Executes runs of projects. `cache` is where environments are kept. */
export function projectExecution(cache: string): Execute {
  return async ({ job, folder, variables, environment, logParams }, report, signal) => {
    const { spec, run_id, experiment_id } = job;
    const { say } = report;
    const backend = await openBackend(spec.backend);
    if (job.reference !== undefined && backend.resume !== undefined) {
      const execution = await backend.resume(job.reference, { config: spec.backend_config, environment });
      return await follow(execution, report, signal);
    }
    await using opened = await openProject({
      uri: spec.uri,
      version: spec.version,
      entry_point: spec.entry_point,
      cwd: folder,
      tracking: { url: variables.MLFLOW_TRACKING_URI ?? "", token: variables.MLFLOW_TRACKING_TOKEN },
      env: environment,
      signal,
      say,
      parameters: spec.parameters.map(({ key, value }) => [key, value] as const),
    });
    await report.tag(projectTags({ ...opened.fetched, ...spec, user: job.submitted_by }));
    const values = [...opened.declared, ...opened.extra];
    if (values.length > 0) await logParams(values);
    return await execute(
      {
        opened,
        backend,
        run_id,
        experiment_id,
        ...(job.artifact_uri !== "" && { artifact_uri: job.artifact_uri }),
        cache,
        variables,
        environment,
        cwd: folder,
        entry_point: spec.entry_point,
        env_manager: managerOf(spec.env_manager),
        storage_dir: join(folder, "storage"),
        tracking_uri: variables.MLFLOW_TRACKING_URI ?? "",
        config: spec.backend_config,
        docker_args: spec.docker_args.map(({ key, value }) => [key, value] as const),
        build_image: spec.build_image,
      },
      report,
      signal,
    );
  };
}

const managerOf = (name: string | undefined): EnvManager | undefined => envManagers.find((one) => one === name);
