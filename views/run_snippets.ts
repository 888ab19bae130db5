import { tagOf } from "../domain/compare.ts";
import type { Run } from "../domain/entities.ts";
import { python, shell } from "./snippets.ts";

/** Lines to paste that lead from a run's page to its files, its models and its code. */

export const connect = (server: string): string =>
  `import mlflow

mlflow.set_tracking_uri(${python(server)})`;

/** More points for a run that has none. */
export const logMore = (server: string, run_id: string): string =>
  `${connect(server)}

with mlflow.start_run(run_id=${python(run_id)}):
    for step in range(100):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)`;

export const logFile = (server: string, run_id: string): string =>
  `${connect(server)}

with mlflow.start_run(run_id=${python(run_id)}):
    mlflow.log_artifact("report.html")`;

export const loadModel = (server: string, uri: string): string =>
  `${connect(server)}
model = mlflow.pyfunc.load_model(${python(uri)})`;

export const fetchFiles = (server: string, run_id: string): string =>
  `${connect(server)}
folder = mlflow.artifacts.download_artifacts(run_id=${python(run_id)})`;

/** Where the run's models are, as `load_model` takes them. Clients before MLflow 3 say it in a tag. */
export function modelUris(run: Run): string[] {
  const logged = run.outputs?.model_outputs?.map(({ model_id }) => `models:/${model_id}`) ?? [];
  return logged.length > 0
    ? logged
    : artifactPaths(tagOf(run, "mlflow.log-model.history") ?? "[]").map((path) => `runs:/${run.info.run_id}/${path}`);
}

function artifactPaths(history: string): string[] {
  try {
    const entries: unknown = JSON.parse(history);
    if (!Array.isArray(entries)) return [];
    return [...new Set(entries.map((entry: { artifact_path?: unknown } | null) => entry?.artifact_path))]
      .filter((path) => typeof path === "string");
  } catch {
    return [];
  }
}

/** What runs the run's code again, as far as the run knows where it is; undefined when it does not. */
export function reproduce(run: Run, server: string): string | undefined {
  const source = tagOf(run, "mlflow.source.name");
  const commit = tagOf(run, "mlflow.source.git.commit");
  const repo = tagOf(run, "mlflow.source.git.repoURL");
  const connected = `export MLFLOW_TRACKING_URI=${shell(server)}`;
  if (source === undefined) return undefined;
  if (tagOf(run, "mlflow.source.type") === "PROJECT") return `${connected}\n${projectRun(run, source, commit)}`;
  if (commit === undefined) return undefined;
  const checkout = [
    repo === undefined ? "# In a clone of the code:" : `git clone ${shell(repo)} code && cd code`,
    `git checkout ${shell(commit)}`,
  ];
  return [connected, ...checkout, ...(source.endsWith(".py") ? [`python ${shell(source)}`] : [])].join("\n");
}

function projectRun(run: Run, uri: string, commit: string | undefined): string {
  const entry = tagOf(run, "mlflow.project.entryPoint");
  const options = [
    // A script that names its experiment refuses to run in another one.
    `--experiment-id ${shell(run.info.experiment_id)}`,
    // Other environments leave a tag.
    ...(tagOf(run, "mlflow.project.env") === undefined ? ["--env-manager local"] : []),
    ...(commit === undefined ? [] : [`-v ${shell(commit)}`]),
    ...(entry === undefined || entry === "main" ? [] : [`-e ${shell(entry)}`]),
    ...(run.data.params ?? []).map(({ key, value }) => `-P ${shell(`${key}=${value}`)}`),
  ];
  return [`mlflow run ${shell(uri)}`, ...options].join(" \\\n  ");
}
