import type { Context, Hono } from "hono";
import { metricCurves } from "../../db/curves.ts";
import { invalid } from "../../domain/errors.ts";
import { read } from "../../domain/permissions.ts";
import { parseMessage, queryInput } from "../../wire/message.ts";
import { MetricSeries } from "../../wire/weir.ts";
import { authorize } from "../endpoint.ts";
import type { Services } from "../services.ts";

const mostRuns = 100;

/** What charts draw: the curves of one metric, thinned to their width in pixels. */
export function mountCurves(app: Hono, services: Services): void {
  app.get("/api/weir/1/metrics/series", async (context: Context) => {
    authorize(read.run);
    const query = queryInput(MetricSeries, new URL(context.req.url).searchParams);
    const { runs, key, width, from, to, x } = parseMessage(MetricSeries, query);
    if (runs.length > mostRuns) throw invalid(`A chart takes at most ${mostRuns} runs. Got ${runs.length} runs.`);
    const curves = await metricCurves(services.sql, runs, [key], { axis: x, width, from, to });
    return context.body(JSON.stringify({ key, series: curves }, exactNumbers), 200, {
      "content-type": "application/json",
    });
  });
}

/** NaN and infinities as strings: a chart shows them, and JSON has no form for them. */
const exactNumbers = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
