import type { Point } from "./entities.ts";

/**
 * The points of one metric of one run as columns, and their binary form: the body of a chunk.
 *
 * Body, version 1: a byte 1; the count as a varint; the steps; the timestamps; the values as little-endian float64.
 * A column of integers opens with a byte: 0, then zigzag varints, each the difference to its predecessor; or, where a
 * number is so large that differences could leave the exact range of a double, 1, then little-endian float64.
 */
export interface Series {
  readonly steps: Float64Array;
  /** Milliseconds since the epoch. */
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
}

const version = 1;
const largestDelta = 2 ** 51;

export function toSeries(points: readonly Point[]): Series {
  const series = allocate(points.length);
  for (const [i, point] of points.entries()) {
    series.steps[i] = point.step;
    series.timestamps[i] = point.timestamp;
    series.values[i] = point.value;
  }
  return series;
}

export function pointAt(series: Series, i: number): Point {
  return { value: series.values[i]!, timestamp: series.timestamps[i]!, step: series.steps[i]! };
}

/** Encodes points `from` to `to` (exclusive) of a series, in the order they stand in. */
export function encode(series: Series, from = 0, to = series.values.length): Uint8Array<ArrayBuffer> {
  const count = to - from;
  const bytes = new Uint8Array(11 + 2 * (1 + 8 * count) + 8 * count);
  const view = new DataView(bytes.buffer);
  bytes[0] = version;
  let at = writeVarint(bytes, 1, count);
  at = writeIntegers(bytes, view, at, series.steps, from, to);
  at = writeIntegers(bytes, view, at, series.timestamps, from, to);
  for (let i = from; i < to; i++, at += 8) view.setFloat64(at, series.values[i]!, true);
  return bytes.subarray(0, at);
}

/** Reads what `encode` wrote. Throws a RangeError on a body that it did not write. */
export function decode(body: Uint8Array): Series {
  if (body[0] !== version) throw new RangeError(`A chunk of version ${body[0]} cannot be read by this version of Weir`);
  const reader = { view: new DataView(body.buffer, body.byteOffset, body.byteLength), at: 1 };
  const count = readVarint(reader);
  const series = allocate(count);
  readIntegers(reader, series.steps);
  readIntegers(reader, series.timestamps);
  for (let i = 0; i < count; i++, reader.at += 8) series.values[i] = reader.view.getFloat64(reader.at, true);
  return series;
}

/** All points of several series by step, timestamp and value, each once: MLflow ignores the repeat of a point. */
export function merge(parts: readonly Series[]): Series {
  const all = concat(parts);
  if (isStrictlySorted(all)) return all;
  const order = Uint32Array.from(all.values, (_, i) => i).sort((a, b) => compareAt(all, a, b));
  let kept = 0;
  for (const i of order) {
    if (kept === 0 || compareAt(all, order[kept - 1]!, i) !== 0) order[kept++] = i;
  }
  return pick(all, order.subarray(0, kept));
}

/** The point with the greatest step, then timestamp, then value, NaN counting as 0. Undefined when there is none. */
export function latest(series: Series): Point | undefined {
  let best = 0;
  for (let i = 1; i < series.values.length; i++) {
    const order = series.steps[i]! - series.steps[best]! || series.timestamps[i]! - series.timestamps[best]! ||
      zeroIfNaN(series.values[i]!) - zeroIfNaN(series.values[best]!);
    if (order > 0) best = i;
  }
  return series.values.length === 0 ? undefined : pointAt(series, best);
}

/** The points whose number stands in `indices`, in that order. */
export function pick(series: Series, indices: ArrayLike<number>): Series {
  const picked = allocate(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]!;
    picked.steps[i] = series.steps[from]!;
    picked.timestamps[i] = series.timestamps[from]!;
    picked.values[i] = series.values[from]!;
  }
  return picked;
}

export function concat(parts: readonly Series[]): Series {
  if (parts.length === 1) return parts[0]!;
  const joined = allocate(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.steps.set(part.steps, at);
    joined.timestamps.set(part.timestamps, at);
    joined.values.set(part.values, at);
    at += part.values.length;
  }
  return joined;
}

/** Least and greatest number of a column; Infinity and -Infinity when it is empty. */
export function range(column: Float64Array): [least: number, greatest: number] {
  let least = Infinity;
  let greatest = -Infinity;
  for (const x of column) {
    if (x < least) least = x;
    if (x > greatest) greatest = x;
  }
  return [least, greatest];
}

function allocate(count: number): Series {
  return { steps: new Float64Array(count), timestamps: new Float64Array(count), values: new Float64Array(count) };
}

/** Orders by step, timestamp, value; NaN equals NaN and follows every number. */
function compareAt(series: Series, a: number, b: number): number {
  return series.steps[a]! - series.steps[b]! || series.timestamps[a]! - series.timestamps[b]! ||
    compareValues(series.values[a]!, series.values[b]!);
}

/** Orders two values; NaN equals NaN and follows every number. */
export function compareValues(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function isStrictlySorted(series: Series): boolean {
  for (let i = 1; i < series.values.length; i++) {
    if (compareAt(series, i - 1, i) >= 0) return false;
  }
  return true;
}

const zeroIfNaN = (value: number): number => Number.isNaN(value) ? 0 : value;

function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  // Arithmetic, not shifts: the numbers reach past 32 bits.
  while (value >= 0x80) {
    bytes[at++] = value % 0x80 + 0x80;
    value = Math.floor(value / 0x80);
  }
  bytes[at++] = value;
  return at;
}

function writeIntegers(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  column: Float64Array,
  from: number,
  to: number,
): number {
  const [least, greatest] = range(column.subarray(from, to));
  const exact = from === to || (least > -largestDelta && greatest < largestDelta);
  bytes[at++] = exact ? 0 : 1;
  let previous = 0;
  for (let i = from; i < to; i++) {
    if (exact) {
      const delta = column[i]! - previous;
      at = writeVarint(bytes, at, delta < 0 ? -2 * delta - 1 : 2 * delta);
      previous = column[i]!;
    } else {
      view.setFloat64(at, column[i]!, true);
      at += 8;
    }
  }
  return at;
}

interface Reader {
  view: DataView;
  at: number;
}

function readVarint(reader: Reader): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = reader.view.getUint8(reader.at++);
    if (byte < 0x80) return value + byte * scale;
    value += (byte - 0x80) * scale;
    scale *= 0x80;
  }
}

function readIntegers(reader: Reader, column: Float64Array): void {
  const exact = reader.view.getUint8(reader.at++) === 0;
  let previous = 0;
  for (let i = 0; i < column.length; i++) {
    if (exact) {
      const zigzag = readVarint(reader);
      previous += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      column[i] = previous;
    } else {
      column[i] = reader.view.getFloat64(reader.at, true);
      reader.at += 8;
    }
  }
}
