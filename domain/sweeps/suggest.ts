import { likelyPoint, type Point } from "./bayesian.ts";
import { randomNumbers } from "./random.ts";
import { type Dimension, sizeOf, sizeOfSpace, valueAt, valueOn } from "./space.ts";
import { type Goal, isActive, isBetter, type Search, type Trial } from "./sweep.ts";

/** Trials of random values before the others are learnt from. */
const firstRandom = (max_trials: number): number => Math.min(10, Math.max(3, Math.ceil(max_trials / 4)));
/** Draws of one trial for values that nobody tried. */
const draws = 50;
/** Combinations that are looked through one by one for what nobody tried. */
const mostListed = 100_000;

/** The values of trial `number`, which others have not tried; undefined when all combinations were. */
export function suggest(search: Search, number: number, trials: readonly Trial[]): Point | undefined {
  const { space, method, seed } = search;
  const size = sizeOfSpace(space);
  if (method === "grid") return number <= size ? pointAt(space, number - 1) : undefined;
  const tried = new Set(trials.map((trial) => keyOf(pointOf(trial))));
  if (tried.size >= size) return undefined;
  const random = randomNumbers(seed, number);
  for (let draw = 0; draw < draws; draw++) {
    const point = drawn(search, trials, random);
    if (!tried.has(keyOf(point))) return point;
  }
  if (size > mostListed) return space.map((dimension) => valueOn(dimension, random()));
  const untried = Array.from({ length: size }, (_, index) => pointAt(space, index))
    .filter((point) => !tried.has(keyOf(point)));
  return untried[Math.floor(random() * untried.length)];
}

function drawn({ method, space, goal, max_trials }: Search, trials: readonly Trial[], random: () => number): Point {
  const ranked = method === "bayesian" ? rankedPoints(goal, trials) : [];
  if (ranked.length < firstRandom(max_trials)) return space.map((dimension) => valueOn(dimension, random()));
  return likelyPoint(space, ranked, trials.filter(isActive).map(pointOf), random);
}

/** Those that have a value and run no more, the best first. */
function rankedPoints(goal: Goal, trials: readonly Trial[]): Point[] {
  const ended = trials.filter((trial) => !isActive(trial) && trial.value !== undefined);
  return ended.sort((a, b) => compared(goal, a.value ?? NaN, b.value ?? NaN)).map(pointOf);
}

const compared = (goal: Goal, a: number, b: number): number => isBetter(goal, a, b) ? -1 : isBetter(goal, b, a) ? 1 : 0;

/** Of all combinations, in their order: the last parameter changes the fastest. */
function pointAt(space: readonly Dimension[], index: number): Point {
  const values: string[] = [];
  let rest = index;
  for (const dimension of space.toReversed()) {
    const size = sizeOf(dimension);
    values.unshift(valueAt(dimension, rest % size));
    rest = Math.floor(rest / size);
  }
  return values;
}

const pointOf = ({ values }: Trial): Point => values.map(({ value }) => value);
const keyOf = (point: Point): string => JSON.stringify(point);
