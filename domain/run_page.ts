import type { Curve, CurvePoint } from "./curve.ts";
import type { Metric } from "./entities.ts";
import type { Int64 } from "./int64.ts";
import { compareMetricNames } from "./metric_names.ts";
import { isSystemMetric } from "./system_metrics.ts";

/** One metric of a run, over all its points. */
export interface MetricSummary {
  key: string;
  last: number;
  /** Of `last`. */
  step: Int64;
  /** Left out where every value is NaN. */
  min?: number | undefined;
  max?: number | undefined;
  points: number;
  /** The curve in about 60 points; empty where there is only one. */
  spark: readonly CurvePoint[];
}

/**
 * What the table of a run's metrics says of each: its latest point, and its curve thinned to some pixels. Thinning keeps the extremes, so
 * those of the thinned curve are those of the metric.
 */
export function summarizeMetric(
  { key, value, step }: Metric,
  curve: Pick<Curve, "total" | "points"> | undefined,
): MetricSummary {
  const values = curve?.points.map((point) => point[1]).filter((number) => !Number.isNaN(number)) ?? [];
  return {
    key,
    last: value,
    step,
    points: curve?.total ?? 1,
    spark: curve && curve.total > 1 ? curve.points : [],
    ...(values.length > 0 && { min: Math.min(...values), max: Math.max(...values) }),
  };
}

/** Whether a name holds what is looked for, whatever its case. */
export const holds = (name: string, words: string): boolean => name.toLowerCase().includes(words.toLowerCase());

/** Rows of a list that a page shows; more are found by name. */
export const mostRows = 300;

/** What the names of a list look like on the page: those found, in order, not too many. */
export function shownNames(names: readonly string[], words: string): { shown: string[]; found: number } {
  const found = names.filter((name) => holds(name, words)).sort(compareMetricNames);
  return { shown: found.slice(0, mostRows), found: found.length };
}

const chartsOfOverview = 6;
const mostCharts = 48;
/** Of a machine with 16 graphics cards. */
const mostSystemCharts = 96;

/** Names of metrics without those of the machine, which have a tab of their own; with them where something is looked for. */
export function shownMetrics(keys: readonly string[], words: string, machine = false): string[] {
  return machine || words !== "" ? [...keys] : keys.filter((key) => !isSystemMetric(key));
}

export interface ChartsView {
  tab: "overview" | "charts" | "system" | "artifacts" | "log";
  /** What the names of charted metrics hold. */
  metrics: string;
}

/** The metrics whose curves a run's page shows. `known` are those with more than one point. */
export function chartsOfRun({ tab, metrics }: ChartsView, known: readonly string[]): string[] {
  const ordered = known.toSorted(compareMetricNames);
  if (tab === "artifacts" || tab === "log") return [];
  if (tab === "system") return ordered.filter(isSystemMetric).slice(0, mostSystemCharts);
  if (tab === "charts") return shownMetrics(ordered, metrics).filter((key) => holds(key, metrics)).slice(0, mostCharts);
  return ordered.filter((key) => !isSystemMetric(key)).slice(0, chartsOfOverview);
}
