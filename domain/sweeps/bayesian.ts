import { normal } from "./random.ts";
import { type Dimension, isChoice, placeOn, type Range, sizeOf, valueAt, valueOn } from "./space.ts";

/*
 * The tree-structured Parzen estimator: what did well and what did not are two densities, and tried next is what is likely in the first
 * and unlikely in the second. Sources: Bergstra et al., "Algorithms for Hyper-Parameter Optimization", 2011; with kernels over all
 * parameters together as in Falkner et al., "BOHB", 2018, and trials under way counted as bad so that others go elsewhere.
 */

/** A combination of values, in the order of the space. */
export type Point = readonly string[];

/** How many points are drawn from the good density for one that is chosen. */
const candidates = 32;
/** The best ones that make the good density, of so many. */
const good = (count: number): number => Math.min(25, Math.ceil(0.15 * count));

/** The point to try next. `ranked` did well, the best first; `under` are under way. */
export function likelyPoint(
  space: readonly Dimension[],
  ranked: readonly Point[],
  under: readonly Point[],
  random: () => number,
): Point {
  const split = good(ranked.length);
  const better = density(space, ranked.slice(0, split));
  const worse = density(space, [...ranked.slice(split), ...under]);
  let best: { point: Point; score: number } | undefined;
  for (let tried = 0; tried < candidates; tried++) {
    const point = better.draw(random);
    const score = better.logOf(point) - worse.logOf(point);
    if (best === undefined || score > best.score) best = { point, score };
  }
  return best?.point ?? [];
}

interface Density {
  draw(random: () => number): Point;
  logOf(point: Point): number;
}

/** A kernel around every point, and one over the whole space that keeps every combination possible. */
function density(space: readonly Dimension[], points: readonly Point[]): Density {
  // Scott's rule for the width of the kernels, as a part of the range.
  const width = Math.max(0.02, 0.25 * Math.max(1, points.length) ** (-1 / (space.length + 4)));
  const kernels = space.map((dimension) => kernelOf(dimension, width));
  return {
    draw: (random) => {
      const point = points[Math.floor(random() * (points.length + 1))];
      return kernels.map((kernel, index) => kernel.draw(point?.[index], random));
    },
    logOf: (point) => {
      const logs = [undefined, ...points].map((center) =>
        kernels.reduce((sum, kernel, index) => sum + kernel.logOf(point[index] ?? "", center?.[index]), 0)
      );
      const most = Math.max(...logs);
      return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
    },
  };
}

/** Of one parameter; without a center it is the same everywhere. */
interface Kernel {
  draw(center: string | undefined, random: () => number): string;
  logOf(value: string, center: string | undefined): number;
}

function kernelOf(dimension: Dimension, width: number): Kernel {
  return isChoice(dimension) ? choiceKernel(dimension.values) : rangeKernel(dimension, width);
}

/** The weight of the other values, all together. */
const otherWeight = 0.3;

function choiceKernel(values: readonly string[]): Kernel {
  const even = 1 / values.length;
  return {
    draw: (center, random) =>
      center !== undefined && random() >= otherWeight ? center : values[Math.floor(random() * values.length)] ?? "",
    logOf: (value, center) =>
      Math.log(center === undefined ? even : otherWeight * even + (value === center ? 1 - otherWeight : 0)),
  };
}

function rangeKernel(range: Range, width: number): Kernel {
  const count = sizeOf(range);
  // Neighbours of few steps are to be reached, too.
  const deviation = Number.isFinite(count) ? Math.max(width, 0.5 / count) : width;
  return {
    draw: (center, random) => {
      if (count === 1) return valueAt(range, 0);
      if (center === undefined) return valueOn(range, random());
      return valueOn(range, within(placeOn(range, center), deviation, random));
    },
    logOf: (value, center) => {
      if (center === undefined || count === 1) return 0;
      const [place, mean] = [placeOn(range, value), placeOn(range, center)];
      const inside = normalBelow((1 - mean) / deviation) - normalBelow(-mean / deviation);
      return -0.5 * ((place - mean) / deviation) ** 2 - Math.log(deviation * Math.sqrt(2 * Math.PI) * inside);
    },
  };
}

/** A draw around `mean` that lies from 0 to 1. */
function within(mean: number, deviation: number, random: () => number): number {
  for (;;) {
    const place = mean + deviation * normal(random);
    if (place >= 0 && place <= 1) return place;
  }
}

/** The normal distribution up to z, right to seven digits: Abramowitz and Stegun, 7.1.26. */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp(-x * x);
  return z < 0 ? tail / 2 : 1 - tail / 2;
}
