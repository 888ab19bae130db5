import type { KeyValue, Run } from "./entities.ts";
import { compareMetricNames, compareNames, type Direction, directionOf } from "./metric_names.ts";

/** How a value stands to the baseline's, by the metric's own direction. */
export type Verdict = "better" | "worse" | "same";

export interface MetricCell {
  /** The latest value; may be NaN or infinite. */
  value: number;
  /** Least to greatest of the row, 0 to 1; left out where it says nothing (NaN, infinite, all the same). */
  share?: number;
  /** Value minus the baseline's; left out on the baseline itself and where either is NaN or infinite. */
  delta?: number;
  /** Left out where there is no delta or the direction is unknown. */
  verdict?: Verdict;
  /** The best of the row. Nobody is best where all are the same, alone, or the direction is unknown. */
  best: boolean;
}

/** A metric over the runs. `cells` are in the order of the runs; undefined where a run has no such metric. */
export interface MetricRow {
  key: string;
  direction: Direction;
  cells: (MetricCell | undefined)[];
  differs: boolean;
}

export interface TextCell {
  /** Undefined where the run has no such param, tag or fact. */
  value: string | undefined;
  /** Not the baseline's value. */
  other: boolean;
}

/** A param, tag or fact over the runs. `cells` are in the order of the runs. */
export interface TextRow {
  key: string;
  cells: TextCell[];
  differs: boolean;
}

export interface Comparison {
  /** The index of the run that the others are measured against. */
  baseline: number;
  metrics: MetricRow[];
  params: TextRow[];
  tags: TextRow[];
  datasets: TextRow[];
}

export interface CompareOptions {
  /** The run id of the baseline; the first run when left out or not among the runs. */
  baseline?: string;
  /** Directions that the reader set, by metric, instead of the guess from the name. */
  directions?: ReadonlyMap<string, Direction>;
}

function bestOf(values: readonly number[], direction: Direction): number | undefined {
  if (direction === "unknown" || values.length < 2 || new Set(values).size < 2) return undefined;
  return direction === "lower" ? Math.min(...values) : Math.max(...values);
}

function verdictOf(delta: number, direction: Direction): Verdict | undefined {
  if (delta === 0) return "same";
  if (direction === "unknown") return undefined;
  return (delta < 0) === (direction === "lower") ? "better" : "worse";
}

function differenceOf(
  value: number,
  base: number | undefined,
  direction: Direction,
): Pick<MetricCell, "delta" | "verdict"> {
  if (base === undefined || !Number.isFinite(base) || !Number.isFinite(value)) return {};
  const delta = value - base;
  const verdict = verdictOf(delta, direction);
  return verdict === undefined ? { delta } : { delta, verdict };
}

/** One metric over the runs; `values` in the order of the runs, undefined where a run has none. */
export function metricRow(
  key: string,
  values: readonly (number | undefined)[],
  baseline: number,
  direction: Direction = directionOf(key),
): MetricRow {
  const finite = values.filter((value) => value !== undefined).filter(Number.isFinite);
  const [least, greatest] = [Math.min(...finite), Math.max(...finite)];
  const best = bestOf(finite, direction);
  const cells = values.map((value, i): MetricCell | undefined => {
    if (value === undefined) return undefined;
    const placed = Number.isFinite(value) && greatest > least;
    return {
      value,
      ...(placed && { share: (value - least) / (greatest - least) }),
      ...(i !== baseline && differenceOf(value, values[baseline], direction)),
      best: value === best,
    };
  });
  return { key, direction, cells, differs: new Set(values.map((value) => value === 0 ? 0 : value)).size > 1 };
}

/** One param, tag or fact over the runs; `values` in the order of the runs. */
export function textRow(key: string, values: readonly (string | undefined)[], baseline: number): TextRow {
  const cells = values.map((value) => ({ value, other: value !== values[baseline] }));
  return { key, cells, differs: cells.some((cell) => cell.other) };
}

function keysOf(each: readonly ReadonlyMap<string, unknown>[], order: (a: string, b: string) => number): string[] {
  return [...new Set(each.flatMap((map) => [...map.keys()]))].sort(order);
}

