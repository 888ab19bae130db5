import { invalid } from "../errors.ts";

/** What a parameter may be: one of some values, or a number of a range. */
export type Dimension = Choice | Range;

export interface Choice {
  key: string;
  values: string[];
}

/** From `min` to `max`, both included. */
export interface Range {
  key: string;
  min: number;
  max: number;
  /** Between neighbours, from `min` on; absent: any number between is one. */
  step?: number;
  /** As many values from 0.001 to 0.01 as from 0.01 to 0.1. */
  log: boolean;
}

export const isChoice = (dimension: Dimension): dimension is Choice => "values" in dimension;

/** Values that one parameter may have at most, and parameters of a space. */
export const mostValues = 10_000;
export const mostDimensions = 100;

/** Throws INVALID_PARAMETER_VALUE, with the parameter's name, for what nothing can be searched in. `field` is what errors call the space. */
export function checkSpace(space: readonly Dimension[], field: string): void {
  if (space.length === 0) throw invalid(`Invalid value for parameter '${field}' supplied: it names no parameter.`);
  if (space.length > mostDimensions) {
    throw invalid(`Invalid value for parameter '${field}' supplied: it may have ${mostDimensions} parameters at most.`);
  }
  const seen = new Set<string>();
  for (const dimension of space) {
    const wrong = seen.has(dimension.key) ? "is there twice" : flaw(dimension);
    if (wrong !== undefined) {
      throw invalid(`Invalid value for parameter '${field}' supplied: '${dimension.key}' ${wrong}.`);
    }
    seen.add(dimension.key);
  }
}

function flaw(dimension: Dimension): string | undefined {
  if (isChoice(dimension)) {
    const { values } = dimension;
    if (values.length === 0) return "has no values";
    if (values.length > mostValues) return `may have ${mostValues} values at most`;
    return new Set(values).size < values.length ? "has a value twice" : undefined;
  }
  const { min, max, step, log } = dimension;
  if (!Number.isFinite(min) || !Number.isFinite(max)) return "needs two finite numbers";
  if (!Number.isFinite(max - min)) return "has a range that is too wide";
  if (min > max) return `goes from ${min} to ${max}: the smaller number is first`;
  if (log && min <= 0) return "is on a log scale, and so must begin above 0";
  if (step === undefined) return undefined;
  if (!(step > 0) || !Number.isFinite(step)) return "needs a step above 0";
  if ((max - min) / step + 1 > mostValues) return `may have ${mostValues} values at most`;
}

/** How many values a parameter may have; Infinity for a range without steps. */
export function sizeOf(dimension: Dimension): number {
  if (isChoice(dimension)) return dimension.values.length;
  const { min, max, step } = dimension;
  if (min === max) return 1;
  // What rounding takes from a step is not worth a value: 0 to 0.3 by 0.1 has four.
  return step === undefined ? Infinity : Math.floor((max - min) / step + 1e-9) + 1;
}

/** How many combinations there are. */
export const sizeOfSpace = (space: readonly Dimension[]): number =>
  space.reduce((size, dimension) => size * sizeOf(dimension), 1);

/** The value at a place of those that a parameter may have, from 0. Of a range without steps there are none but its first. */
export function valueAt(dimension: Dimension, index: number): string {
  if (isChoice(dimension)) return dimension.values[index] ?? "";
  return printed(dimension.min + index * (dimension.step ?? 0), dimension);
}

/** The value at a place from 0 to 1 along a range, or among values. */
export function valueOn(dimension: Dimension, place: number): string {
  if (isChoice(dimension)) {
    return valueAt(dimension, Math.min(dimension.values.length - 1, Math.floor(place * dimension.values.length)));
  }
  const { min, max, step, log } = dimension;
  const low = log ? Math.log(min) : min;
  const high = log ? Math.log(max) : max;
  const number = log ? Math.exp(low + place * (high - low)) : low + place * (high - low);
  if (step === undefined) return printed(number, dimension);
  return valueAt(dimension, Math.min(sizeOf(dimension) - 1, Math.max(0, Math.round((number - min) / step))));
}

/** Where along a range a value stands, from 0 to 1. */
export function placeOn({ min, max, log }: Range, value: string): number {
  if (min === max) return 0.5;
  const number = Math.min(max, Math.max(min, Number(value)));
  return log ? Math.log(number / min) / Math.log(max / min) : (number - min) / (max - min);
}

/** With as many digits as tell it from its neighbours: nobody wants to read 0.30000000000000004. */
function printed(number: number, { min, max, step }: Range): string {
  const digits = step === undefined ? 6 : 12;
  const short = Number(number.toPrecision(digits));
  const width = step ?? max - min;
  return String(Math.min(max, Math.max(min, Math.abs(short - number) <= width * 1e-3 ? short : number)));
}
