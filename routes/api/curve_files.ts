import { stringify } from "csv-stringify/sync";
import type { Context, Hono } from "hono";
import { exactCurves, metricBands, metricCurves } from "../../db/curves.ts";
import { attachment } from "../../domain/attachment.ts";
import type { CurvePoint } from "../../domain/curve.ts";
import { curveOfBand } from "../../domain/bands.ts";
import { read } from "../../domain/permissions.ts";
import { runColorCount } from "../../domain/run_color.ts";
import { csvText } from "../../domain/run_export.ts";
import { axisWord, lineStyles } from "../../views/chart.tsx";
import { CurvePicture } from "../../views/curve_picture.tsx";
import { MetricPicture, MetricPoints } from "../../wire/curves.ts";
import { parseMessage, queryInput } from "../../wire/message.ts";
import { inertHeaders } from "../download.ts";
import { authorize } from "../caller.ts";
import type { Services } from "../services.ts";
import { askedKeys, groupsOf } from "./curves.ts";

/** Curves as files: every point as CSV, or as they are drawn, as SVG. */
export function mountCurveFiles(app: Hono, services: Services): void {
  app.get("/api/weir/1/metrics/series.csv", (context) => {
    authorize(read.run, context);
    const asked = parseMessage(MetricPoints, queryInput(MetricPoints, searchOf(context)));
    const keys = askedKeys(asked);
    return new Response(csvOf(services, asked, keys), { headers: headersOf(keys, "csv", "text/csv; charset=utf-8") });
  });
  app.get("/api/weir/1/metrics/series.svg", async (context) => {
    authorize(read.run, context);
    const asked = parseMessage(MetricPicture, queryInput(MetricPicture, searchOf(context)));
    const [key = ""] = askedKeys(asked);
    return new Response(await pictureOf(services, asked, key), { headers: headersOf([key], "svg", "image/svg+xml") });
  });
}

const searchOf = (context: Context): URLSearchParams => new URL(context.req.url).searchParams;

const headersOf = (keys: readonly string[], kind: string, type: string) => ({
  ...inertHeaders,
  "content-type": type,
  "content-disposition": attachment(`${keys.join("_").replaceAll("/", "_").slice(0, 100)}.${kind}`),
});

/** Points whose lines go out together. */
const pointsAtOnce = 2000;

/** A series after the other, in the order of the runs; a series is read when what came before has been taken. */
function csvOf({ sql }: Services, asked: MetricPoints, keys: readonly string[]): ReadableStream<Uint8Array> {
  const { x: axis, by, from, to } = asked;
  const window = { axis, by, from, to, width: 1 };
  async function* lines(): AsyncGenerator<string> {
    yield `run_id,run_name,metric,${asked.x === "step" ? "" : "x,"}step,timestamp,value\n`;
    for await (const { run_id, run_name, key, points } of exactCurves(sql, asked.runs, keys, window)) {
      const series = stringify([[run_id, run_name, key].map((text) => csvText({ kind: "text" }, text))]).trimEnd();
      const line = ([x, value, step, timestamp]: CurvePoint): string =>
        `${series},${asked.x === "step" ? "" : `${x},`}${step},${timestamp},${value}\n`;
      for (let i = 0; i < points.length; i += pointsAtOnce) {
        yield points.slice(i, i + pointsAtOnce).map(line).join("");
      }
    }
  }
  return ReadableStream.from(lines()).pipeThrough(new TextEncoderStream());
}

async function pictureOf({ sql }: Services, asked: MetricPicture, key: string): Promise<string> {
  const { runs, group, x, by, smooth, log, logx, clip, width, height, from, to, ymin, ymax } = asked;
  const window = { axis: x, by, width, from, to, logx };
  const curves = group === undefined
    ? await metricCurves(sql, runs, [key], window)
    : (await metricBands(sql, await groupsOf(sql, runs, group), [key], window)).map(curveOfBand);
  const styles = lineStyles(curves.map(({ run_id, run_name }, i) => ({
    run_id,
    name: run_name,
    ...(group !== undefined && { color: i % runColorCount }),
  })));
  const bounds = {
    x: { ...(from !== undefined && { min: from }), ...(to !== undefined && { max: to }) },
    y: { ...(ymin !== undefined && { min: ymin }), ...(ymax !== undefined && { max: ymax }) },
  };
  const settings = { x: x === "metric" && !by ? "step" as const : x, by, smooth, log, logx, clip, bounds };
  const size = { width: Math.max(200, width), height: Math.max(200, height) };
  const picture = CurvePicture({ title: key, along: axisWord(settings), curves, styles, settings, ...size });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${picture}`;
}
