import { z } from "zod";
import { curveAxes } from "../domain/curve.ts";
import { bool, double, int64, list, message, name, text } from "./message.ts";

/** `/api/weir/1/metrics/series`: what charts draw, as JSON, CSV or a picture. */

const shape = {
  runs: list(text),
  key: name.exactOptional().describe("A metric."),
  /** More metrics, for several charts at once. */
  keys: list(name),
  from: double.exactOptional(),
  to: double.exactOptional(),
  x: z.enum(curveAxes).default("step"),
  by: text.exactOptional().describe("The metric along x, where x is `metric`."),
};

/** As a file of all points. */
export const MetricPoints = message(shape);
export type MetricPoints = z.output<typeof MetricPoints>;

const drawn = {
  ...shape,
  /** Pixels. */
  width: int64.default(600).pipe(z.int().min(1).max(10_000)),
  logx: bool.default(false).describe("Whether x is to be drawn on a log axis, thinned for that."),
  group: text.exactOptional().describe(
    "A param, tag or fact such as `params.model`: mean and deviation of the runs of each of its values, instead of curves.",
  ),
};

export const MetricSeries = message(drawn);
export type MetricSeries = z.output<typeof MetricSeries>;

/** As a picture. */
export const MetricPicture = message({
  ...drawn,
  height: int64.default(400).pipe(z.int().min(1).max(10_000)).describe("Pixels, without the legend."),
  smooth: double.default(0).pipe(z.number().min(0).max(0.99)).describe("Weight of the moving average."),
  log: bool.default(false).describe("Whether y is on a log axis."),
  clip: bool.default(false).describe("Fits y to the late part of the curves, where runs differ."),
  ymin: double.exactOptional(),
  ymax: double.exactOptional(),
});
export type MetricPicture = z.output<typeof MetricPicture>;

const texts = z.string();
const int = z.int();

/** A double of a chart: NaN and infinities as strings, since a chart tells them apart. */
const exactDouble = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);

export const Curve = z.object({
  run_id: texts,
  run_name: texts,
  key: texts,
  total: int.describe("Points in all, before thinning."),
  points: z.array(z.tuple([exactDouble, exactDouble, int, int])).describe(
    `x in the unit of its axis (${curveAxes.join(", ")}), value, step, timestamp; ascending in x.`,
  ),
}).meta({ id: "Curve" });

export const Band = z.object({
  key: texts,
  value: texts.optional().describe("Of the group; left out for runs that have none."),
  runs: int,
  total: int.describe("Points that these runs have."),
  used: int.describe("Points that were read: of many millions only every so manyth thousand."),
  points: z.array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), int])).describe(
    "x, mean, standard deviation, least, greatest, and how many runs have a curve there; ascending in x.",
  ),
}).meta({ id: "Band" });

export const Curves = z.object({
  key: texts.optional(),
  series: z.array(Curve),
  bands: z.array(Band).optional().describe("Where a group was asked for."),
});
