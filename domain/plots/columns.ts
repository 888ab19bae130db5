import type { Run } from "../entities.ts";
import { duration, moment, plainNumber } from "../format.ts";
import { compareNames, type Direction, directionOf } from "../metric_names.ts";
import { fieldLabel, fieldName, isMetricField, type PlotField, rawValues, type ValueOptions } from "./fields.ts";

/** How numbers of a column are written: as they are, as a moment (ms since the epoch), or as a length of time (ms). */
export type Unit = "plain" | "moment" | "duration";

interface ColumnBase {
  field: PlotField;
  name: string;
  label: string;
}

/** Numbers of the runs, in their order. NaN and infinities stand as they are and have no place on a scale. */
export interface NumberColumn extends ColumnBase {
  kind: "number";
  unit: Unit;
  /** Of a metric which values are better; unknown for anything else. */
  direction: Direction;
  cells: (number | undefined)[];
  /** As they were logged, where they are text. */
  texts: (string | undefined)[];
  /** Runs that have a word where nearly all others have a number: they have no place. */
  words: number;
}

export interface CategoryColumn extends ColumnBase {
  kind: "category";
  cells: (string | undefined)[];
  /** Each value once, by name, digits as numbers. */
  values: string[];
}

export type PlotColumn = NumberColumn | CategoryColumn;

const numeral = /^\s*[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** The number that a param says, as Python writes it; undefined where it is a word. */
export function numberOf(text: string): number | undefined {
  if (numeral.test(text)) return Number(text.replaceAll("_", ""));
  if (/^\s*nan\s*$/i.test(text)) return NaN;
  const [, sign] = /^\s*([+-]?)inf(?:inity)?\s*$/i.exec(text) ?? [];
  return sign === undefined ? undefined : sign === "-" ? -Infinity : Infinity;
}

/** MLflow writes infinities as the greatest double: drawn as little as infinities themselves. */
export const hasPlace = (value: number): boolean => Math.abs(value) < 1e300;

/** With so many different numbers, a few words among them (`None`, `auto`) do not make categories of them all. */
const manyNumbers = 12;
const mostWords = 0.1;

function saysNumbers(texts: readonly string[]): boolean {
  const numbers = texts.map(numberOf).filter((value) => value !== undefined);
  if (!numbers.some(hasPlace)) return false;
  if (numbers.length === texts.length) return true;
  return texts.length - numbers.length <= mostWords * texts.length && new Set(numbers).size > manyNumbers;
}

const unitOf = ({ kind, key }: PlotField): Unit =>
  kind !== "attributes" ? "plain" : key === "start_time" ? "moment" : key === "duration" ? "duration" : "plain";

export interface ColumnOptions extends ValueOptions {
  /** Directions that the reader set, by metric, instead of the guess from the name. */
  directions?: ReadonlyMap<string, Direction> | undefined;
}

/** A field over the runs: numbers where (nearly) all values are, categories otherwise. */
export function plotColumn(runs: readonly Run[], field: PlotField, options: ColumnOptions): PlotColumn {
  const raw = rawValues(runs, field, options);
  const base = { field, name: fieldName(field), label: fieldLabel(field) };
  const texts = raw.filter((value) => typeof value === "string");
  const numeric = isMetricField(field) || unitOf(field) !== "plain" || saysNumbers(texts);
  if (numeric) {
    const cells = raw.map((value) => typeof value === "string" ? numberOf(value) : value);
    const texts = raw.map((value) => typeof value === "string" ? value : undefined);
    const words = raw.filter((value, i) => value !== undefined && cells[i] === undefined).length;
    const direction = isMetricField(field) ? options.directions?.get(field.key) ?? directionOf(field.key) : "unknown";
    return { ...base, kind: "number", unit: unitOf(field), direction, cells, texts, words };
  }
  const cells = raw.map((value) => value === undefined ? undefined : String(value));
  const values = [...new Set(cells.filter((value) => value !== undefined))].sort(compareNames);
  return { ...base, kind: "category", cells, values };
}

/** A cell as people read it; empty where the run has no value. */
export function cellText(column: PlotColumn, i: number): string {
  if (column.kind === "category") return column.cells[i] ?? "";
  const cell = column.cells[i];
  return column.texts[i] ?? (cell === undefined ? "" : numberText(column, cell));
}

/** A number in the unit of its column. */
export function numberText({ unit }: Pick<NumberColumn, "unit">, cell: number): string {
  return unit === "moment" ? moment(cell) : unit === "duration" ? duration(cell) : plainNumber(cell);
}

/** Of how many runs a plot cannot show anything, and why: "12 of 40 runs have no lr", "1 NaN or infinite". */
export function holesOf(column: PlotColumn): string[] {
  const all = column.cells.length;
  const none = column.cells.filter((cell) => cell === undefined).length - (column.kind === "number" ? column.words : 0);
  const notes = none === 0 ? [] : [`${none} of ${all} runs ${none === 1 ? "has" : "have"} no ${column.label}`];
  if (column.kind === "category") return notes;
  const odd = column.cells.filter((cell) => cell !== undefined && !hasPlace(cell)).length;
  if (odd > 0) notes.push(`${odd} of ${all} runs ${odd === 1 ? "has" : "have"} a NaN or infinite ${column.label}`);
  if (column.words > 0) notes.push(`${column.words} of ${all} have a word instead of a number as ${column.label}`);
  return notes;
}

/** The numbers of a column that a scale has a place for. */
export const placed = (column: NumberColumn): number[] =>
  column.cells.filter((cell) => cell !== undefined).filter(hasPlace);
