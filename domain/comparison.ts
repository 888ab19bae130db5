import { compareRuns, type Comparison, tagOf, type TextRow, textRow } from "./compare.ts";
import { openedParams } from "./compare_params.ts";
import type { Experiment, Run } from "./entities.ts";
import type { Direction } from "./metric_names.ts";
import { noteKey } from "./names.ts";
import { factOf, modelText, type RunModel } from "./runs_view.ts";

/** Everything that a comparison of runs says, for its page and for what is taken along from it. */

/** The tag of an experiment that names the run which its others are measured against. A tag, so that clients can set it too. */
export const baselineTag = "weir.baseline";

/** An experiment that compared runs are of. */
export interface ComparedExperiment {
  name: string;
  /** The id of the run that was set as its baseline. */
  baseline?: string | undefined;
}

export const comparedExperiment = ({ name, tags = [] }: Pick<Experiment, "name" | "tags">): ComparedExperiment => ({
  name,
  baseline: tags.find(({ key }) => key === baselineTag)?.value || undefined,
});

export interface ComparisonOptions {
  /** The id of the run that the others are measured against; without it, or where it is not among them, the baseline of an experiment. */
  baseline: string | undefined;
  /** Directions that were set, by metric. */
  directions: ReadonlyMap<string, Direction>;
  /** By experiment id. */
  experiments: ReadonlyMap<string, ComparedExperiment>;
  /** By run id. */
  models: ReadonlyMap<string, readonly RunModel[]>;
  /** ms since the epoch. */
  now: number;
}

/** Rows of texts under one heading. */
export interface ComparedSection {
  title: string;
  rows: TextRow[];
  /** Names such as `model.depth` are a tree. */
  nested?: boolean;
}

export interface ComparedRuns extends Pick<Comparison, "baseline" | "metrics"> {
  /** Sections without rows are left out. */
  sections: ComparedSection[];
}

/** At least one run. */
export function comparisonOf(runs: readonly Run[], options: ComparisonOptions): ComparedRuns {
  const baseline = baselineOf(runs, options);
  const found = compareRuns(runs, { directions: options.directions, ...(baseline !== undefined && { baseline }) });
  const rows = { facts: factRows(runs, options, found.baseline), models: modelRows(runs, options, found.baseline) };
  const sections: ComparedSection[] = [
    { title: "Params", rows: openedParams(found.params, found.baseline), nested: true },
    { title: "Run", rows: rows.facts },
    { title: "Tags", rows: found.tags },
    { title: "Datasets and models", rows: [...found.datasets, ...rows.models] },
  ];
  return { baseline: found.baseline, metrics: found.metrics, sections: sections.filter(({ rows }) => rows.length > 0) };
}

/** The baseline of the address; else the first that is the baseline of its own experiment. */
function baselineOf(runs: readonly Run[], { baseline, experiments }: ComparisonOptions): string | undefined {
  const ids = new Set(runs.map(({ info }) => info.run_id));
  if (baseline !== undefined && ids.has(baseline)) return baseline;
  return runs.find(({ info }) => experiments.get(info.experiment_id)?.baseline === info.run_id)?.info.run_id;
}

/** What is known of the runs themselves. `Started` is in ms since the epoch. */
function factRows(runs: readonly Run[], { experiments, now }: ComparisonOptions, baseline: number): TextRow[] {
  const facts: Record<string, (run: Run) => string | undefined> = {
    Experiment: ({ info }) => experiments.get(info.experiment_id)?.name ?? info.experiment_id,
    Description: (run) => tagOf(run, noteKey),
    Status: ({ info }) => info.status,
    Started: ({ info }) => info.start_time > 0 ? String(info.start_time) : undefined,
    Duration: (run) => factOf(run, "duration", now),
    User: (run) => factOf(run, "user_id", now),
    Source: (run) => tagOf(run, "mlflow.source.name"),
    "Entry point": (run) => tagOf(run, "mlflow.project.entryPoint"),
    Commit: (run) => tagOf(run, "mlflow.source.git.commit"),
    Branch: (run) => tagOf(run, "mlflow.source.git.branch"),
  };
  return Object.entries(facts).map(([name, of]) => textRow(name, runs.map(of), baseline))
    .filter(({ cells }) => cells.some(({ value }) => value !== undefined));
}

function modelRows(runs: readonly Run[], { models }: ComparisonOptions, baseline: number): TextRow[] {
  const row = textRow(
    "models",
    runs.map(({ info }) => models.get(info.run_id)?.map(modelText).join(", ") || undefined),
    baseline,
  );
  return row.cells.some(({ value }) => value !== undefined) ? [row] : [];
}
