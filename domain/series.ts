import type { Point } from "./entities.ts";
import { compareInt64, type Int64, plainInt64 } from "./int64.ts";

/**
 * The points of one metric of one run as columns, and their binary form: the body of a chunk.
 *
 * Body, version 1: a byte 1; the count as a varint; the steps; the timestamps; the values as little-endian float64.
 * A column of integers opens with a byte: 0, then zigzag varints, each the difference to its predecessor; or, where a
 * number is so large that differences could leave the exact range of a double, 2, then little-endian int64. Bodies of the first
 * days have 1 there, then little-endian float64.
 */
export interface Series {
  readonly steps: Integers;
  /** Milliseconds since the epoch. */
  readonly timestamps: Integers;
  readonly values: Float64Array;
}

/** A column of integers: exact in doubles, unless one of them is too large for that. */
export type Integers = Float64Array | BigInt64Array;

/** A series as it is encoded: of a few points, plain arrays are made far quicker than typed ones. */
interface Columns {
  readonly steps: ArrayLike<Int64>;
  readonly timestamps: ArrayLike<Int64>;
  readonly values: ArrayLike<number>;
}

const version = 1;
const largestDelta = 2 ** 51;

export function pointAt(series: Series, i: number): Point {
  const { steps, timestamps, values } = series;
  return { value: values[i]!, timestamp: plainInt64(timestamps[i]!), step: plainInt64(steps[i]!) };
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
  return decodeAt(readerOf(body));
}

/** Reads bodies that stand one after the other, as one series in their order. */
export function decodeAll(bodies: Uint8Array): Series {
  const reader = readerOf(bodies);
  const parts: Series[] = [];
  while (reader.at < bodies.length) parts.push(decodeAt(reader));
  return concat(parts);
}

function decodeAt(reader: Reader): Series {
  const { bytes } = reader;
  const written = bytes[reader.at++];
  if (written !== version) throw new RangeError(`A chunk of version ${written} cannot be read by this version of Weir`);
  const count = readVarint(reader);
  if (count > bytes.length) throw new RangeError("A chunk is shorter than it says");
  const steps = readIntegers(reader, count);
  const timestamps = readIntegers(reader, count);
  return { steps, timestamps, values: readDoubles(reader, count) };
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
    const isLater = best && (compareInt64(point.step, best.step) || compareInt64(point.timestamp, best.timestamp) ||
          zeroIfNaN(point.value) - zeroIfNaN(best.value)) > 0;
    if (isLater) best = point;
  }
  return best;
}

/** The points whose number stands in `indices`, in that order. */
export function pick({ steps, timestamps, values }: Series, indices: ArrayLike<number>): Series {
  return {
    steps: steps instanceof Float64Array ? pickDoubles(steps, indices) : pickIntegers(steps, indices),
    timestamps: timestamps instanceof Float64Array
      ? pickDoubles(timestamps, indices)
      : pickIntegers(timestamps, indices),
    values: pickDoubles(values, indices),
  };
}

function pickDoubles(column: Float64Array, indices: ArrayLike<number>): Float64Array {
  const picked = new Float64Array(indices.length);
  for (let i = 0; i < indices.length; i++) picked[i] = column[indices[i]!]!;
  return picked;
}

const pickIntegers = (column: BigInt64Array, indices: ArrayLike<number>): BigInt64Array =>
  BigInt64Array.from(Array.from(indices), (from) => column[from]!);

export function concat(parts: readonly Series[]): Series {
  if (parts.length === 1) return parts[0]!;
  return {
    steps: join(parts.map((part) => part.steps)),
    timestamps: join(parts.map((part) => part.timestamps)),
    values: joinDoubles(parts.map((part) => part.values)),
  };
}

function join(columns: readonly Integers[]): Integers {
  if (columns.every((column) => column instanceof Float64Array)) return joinDoubles(columns);
  return BigInt64Array.from(columns.flatMap((column) => Array.from<Int64, bigint>(column, BigInt)));
}

