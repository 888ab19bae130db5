import { clockTick, durationTick, logTicks, niceTicks, tickTexts, timeTicks } from "../ticks.ts";
import { type CategoryColumn, hasPlace, type NumberColumn, placed, type PlotColumn, type Unit } from "./columns.ts";

/** A mark of an axis. `place` is 0 (left, below) to 1. */
export interface PlotTick {
  place: number;
  text: string;
}

export interface NumberScale {
  kind: "number";
  min: number;
  max: number;
  log: boolean;
  /** Greater values are left or below. */
  turned: boolean;
  ticks: PlotTick[];
}

/** Each value in the middle of its share of the axis; the first by name is on top (place near 1), or left when `turned`. */
export interface CategoryScale {
  kind: "category";
  values: string[];
  turned: boolean;
  ticks: PlotTick[];
}

export type PlotScale = NumberScale | CategoryScale;

export interface ScaleOptions {
  /** What the reader wants; left out: log where the values ask for it. */
  log?: boolean | undefined;
  turned?: boolean;
  /** Least distance of ticks that name values, as a share of the axis; more where texts stand beside each other. */
  apart?: number;
  /** Room beyond the least and greatest value, as a share of their distance. */
  pad?: number;
}

/**
 * Whether values ask for a log axis: all above 0, over a decade or more, and their middle one nearer to the middle of the axis that way
 * (learning rates, sizes in powers of two).
 */
export function asksForLog(values: readonly number[]): boolean {
  const sorted = values.toSorted((a, b) => a - b);
  const [least = 0, greatest = 0, middle = 0] = [sorted[0], sorted.at(-1), sorted[Math.floor(sorted.length / 2)]];
  if (!(least > 1e-300) || greatest < 10 * least) return false;
  const linear = (middle - least) / (greatest - least);
  const log = alongLog(middle, least, greatest);
  return Math.abs(log - 0.5) < Math.abs(linear - 0.5);
}

/** How far a value is from `min` to `max` in decades. Their quotient may be no number: they are hundreds of decades apart at most. */
export const alongLog = (value: number, min: number, max: number): number =>
  (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min));

/** Whether a log axis has a place for every value. */
export const mayBeLog = (values: readonly number[]): boolean =>
  values.length > 0 && values.every((value) => value > 1e-300);

export function scaleOf(column: PlotColumn, options: ScaleOptions = {}): PlotScale {
  return column.kind === "number" ? numberScale(column, options) : categoryScale(column, options);
}

export function numberScale(
  column: NumberColumn,
  { log, turned = false, pad = 0, apart = 0.09 }: ScaleOptions = {},
): NumberScale {
  const values = placed(column);
  const logs = mayBeLog(values) && (log ?? (column.unit === "plain" && asksForLog(values)));
  const { min, max } = padded(values, logs, pad);
  const bare: NumberScale = { kind: "number", min, max, log: logs, turned, ticks: [] };
  return { ...bare, ticks: ticksOf(bare, values, column.unit, apart) };
}

function padded(values: readonly number[], log: boolean, pad: number): { min: number; max: number } {
  const min = values.reduce((a, b) => Math.min(a, b), Infinity),
    max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(min <= max)) return { min: 0, max: 1 };
  if (log) {
    const span = Math.log(max) - Math.log(min);
    const wide = span > 1e-9 ? Math.exp(span * pad) : 2;
    return { min: Math.max(min / wide, Number.MIN_VALUE), max: Math.min(max * wide, Number.MAX_VALUE) };
  }
  const [span, size] = [max - min, Math.max(Math.abs(min), Math.abs(max))];
  // Values nearer to each other than a double can part are one value, in the middle of its axis.
  const alike = !(span > 1e-12 * size && span > 1e-290);
  const room = !alike ? span * pad : size > 1e-290 ? size * 0.1 : 1;
  return { min: min - room, max: max + room };
}

/** So few different numbers are written themselves, where they do not stand too close. */
const fewValues = 6;

function ticksOf(scale: NumberScale, values: readonly number[], unit: Unit, apart: number): PlotTick[] {
  const { min, max, log } = scale;
  const at = (ticks: readonly number[], texts: readonly string[]): PlotTick[] =>
    ticks.map((tick, i) => ({ place: placeOn(scale, tick) ?? 0, text: texts[i] ?? "" }))
      .filter(({ place }) => place > -1e-9 && place < 1 + 1e-9);
  if (unit === "moment") return at(timeTicks(min, max), timeTicks(min, max).map((tick) => clockTick(tick)));
  if (unit === "duration") return at(timeTicks(min, max), timeTicks(min, max).map(durationTick));
  const own = [...new Set(values)].sort((a, b) => a - b);
  if (own.length <= fewValues) {
    const ticks = at(own, tickTexts(own));
    if (ticks.every(({ place }, i) => i === 0 || Math.abs(place - (ticks[i - 1]?.place ?? 0)) >= apart)) {
      return ticks;
    }
  }
  const nice = log ? logTicks(min, max) : niceTicks(min, max);
  return at(nice, tickTexts(nice));
}

const mostNamed = 12;

function categoryScale({ values }: CategoryColumn, { turned = false }: ScaleOptions): CategoryScale {
  const bare: CategoryScale = { kind: "category", values, turned, ticks: [] };
  const stride = Math.ceil(values.length / mostNamed);
  const named = values.filter((_, i) => i % stride === 0);
  return { ...bare, ticks: named.map((text) => ({ text, place: placeOn(bare, text) ?? 0 })) };
}

/** Where a value stands, 0 (left, below) to 1; undefined where it has no place: missing, NaN, infinite, 0 on a log axis. */
export function placeOn(scale: PlotScale, cell: number | string | undefined): number | undefined {
  const place = rawPlace(scale, cell);
  return place === undefined || !Number.isFinite(place) ? undefined : scale.turned ? 1 - place : place;
}

function rawPlace(scale: PlotScale, cell: number | string | undefined): number | undefined {
  if (scale.kind === "category") {
    const index = typeof cell === "string" ? scale.values.indexOf(cell) : -1;
    return index < 0 ? undefined : 1 - (index + 0.5) / scale.values.length;
  }
  if (typeof cell !== "number" || !hasPlace(cell)) return undefined;
  const { min, max, log } = scale;
  // Halved first: the distance of two great numbers may be no number.
  return log ? alongLog(cell, min, max) : (cell / 2 - min / 2) / (max / 2 - min / 2);
}
