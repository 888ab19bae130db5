import { metricCurves } from "../../db/curves.ts";
import { invalid } from "../../domain/errors.ts";
import { read } from "../../domain/permissions.ts";
import { Curves } from "../../wire/answers.ts";
import { MetricSeries } from "../../wire/weir.ts";
import { endpoint } from "../endpoint.ts";

const mostRuns = 100;

export const curveEndpoints = [
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "metrics/series",
    summary: "Answers what charts draw: the curves of one metric of up to 100 runs, thinned to their width in pixels.",
    input: MetricSeries,
    output: Curves,
    access: read.run,
    handle: async ({ sql }, { runs, key, width, from, to, x }) => {
      if (runs.length > mostRuns) throw invalid(`A chart takes at most ${mostRuns} runs. Got ${runs.length} runs.`);
      const curves = await metricCurves(sql, runs, [key], { axis: x, width, from, to });
      return JSON.stringify({ key, series: curves }, exactNumbers);
    },
  }),
];

/** NaN and infinities as strings: a chart shows them, and JSON has no form for them. */
const exactNumbers = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
