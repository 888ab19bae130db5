import { getExperiments } from "../db/experiments.ts";
import { metricDirections } from "../db/metric_directions.ts";
import { modelsOfRuns } from "../db/run_models.ts";
import { getRuns } from "../db/runs.ts";
import { comparedExperiment, type ComparisonOptions } from "../domain/comparison.ts";
import type { ComparedPath } from "../domain/compared_files.ts";
import type { Run } from "../domain/entities.ts";
import { ApiError } from "../domain/errors.ts";
import { fileKind } from "../domain/file_kind.ts";
import type { ComparedFiles } from "../views/compare_files.tsx";
import type { CompareView } from "../wire/pages_run.ts";
import { comparedPaths, type Places, placesOf } from "./compared_files.ts";
import { fileDifference } from "./file_difference.ts";
import type { Services } from "./services.ts";

/** Runs of one comparison. */
export const mostCompared = 100;

export interface GatheredRuns extends ComparisonOptions {
  runs: Run[];
}

/** What a comparison needs to know of runs; those that there are of the ids. */
export async function gatheredRuns(
  { sql, now }: Pick<Services, "sql" | "now">,
  view: Pick<CompareView, "runs" | "dir" | "baseline">,
): Promise<GatheredRuns> {
  const [runs, remembered] = await Promise.all([getRuns(sql, view.runs), metricDirections(sql)]);
  const [experiments, models] = await Promise.all([
    getExperiments(sql, [...new Set(runs.map((run) => run.info.experiment_id))]),
    modelsOfRuns(sql, runs.map((run) => run.info.run_id)),
  ]);
  return {
    runs,
    baseline: view.baseline,
    directions: new Map([...remembered, ...view.dir]),
    experiments: new Map(experiments.map((one) => [one.experiment_id, comparedExperiment(one)])),
    models,
    now: now(),
  };
}

/** Files of the baseline and of one other run: which there are, and what differs in the one that is looked into. */
export async function comparedFiles(
  services: Pick<Services, "sql" | "artifacts">,
  runs: readonly Run[],
  base: Run,
  view: CompareView,
): Promise<{ files: ComparedFiles & { base: string; other: string }; file: string } | undefined> {
  const others = runs.filter((run) => run !== base);
  const other = others.find((run) => run.info.run_id === view.with) ?? others[0];
  if (!other) return undefined;
  const sides = { base: base.info.run_id, other: other.info.run_id };
  try {
    const places = await placesOf(services, base, other);
    const paths = await comparedPaths(services, runs, places);
    const file = view.file === "" ? firstToShow(paths.paths) : view.file;
    return {
      file,
      files: { ...sides, paths, file: file === "" ? undefined : await lookedInto(services, places, view, file) },
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const paths = { paths: [], differ: 0, same: 0, partly: 0, more: false, error: error.message };
    return { file: view.file, files: { ...sides, paths } };
  }
}

const lookedInto = (services: Pick<Services, "sql">, places: Places, { as, whole }: CompareView, path: string) =>
  fileDifference(services, places, { path, as, whole });

/** Bytes of a file up to which it is looked into without being asked for. */
const small = 100_000;
const telling = new Set(["image", "json", "model", "table", "text", "yaml"]);

/** The first small one that differs; "" where there is none. */
function firstToShow(paths: readonly ComparedPath[]): string {
  const first = paths.find(({ path, state, base, other }) =>
    state === "differs" && telling.has(fileKind(path)) && (base?.size ?? 0) <= small && (other?.size ?? 0) <= small
  );
  return first?.path ?? "";
}
