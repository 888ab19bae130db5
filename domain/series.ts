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

/** A series as it is encoded: of a few points, plain arrays are made far quicker than typed ones. */
type Columns = Readonly<Record<keyof Series, ArrayLike<number>>>;

const version = 1;
const largestDelta = 2 ** 51;

export function pointAt(series: Series, i: number): Point {
  return { value: series.values[i]!, timestamp: series.timestamps[i]!, step: series.steps[i]! };
}

/** Encodes points in the order they stand in. */
export function encodePoints(points: readonly Point[]): Uint8Array<ArrayBuffer> {
  return encode({
    steps: points.map(({ step }) => step),
    timestamps: points.map(({ timestamp }) => timestamp),
    values: points.map(({ value }) => value),
  });
}

/** Encodes a series in the order its points stand in. */
export function encode({ steps, timestamps, values }: Columns): Uint8Array<ArrayBuffer> {
  const room = 11 + 2 * (1 + 8 * values.length) + 8 * values.length;
  if (scratch.byteLength < room) scratch = new DataView(new ArrayBuffer(2 * room));
  scratch.setUint8(0, version);
  let at = writeVarint(scratch, 1, values.length);
  at = writeIntegers(scratch, at, steps);
  at = writeIntegers(scratch, at, timestamps);
  for (let i = 0; i < values.length; i++, at += 8) scratch.setFloat64(at, values[i]!, true);
  return new Uint8Array(scratch.buffer.slice(0, at));
}
/** Room to encode in: to make some for each series would take longer than to encode it. */
let scratch = new DataView(new ArrayBuffer(2 ** 16));

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
export function latest<P extends Point>(points: readonly P[]): P | undefined {
  let [best] = points;
  for (const point of points) {
    const isLater = best && (point.step - best.step || point.timestamp - best.timestamp ||
          zeroIfNaN(point.value) - zeroIfNaN(best.value)) > 0;
    if (isLater) best = point;
  }
  return best;
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
export function range(column: ArrayLike<number>): [least: number, greatest: number] {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < column.length; i++) {
    const x = column[i]!;
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

function writeVarint(view: DataView, at: number, value: number): number {
  // Arithmetic, not shifts: the numbers reach past 32 bits.
  while (value >= 0x80) {
    view.setUint8(at++, value % 0x80 + 0x80);
    value = Math.floor(value / 0x80);
  }
  view.setUint8(at++, value);
  return at;
}

function writeIntegers(view: DataView, at: number, column: ArrayLike<number>): number {
  const [least, greatest] = range(column);
  const exact = column.length === 0 || (least > -largestDelta && greatest < largestDelta);
  view.setUint8(at++, exact ? 0 : 1);
  let previous = 0;
  for (let i = 0; i < column.length; i++) {
    if (exact) {
      const delta = column[i]! - previous;
      at = writeVarint(view, at, delta < 0 ? -2 * delta - 1 : 2 * delta);
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
