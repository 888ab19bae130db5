import type { Column } from "./columns.ts";
import type { Curve } from "./curve.ts";
import type { Run } from "./entities.ts";
import { groupField, groupToken } from "./run_groups.ts";

/** What the curves of the runs of one group come to at each x. */
export interface Band {
  /** Undefined: the runs that have no value. */
  value: string | undefined;
  /** Runs with a curve. */
  runs: number;
  points: BandPoint[];
}

/** `runs` are those that `mean` and `deviation` are of: a run counts from its first point to its last. */
export type BandPoint = readonly [
  x: number,
  mean: number,
  /** Of a sample; 0 for one run. */
  deviation: number,
  least: number,
  greatest: number,
  runs: number,
];

/** A curve of a group, ascending in x. */
export interface BandMember {
  value: string | undefined;
  xs: Float64Array;
  values: Float64Array;
}

/**
 * Mean and standard deviation over the runs of each group, in at most `most` places along x: at the very x where there are so few,
 * otherwise in as many equal bins. Of several points in a bin a run gives their mean; where it has none between two others, what
 * its line shows there. NaN and infinities are left out. Groups are in the order in which they appear.
 */
export function bandsOf(members: readonly BandMember[], most: number): Band[] {
  const bins = binsOf(members.map(({ xs }) => xs), most);
  const groups = Map.groupBy(members, ({ value }) => value);
  return [...groups].map(([value, each]) => {
    const lines = each.map(({ xs, values }) => binned(xs, values, bins));
    return { value, runs: each.length, points: pointsOf(lines, bins.centers) };
  });
}

interface Bins {
  centers: Float64Array;
  binOf: (x: number) => number;
}

function binsOf(columns: readonly Float64Array[], most: number): Bins {
  const exact = distinct(columns, most);
  if (exact !== undefined) {
    const places = new Map(Array.from(exact, (x, i) => [x, i]));
    return { centers: exact, binOf: (x) => places.get(x) ?? -1 };
  }
  let [least, greatest] = [Infinity, -Infinity];
  for (const xs of columns) {
    least = Math.min(least, xs[0] ?? Infinity);
    greatest = Math.max(greatest, xs.at(-1) ?? -Infinity);
  }
  const width = (greatest - least) / most;
  return {
    centers: Float64Array.from({ length: most }, (_, i) => least + (i + 0.5) * width),
    binOf: (x) => Math.min(most - 1, Math.floor((x - least) / width)),
  };
}

/** All x, ascending; undefined when they are more than `most`. */
function distinct(columns: readonly Float64Array[], most: number): Float64Array | undefined {
  const found = new Set<number>();
  for (const xs of columns) {
    for (const x of xs) {
      found.add(x);
      if (found.size > most) return undefined;
    }
  }
  return Float64Array.from(found).sort();
}

/** The value of one curve in each bin; NaN before its first point and after its last. */
function binned(xs: Float64Array, values: Float64Array, { centers, binOf }: Bins): Float64Array {
  const means = new Float64Array(centers.length);
  const counts = new Uint32Array(centers.length);
  for (let i = 0; i < xs.length; i++) {
    const bin = binOf(xs[i]!);
    if (bin < 0 || !Number.isFinite(values[i]!)) continue;
    counts[bin] = counts[bin]! + 1;
    means[bin] = means[bin]! + (values[i]! - means[bin]!) / counts[bin]!;
  }
  let last = -1;
  for (let bin = 0; bin < means.length; bin++) {
    if (counts[bin] === 0) {
      means[bin] = NaN;
      continue;
    }
    if (last >= 0) fillBetween(means, centers, last, bin);
    last = bin;
  }
  return means;
}

function fillBetween(means: Float64Array, centers: Float64Array, from: number, to: number): void {
  for (let bin = from + 1; bin < to; bin++) {
    const share = (centers[bin]! - centers[from]!) / (centers[to]! - centers[from]!);
    means[bin] = means[from]! * (1 - share) + means[to]! * share;
  }
}

function pointsOf(lines: readonly Float64Array[], centers: Float64Array): BandPoint[] {
  return Array.from(centers).flatMap((x, bin): BandPoint[] => {
    const values = lines.map((line) => line[bin]!).filter((value) => !Number.isNaN(value));
    if (values.length === 0) return [];
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
    return [[x, mean, deviation, Math.min(...values), Math.max(...values), values.length]];
  });
}

/** The values by which a run is grouped: one, or one of each dataset that it used. */
export function groupValuesOf(run: Run, column: Column): (string | undefined)[] {
  const { entity, key } = groupField(column);
  if (entity === "dataset") {
    const names = new Set(run.inputs.dataset_inputs?.map(({ dataset }) => dataset.name));
    return names.size > 0 ? [...names] : [undefined];
  }
  if (entity === "attribute") return [key === "status" ? run.info.status : run.info.user_id];
  const pairs = entity === "tag" ? run.data.tags : run.data.params;
  return [pairs?.find((pair) => pair.key === key)?.value];
}

/** A group where runs are drawn: under its token, with what deviates around its mean. `total`: of points of its runs. */
export function curveOfBand({ value, points, total }: Band & { total: number }): Curve {
  return {
    run_id: groupToken(value),
    run_name: value ?? "none",
    total,
    points: points.map(([x, mean, , , , runs]) => [x, mean, runs, 0]),
    spread: points.map(([x, mean, deviation]) => [x, mean - deviation, mean + deviation]),
  };
}