function textRows(each: readonly (readonly KeyValue[])[], baseline: number): TextRow[] {
  const maps = each.map((pairs) => new Map(pairs.map(({ key, value }) => [key, value])));
  return keysOf(maps, compareNames).map((key) => textRow(key, maps.map((map) => map.get(key)), baseline));
}

function metricRows(runs: readonly Run[], baseline: number, directions?: CompareOptions["directions"]): MetricRow[] {
  const maps = runs.map((run) => new Map(run.data.metrics?.map(({ key, value }) => [key, value])));
  return keysOf(maps, compareMetricNames).map((key) =>
    metricRow(key, maps.map((map) => map.get(key)), baseline, directions?.get(key))
  );
}

const isSystemTag = (key: string): boolean => key.startsWith("mlflow.");

/** Tags that people set: all but MLflow's own, which stand on the page as facts of the run. */
export const ownTags = (run: Run): KeyValue[] => (run.data.tags ?? []).filter(({ key }) => !isSystemTag(key));

/** The value of one tag. */
export const tagOf = (run: Run, key: string): string | undefined =>
  run.data.tags?.find((tag) => tag.key === key)?.value;

/** What a dataset was used for (`train`, `eval`), or `dataset` where it was not said; with its name and digest. */
export function datasetsOf(run: Run): { context: string; name: string; digest: string }[] {
  return (run.inputs.dataset_inputs ?? []).map(({ dataset, tags }) => ({
    context: tags?.find((tag) => tag.key === "mlflow.data.context")?.value ?? "dataset",
    name: dataset.name,
    digest: dataset.digest,
  }));
}

function datasetPairs(run: Run): KeyValue[] {
  const byContext = Map.groupBy(datasetsOf(run), ({ context }) => context);
  return [...byContext].map(([key, sets]) => ({
    key,
    value: sets.map(({ name, digest }) => `${name} (${digest})`).sort(compareNames).join(", "),
  }));
}

/** Everything that runs can be compared by, equal rows included. `runs` holds at least one run. */
export function compareRuns(runs: readonly Run[], options: CompareOptions = {}): Comparison {
  const baseline = Math.max(0, runs.findIndex((run) => run.info.run_id === options.baseline));
  return {
    baseline,
    metrics: metricRows(runs, baseline, options.directions),
    params: textRows(runs.map((run) => run.data.params ?? []), baseline),
    tags: textRows(runs.map(ownTags), baseline),
    datasets: textRows(runs.map(datasetPairs), baseline),
  };
}

/** Of so few runs the curves stand beside the table, where there is room for two charts; otherwise below it. */
const mostBeside = 4;
const mostCurves = 30;

export interface ComparedRuns {
  runs: readonly unknown[];
  transpose: boolean;
}

export const curvesBeside = ({ runs, transpose }: ComparedRuns): boolean => !transpose && runs.length <= mostBeside;

/** The metrics whose curves are shown: those that were picked, or else the first few. `known` are those with more than one point. */
export function chartedMetrics(view: ComparedRuns & { metric: readonly string[] }, known: readonly string[]): string[] {
  const chosen = [...new Set(view.metric)].filter((key) => known.includes(key));
  if (chosen.length > 0) return chosen.slice(0, mostCurves);
  return known.filter((key) => !key.startsWith("system/")).slice(0, curvesBeside(view) ? 2 : 3);
}

const leastElided = 12;
const longestWhole = 24;

/**
 * The texts of a row as they are shown beside each other: where they are long and begin alike, what they share up to a `/` is "…",
 * or else no difference would be seen.
 */
export function elided(values: readonly (string | undefined)[]): (string | undefined)[] {
  const there = values.filter((value) => value !== undefined);
  if (new Set(there).size < 2 || there.every((value) => value.length <= longestWhole)) return [...values];
  const [first = "", ...others] = there;
  let shared = 0;
  while (shared < first.length && others.every((value) => value[shared] === first[shared])) shared++;
  const cut = first.lastIndexOf("/", shared - 1);
  return cut < leastElided
    ? [...values]
    : values.map((value) => value === undefined ? undefined : `…${value.slice(cut)}`);
}
