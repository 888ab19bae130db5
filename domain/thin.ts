import { compareInt64 } from "./int64.ts";
import { type Integers, pick, range, type Series } from "./series.ts";

/** Points that share one row of a summary. */
const summaryBucket = 64;

/**
 * A summary of a sorted series: of every 64 points the least, the greatest and the first NaN, and the series' two ends.
 * A curve drawn from it, a pixel being wider than 64 points, is the curve drawn from all points.
 */
export function summarize(series: Series): Series {
  const last = series.values.length - 1;
  const kept = new Set<number>();
  if (last >= 0) kept.add(0);
  for (let from = 0; from <= last; from += summaryBucket) {
    extremes(series.values, from, Math.min(from + summaryBucket, last + 1)).forEach((i) => kept.add(i));
  }
  if (last >= 0) kept.add(last);
  return pick(series, [...kept].sort((a, b) => a - b));
}

/**
 * At most about three points per pixel of a curve `width` pixels wide, `xs` being where each point stands, ascending:
 * of every pixel the least, the greatest and the first NaN, so that no spike is lost; and the curve's two ends.
 * Answers the numbers of the points that stay, ascending.
 */
export function thin(xs: Float64Array, values: Float64Array, width: number): number[] {
  const count = values.length;
  if (count <= 2 * width) return Array.from(values.keys());
  const [least, greatest] = range(xs);
  const scale = greatest > least ? width / (greatest - least) : 0;
  const kept = [0];
  for (let from = 0, i = 1; from < count; from = i++) {
    const column = Math.floor((xs[from]! - least) * scale);
    while (i < count && Math.floor((xs[i]! - least) * scale) === column) i++;
    for (const at of extremes(values, from, i).sort((a, b) => a - b)) if (at > kept.at(-1)!) kept.push(at);
  }
  if (kept.at(-1) !== count - 1) kept.push(count - 1);
  return kept;
}

/**
 * At most `most` (1 or more) of `count` rows: the first of each of as many equal parts, as SQL's ntile makes them, the last
 * part's giving way to the last row. Answers their numbers, ascending. Source: MLflow's `_sample_rows_with_window_functions`.
 */
export function evenly(count: number, most: number): number[] {
  const parts = Math.min(count, most);
  const whole = Math.floor(count / parts);
  const longer = count % parts;
  return Array.from({ length: parts }, (_, i) => i === parts - 1 ? count - 1 : i * whole + Math.min(i, longer));
}

/** A series in the order of another column than the step. */
export function sortedBy(series: Series, column: Integers): Series {
  const order = Uint32Array.from(series.values, (_, i) => i);
  let sorted = true;
  for (let i = 1; i < column.length && sorted; i++) sorted = column[i - 1]! <= column[i]!;
  return sorted ? series : pick(series, order.sort((a, b) => compareInt64(column[a]!, column[b]!) || a - b));
}

/** Where the least value, the greatest and the first NaN of a stretch stand. */
function extremes(values: Float64Array, from: number, to: number): number[] {
  let least = -1;
  let greatest = -1;
  let nan = -1;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      if (nan < 0) nan = i;
    } else {
      if (least < 0 || value < values[least]!) least = i;
      if (greatest < 0 || value > values[greatest]!) greatest = i;
    }
  }
  return [least, greatest, nan].filter((i) => i >= 0);
}
