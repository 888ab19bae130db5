/** Curves of metrics as lines on a plane. `static/curve.js` smooths and fits alike in the browser; a test holds the two together. */

/** x (in the unit of its axis), value (may be NaN or infinite), step, timestamp (ms since the epoch). */
export type CurvePoint = readonly [x: number, value: number, step: number, timestamp: number];

/** The curve of one metric of one run, thinned: `points` of `total`, ascending in x. */
export interface Curve {
  run_id: string;
  run_name: string;
  /** Points in all, before thinning. */
  total: number;
  points: readonly CurvePoint[];
  /** Around the curve, where it is the mean of several: from one deviation below to one above. Ascending in x. */
  spread?: readonly (readonly [x: number, low: number, high: number])[];
}

/** What runs along a chart: the step, the moment (ms since the epoch), the time since the run's start (s), or another metric. */
export const curveAxes = ["step", "time", "relative", "metric"] as const;
export type CurveAxis = (typeof curveAxes)[number];

export interface Range {
  min: number;
  max: number;
}

/**
 * Exponential moving average that starts at the first value instead of 0 (debiased, as TensorBoard's). `weight` from 0 (as it is) to
 * below 1. NaN and infinities stay where they are and leave the average alone.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  if (!(weight > 0)) return [...values];
  let sum = 0;
  let rest = 1;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    sum = sum * weight + (1 - weight) * value;
    rest *= weight;
    return sum / (1 - rest);
  });
}

/** A curve's points with their values smoothed. */
export function smoothPoints(points: readonly CurvePoint[], weight: number): CurvePoint[] {
  const values = smooth(points.map(([, value]) => value), weight);
  return points.map(([x, value, step, timestamp], i) => [x, values[i] ?? value, step, timestamp]);
}

function rangeOf(values: Iterable<number>): Range | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : undefined;
}

/** The x that curves cover; 0 to 1 (with `log` 1 to 10) when there are no points. */
export function fitX(curves: readonly (readonly CurvePoint[])[], log = false): Range {
  const keep = (x: number) => Number.isFinite(x) && (!log || x > 0);
  const range = rangeOf(curves.flatMap((points) => points.map(([x]) => x).filter(keep)));
  if (range === undefined) return log ? { min: 1, max: 10 } : { min: 0, max: 1 };
  if (log) return range.min < range.max ? range : { min: range.min / 2, max: range.max * 2 };
  return range.min < range.max ? range : { min: range.min - 0.5, max: range.max + 0.5 };
}

/** MLflow writes infinities as the greatest double, and sums of such sizes overflow: drawn as little as infinities themselves. */
const greatestDrawn = 1e300;

const drawable = (log: boolean) => (value: number): boolean =>
  log ? value > 1 / greatestDrawn && value < greatestDrawn : Math.abs(value) < greatestDrawn;

/** Of each curve the first fifth of its x is left out of the fit: there it falls or climbs steeply, and all runs look alike. */
const earlyPart = 0.2;
/** A curve of fewer points is fitted whole: each of them would be missed. */
const fewPoints = 10;

function lateValues(points: readonly CurvePoint[], keep: (value: number) => boolean): number[] {
  const { min, max } = fitX([points]);
  const from = min + (max - min) * (points.length < fewPoints ? 0 : earlyPart);
  return points.filter(([x, value]) => x >= from && keep(value)).map(([, value]) => value);
}

const spanOf = ({ min, max }: Range, log: boolean): number => log ? Math.log(max) - Math.log(min) : max - min;

/** Logarithms of values nearer to each other than this are one number. */
const leastLogSpan = 1e-9;

function padded({ min, max }: Range, log: boolean): Range {
  if (log) {
    const span = spanOf({ min, max }, log);
    const pad = Math.exp(span * 0.04);
    return span > leastLogSpan ? { min: min / pad, max: max * pad } : { min: min / 2, max: max * 2 };
  }
  const pad = min < max ? (max - min) * 0.04 : Math.abs(min) * 0.1 || 1;
  return { min: min - pad, max: max + pad };
}