function joinDoubles(columns: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0));
  let at = 0;
  for (const column of columns) {
    joined.set(column, at);
    at += column.length;
  }
  return joined;
}

/** A column as near as doubles come, to draw and to look for. */
export const asDoubles = (column: Integers): Float64Array =>
  column instanceof Float64Array ? column : Float64Array.from(Array.from(column, Number));

/** Least and greatest number of a column; Infinity and -Infinity when it is empty. */
export function range(column: ArrayLike<number>): [least: number, greatest: number];
export function range(column: ArrayLike<Int64>): [least: Int64, greatest: Int64];
export function range(column: ArrayLike<Int64>): [least: Int64, greatest: Int64] {
  let least: Int64 = Infinity;
  let greatest: Int64 = -Infinity;
  for (let i = 0; i < column.length; i++) {
    const x = column[i]!;
    if (x < least) least = x;
    if (x > greatest) greatest = x;
  }
  return [least, greatest];
}

/** Orders by step, timestamp, value; NaN equals NaN and follows every number. */
function compareAt(series: Series, a: number, b: number): number {
  const { steps, timestamps } = series;
  return compareInt64(steps[a]!, steps[b]!) || compareInt64(timestamps[a]!, timestamps[b]!) ||
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

function writeIntegers(view: DataView, at: number, column: ArrayLike<Int64>): number {
  const [least, greatest] = range(column);
  const small = column.length === 0 || (least > -largestDelta && greatest < largestDelta);
  view.setUint8(at++, small ? 0 : 2);
  let previous = 0;
  for (let i = 0; i < column.length; i++) {
    if (small) {
      const number = Number(column[i]);
      const delta = number - previous;
      at = writeVarint(view, at, delta < 0 ? -2 * delta - 1 : 2 * delta);
      previous = number;
    } else {
      view.setBigInt64(at, BigInt(column[i]!), true);
      at += 8;
    }
  }
  return at;
}

interface Reader {
  bytes: Uint8Array;
  view: DataView;
  at: number;
}

const readerOf = (bytes: Uint8Array): Reader => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  at: 0,
});

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

function readIntegers(reader: Reader, count: number): Integers {
  const kind = reader.view.getUint8(reader.at++);
  if (kind === 2) return readWide(reader, count);
  return kind === 0 ? readDeltas(reader, count) : readDoubles(reader, count);
}

/** By far the most of what is read when a chart is drawn: no calls inside. */
function readDeltas(reader: Reader, count: number): Float64Array {
  const { bytes } = reader;
  const column = new Float64Array(count);
  let at = reader.at;
  let previous = 0;
  for (let i = 0; i < count; i++) {
    let byte = bytes[at++]!;
    let zigzag = byte & 0x7f;
    for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
      byte = bytes[at++]!;
      zigzag += (byte & 0x7f) * scale;
    }
    previous += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    column[i] = previous;
  }
  if (at > bytes.length) throw new RangeError("A chunk is shorter than it says");
  reader.at = at;
  return column;
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function readDoubles(reader: Reader, count: number): Float64Array {
  const { bytes, view, at } = reader;
  const column = new Float64Array(count);
  const end = at + 8 * count;
  if (end > bytes.length) throw new RangeError("A chunk is shorter than it says");
  if (isLittleEndian) new Uint8Array(column.buffer).set(bytes.subarray(at, end));
  else for (let i = 0; i < count; i++) column[i] = view.getFloat64(at + 8 * i, true);
  reader.at = end;
  return column;
}

function readWide(reader: Reader, count: number): Integers {
  const column = new BigInt64Array(count);
  for (let i = 0; i < count; i++, reader.at += 8) column[i] = reader.view.getBigInt64(reader.at, true);
  const isExact = column.every((number) => Number.isSafeInteger(Number(number)));
  return isExact ? asDoubles(column) : column;
}
