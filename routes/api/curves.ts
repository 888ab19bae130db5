import { metricBands, type MetricCurve, metricCurves } from "../../db/curves.ts";
import { getRuns } from "../../db/runs.ts";
import { groupValuesOf } from "../../domain/bands.ts";
import { invalid } from "../../domain/errors.ts";
import { read } from "../../domain/permissions.ts";
import { groupOf } from "../../domain/run_groups.ts";
import { Curves, MetricSeries } from "../../wire/curves.ts";
import { missingParameter } from "../../wire/message.ts";
import { endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";

const mostRuns = 100;
const mostKeys = 50;

export const curveEndpoints = [
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "metrics/series",
    summary:
      "Answers what charts draw: the curves of metrics of up to 100 runs, thinned to a width in pixels, or mean and deviation by group.",
    input: MetricSeries,
    output: Curves,
    access: read.run,
    handle: async ({ sql }, asked) => {
      const keys = askedKeys(asked);
      const { runs, key, width, from, to, x, by, logx, group } = asked;
      const window = { axis: x, by, width, from, to, logx };
      if (group !== undefined) {
        const bands = await metricBands(sql, await groupsOf(sql, runs, group), keys, window);
        return JSON.stringify({ key, series: [], bands });
      }
      const series = await metricCurves(sql, runs, keys, window);
      return JSON.stringify({ key, series: series.map(exact) });
    },
  }),
];

/** The metrics that are asked for. INVALID_PARAMETER_VALUE for none, too many, or too many runs. */
export function askedKeys({ runs, key, keys }: Pick<MetricSeries, "runs" | "key" | "keys">): string[] {
  const all = [...new Set([...(key === undefined ? [] : [key]), ...keys])];
  if (all.length === 0) throw missingParameter("key");
  if (all.length > mostKeys) throw invalid(`One request takes at most ${mostKeys} metrics. Got ${all.length} metrics.`);
  if (runs.length > mostRuns) throw invalid(`A chart takes at most ${mostRuns} runs. Got ${runs.length} runs.`);
  return all;
}

/** By which values each run is grouped. INVALID_PARAMETER_VALUE where nothing can be grouped by the column. */
export async function groupsOf(
  sql: Services["sql"],
  run_ids: readonly string[],
  group: string,
): Promise<Map<string, (string | undefined)[]>> {
  const column = groupOf(group);
  if (column === undefined) {
    throw invalid(`Invalid value '${group}' for parameter 'group': expected params.…, tags.… or attributes.….`);
  }
  const runs = await getRuns(sql, [...new Set(run_ids)]);
  return new Map(runs.map((run) => [run.info.run_id, groupValuesOf(run, column)]));
}

/** NaN and infinities as strings: a chart shows them, and JSON has no form for them. */
const exact = ({ points, ...curve }: MetricCurve) => ({
  ...curve,
  points: points.map((point) => Number.isFinite(point[1]) ? point : [point[0], String(point[1]), point[2], point[3]]),
});