/**
 * The values that curves cover, with a little room. With `clip`, those of their late part, where runs differ, if that shows it at
 * least twice as large; `clipped` says whether it was done. NaN and infinities, and with `log` what is not above 0, do not count.
 */
export function fitY(
  curves: readonly (readonly CurvePoint[])[],
  { log = false, clip = false } = {},
): { range: Range; clipped: boolean } {
  const keep = drawable(log);
  const all = rangeOf(curves.flatMap((points) => points.map(([, value]) => value).filter(keep)));
  if (all === undefined) return { range: log ? { min: 0.1, max: 10 } : { min: 0, max: 1 }, clipped: false };
  const late = clip ? rangeOf(curves.flatMap((points) => lateValues(points, keep))) : undefined;
  const clipped = late !== undefined && late.min < late.max && spanOf(late, log) * 2 <= spanOf(all, log);
  return { range: padded(clipped ? late : all, log), clipped };
}

/** A range with the bounds that a reader set, as far as they make sense. */
export function bounded(range: Range, { min, max }: Partial<Range> = {}, log = false): Range {
  const fits = (bound: number | undefined) => bound !== undefined && Number.isFinite(bound) && (!log || bound > 0);
  const set = { min: fits(min) ? min ?? range.min : range.min, max: fits(max) ? max ?? range.max : range.max };
  return set.min < set.max ? set : range;
}

/** How far along `range` a value is, 0 to 1 within it. */
export function placeOf(value: number, { min, max }: Range, log = false): number {
  return log ? (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min)) : (value - min) / (max - min);
}

export interface Plane {
  x: Range;
  y: Range;
  log?: boolean;
  logX?: boolean;
  /** Size of the picture, in its own units; paths are rounded to whole ones. */
  width: number;
  height: number;
}

/** The path of an SVG line, y downward, in steps: short. The line breaks where a value cannot be drawn; a point alone becomes a dot. */
export function pathOf(points: readonly CurvePoint[], plane: Plane): string {
  const keep = drawable(plane.log ?? false);
  let path = "";
  let last: [along: number, height: number] | undefined;
  let isLine = false;
  for (const [x, value] of points) {
    if (!keep(value) || !isPlaced(x, plane)) {
      last = undefined;
      continue;
    }
    const [along, height] = [alongOf(x, plane), heightOf(value, plane)];
    if (last === undefined) path += `M${along} ${height}h0`;
    else if (along !== last[0] || height !== last[1]) {
      path += `${isLine ? " " : "l"}${along - last[0]} ${height - last[1]}`.replaceAll(" -", "-");
    } else continue;
    isLine = last !== undefined;
    last = [along, height];
  }
  return path;
}

const isPlaced = (x: number, { logX }: Plane): boolean => Number.isFinite(x) && (!logX || x > 0);

/** Far places too: whoever zooms in has them far outside. */
const alongOf = (x: number, { x: range, logX, width }: Plane): number =>
  Math.round(Math.min(20, Math.max(-20, placeOf(x, range, logX))) * width);

/** The outline of a spread. */
export function areaOf(spread: NonNullable<Curve["spread"]>, plane: Plane): string {
  const keep = drawable(plane.log ?? false);
  const floor = plane.log ? plane.y.min : -greatestDrawn;
  const drawn = spread.filter(([x, low, high]) => isPlaced(x, plane) && keep(high) && !Number.isNaN(low));
  const top = drawn.map(([x, , high]) => `${alongOf(x, plane)} ${heightOf(high, plane)}`);
  const bottom = drawn.map(([x, low]) => `${alongOf(x, plane)} ${heightOf(Math.max(low, floor), plane)}`);
  return drawn.length === 0 ? "" : `M${[...top, ...bottom.reverse()].join("L")}Z`;
}

/** Far values are held at 20 heights from the picture: far enough that the slope at its edge looks the same. */
function heightOf(value: number, { y, log, height }: Plane): number {
  return Math.round(Math.min(20, Math.max(-20, 1 - placeOf(value, y, log))) * height);
}

/** How many values no line can show, NaN and infinities: said beside a chart. */
export function countUndrawn(points: readonly CurvePoint[]): number {
  return points.reduce((count, [, value]) => drawable(false)(value) ? count : count + 1, 0);
}
