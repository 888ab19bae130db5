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
}

/** What runs along a chart: the step, the moment (ms since the epoch), or the time since the run's start (s). */
export const curveAxes = ["step", "time", "relative"] as const;
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

/** The x that curves cover; 0 to 1 when there are no points. */
export function fitX(curves: readonly (readonly CurvePoint[])[]): Range {
  const range = rangeOf(curves.flatMap((points) => points.map(([x]) => x).filter(Number.isFinite))) ??
    { min: 0, max: 1 };
  return range.min < range.max ? range : { min: range.min - 0.5, max: range.max + 0.5 };
}

/** MLflow writes infinities as the greatest double, and sums of such sizes overflow: drawn as little as infinities themselves. */
const greatestDrawn = 1e300;

const drawable = (log: boolean) => (value: number): boolean =>
  log ? value > 1 / greatestDrawn && value < greatestDrawn : Math.abs(value) < greatestDrawn;

/** Of each curve the first fifth of its x is left out of the fit: there it falls or climbs steeply, and all runs look alike. */
const earlyPart = 0.2;

function lateValues(points: readonly CurvePoint[], keep: (value: number) => boolean): number[] {
  const { min, max } = fitX([points]);
  const from = min + (max - min) * earlyPart;
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

/** How far along `range` a value is, 0 to 1 within it. */
export function placeOf(value: number, { min, max }: Range, log = false): number {
  return log ? (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min)) : (value - min) / (max - min);
}

export interface Plane {
  x: Range;
  y: Range;
  log?: boolean;
  /** Size of the picture, in its own units; paths are rounded to whole ones. */
  width: number;
  height: number;
}

/** The path of an SVG line, y downward. The line breaks where a value cannot be drawn; a point alone becomes a dot. */
export function pathOf(points: readonly CurvePoint[], plane: Plane): string {
  const keep = drawable(plane.log ?? false);
  let path = "";
  let last = "";
  let down = false;
  for (const [x, value] of points) {
    if (!keep(value) || !Number.isFinite(x)) {
      down = false;
      continue;
    }
    const at = `${Math.round(placeOf(x, plane.x) * plane.width)} ${heightOf(value, plane)}`;
    if (!down) path += `M${at}h0`;
    else if (at !== last) path += `L${at}`;
    [last, down] = [at, true];
  }
  return path;
}

/** Far values are held at 20 heights from the picture: far enough that the slope at its edge looks the same. */
function heightOf(value: number, { y, log, height }: Plane): number {
  return Math.round(Math.min(20, Math.max(-20, 1 - placeOf(value, y, log))) * height);
}

/** How many values no line can show, NaN and infinities: said beside a chart. */
export function countUndrawn(points: readonly CurvePoint[]): number {
  return points.reduce((count, [, value]) => drawable(false)(value) ? count : count + 1, 0);
}
