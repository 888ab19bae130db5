import type { KeyValue, LoggedModel, Metric, ModelVersion, RegisteredModel, Run } from "./entities.ts";
import { compareMetricNames } from "./metric_names.ts";
import { runSource } from "./model_source.ts";

/** A version with what it was made of, as far as that is still there. */
export interface SourcedVersion {
  version: ModelVersion;
  /** Deleted ones too. */
  run?: Run;
  logged_model?: LoggedModel;
}

/**
 * What a version scored: the latest of each metric that its run and the model itself have. MLflow's client notes for a model what its run
 * had logged at step 0 when the model was, so that what a model has alone may be the first value of a curve.
 */
export function versionMetrics({ run, logged_model }: Omit<SourcedVersion, "version">): Map<string, number> {
  const latest = new Map<string, Metric>();
  for (const metric of [...run?.data.metrics ?? [], ...logged_model?.data.metrics ?? []]) {
    const known = latest.get(metric.key);
    if (!metric.key.startsWith("system/") && !(known && isLater(known, metric))) latest.set(metric.key, metric);
  }
  return new Map([...latest].map(([key, { value }]) => [key, value]));
}

const isLater = (a: Metric, b: Metric): boolean =>
  (Number(a.step) - Number(b.step) || Number(a.timestamp) - Number(b.timestamp)) > 0;

/** What it was given: the params of its run and of the model itself. */
export function versionParams({ run, logged_model }: Omit<SourcedVersion, "version">): KeyValue[] {
  return [
    ...new Map([...run?.data.params ?? [], ...logged_model?.data.params ?? []].map((pair) => [pair.key, pair]))
      .values(),
  ];
}

/** The metrics of several versions that most of them have, first those that people look at first. */
export function leadingMetrics(versions: readonly SourcedVersion[], most: number): string[] {
  const times = new Map<string, number>();
  for (const version of versions) {
    for (const key of versionMetrics(version).keys()) times.set(key, (times.get(key) ?? 0) + 1);
  }
  const [greatest = 0] = [...times.values()].sort((a, b) => b - a);
  return [...times].filter(([, count]) => count * 2 >= greatest).map(([key]) => key).sort(compareMetricNames).slice(
    0,
    most,
  );
}

/** The version that others are measured against: the champion, or else the newest in Production. */
export const championNumber = ({ aliases = [], latest_versions = [] }: RegisteredModel): string | undefined =>
  aliases.find(({ alias }) => alias === "champion")?.version ??
    latest_versions.find(({ current_stage }) => current_stage === "Production")?.version;

/** Where the files of a version are, given the artifact URI of the run that a `runs:` URI names. */
export function filesUri(uri: string, run_uri: string | undefined): string {
  const run = runSource(uri);
  if (!run || run_uri === undefined) return uri;
  return run.path === "" ? run_uri : `${run_uri.replace(/\/+$/, "")}/${run.path}`;
}
