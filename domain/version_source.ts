import type { KeyValue, LoggedModel, ModelVersion, RegisteredModel, Run } from "./entities.ts";
import { compareMetricNames } from "./metric_names.ts";
import { runSource } from "./model_source.ts";

/** A version with what it was made of, as far as that is still there. */
export interface SourcedVersion {
  version: ModelVersion;
  /** Deleted ones too. */
  run?: Run;
  logged_model?: LoggedModel;
}

/** What a version scored: the metrics of its run, and over them those that were logged for the model itself; of several the newest. */
export function versionMetrics({ run, logged_model }: Omit<SourcedVersion, "version">): Map<string, number> {
  const ofRun = (run?.data.metrics ?? []).filter(({ key }) => !key.startsWith("system/"));
  const ofModel = (logged_model?.data.metrics ?? []).toSorted((a, b) => Number(a.timestamp) - Number(b.timestamp));
  return new Map([...ofRun, ...ofModel].map(({ key, value }) => [key, value]));
}

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
