import { type CurveWindow, metricBands, type MetricCurve, metricCurves } from "../db/curves.ts";
import { curveOfBand, groupValuesOf } from "../domain/bands.ts";
import type { Column } from "../domain/columns.ts";
import type { Run } from "../domain/entities.ts";
import { compareNames } from "../domain/metric_names.ts";
import { runColorCount } from "../domain/run_color.ts";
import { groupOf, groupToken } from "../domain/run_groups.ts";
import type { Line } from "../views/chart.tsx";
import type { Services } from "./services.ts";

/** Pixels of the curves that are drawn for readers without JavaScript: charts.js asks for its own width. */
export const drawnWidth = 60;

/** The curves of each metric, for a chart each. */
export function chartsOf<One extends { key: string }>(
  metrics: readonly string[],
  curves: readonly One[],
): { metric: string; curves: One[] }[] {
  const byKey = Map.groupBy(curves, ({ key }) => key);
  return metrics.map((metric) => ({ metric, curves: byKey.get(metric) ?? [] }));
}

export interface DrawnCurves {
  curves: MetricCurve[];
  /** The groups that are drawn in place of the runs, by name. */
  groups?: Line[];
}

/** Curves of metrics of runs as pages draw them: a line per run, or the mean of each group where `group` names a column. */
export async function drawnCurves(
  sql: Services["sql"],
  runs: readonly Run[],
  keys: readonly string[],
  window: CurveWindow,
  group: string | undefined,
): Promise<DrawnCurves> {
  const column = groupOf(group);
  if (column === undefined) {
    return { curves: await metricCurves(sql, runs.map(({ info }) => info.run_id), keys, window) };
  }
  const { values, groups } = groupsOf(runs, column);
  const bands = await metricBands(sql, values, keys, window);
  return { curves: bands.map((band) => ({ ...curveOfBand(band), key: band.key })), groups };
}

/** Which groups each run is in, and the groups as lines, by name. */
function groupsOf(runs: readonly Run[], column: Column) {
  const values = new Map(runs.map((run) => [run.info.run_id, groupValuesOf(run, column)]));
  const names = [...new Set([...values.values()].flat())].sort((a, b) =>
    a === undefined ? 1 : b === undefined ? -1 : compareNames(a, b)
  );
  const groups = names.map((name, i): Line => ({
    run_id: groupToken(name),
    name: name ?? "none",
    color: i % runColorCount,
  }));
  return { values, groups };
}
