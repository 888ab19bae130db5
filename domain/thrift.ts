/**
 * Thrift's compact protocol, as far as Parquet's footers and page heads use it, read from bytes that anybody may have written: nothing
 * is made that is larger than what was read, and nesting has an end. Faults are RangeErrors.
 */

/** Fields by number. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = boolean | number | Uint8Array | readonly ThriftValue[] | ThriftStruct;

/** Deeper than any that Parquet has. */
const deepest = 24;

const enum Type {
  stop,
  true,
  false,
  byte,
  i16,
  i32,
  i64,
  double,
  binary,
  list,
  set,
  map,
  struct,
}

interface Reader {
  bytes: Uint8Array;
  at: number;
}

/** The struct at the start of some bytes, and how many it has. */
export function readStruct(bytes: Uint8Array): { value: ThriftStruct; length: number } {
  const reader = { bytes, at: 0 };
  const value = struct(reader, 0);
  return { value, length: reader.at };
}

function struct(reader: Reader, depth: number): ThriftStruct {
  if (depth > deepest) throw new RangeError("A struct is nested too deeply.");
  const fields = new Map<number, ThriftValue>();
  let number = 0;
  for (;;) {
    const head = byte(reader);
    const type = head & 0x0f;
    if (type === Type.stop) return fields;
    number = head >> 4 === 0 ? integer(reader) : number + (head >> 4);
    fields.set(number, type === Type.true || type === Type.false ? type === Type.true : element(reader, type, depth));
  }
}

function element(reader: Reader, type: number, depth: number): ThriftValue {
  switch (type) {
    // As an element of a list; that of a struct stands in the type.
    case Type.true:
    case Type.false:
      return byte(reader) === 1;
    case Type.byte:
      return byte(reader);
    case Type.i16:
    case Type.i32:
    case Type.i64:
      return integer(reader);
    case Type.double:
      return new DataView(take(reader, 8).slice().buffer).getFloat64(0, true);
    case Type.binary:
      return take(reader, unsigned(reader));
    case Type.list:
      return list(reader, depth);
    case Type.struct:
      return struct(reader, depth + 1);
    default:
      throw new RangeError(`Type ${type} is not one that Parquet uses.`);
  }
}

function list(reader: Reader, depth: number): ThriftValue[] {
  if (depth > deepest) throw new RangeError("A list is nested too deeply.");
  const head = byte(reader);
  const length = head >> 4 === 15 ? unsigned(reader) : head >> 4;
  // Each element has a byte at least.
  if (length > reader.bytes.length - reader.at) throw new RangeError("A list is longer than the rest.");
  const values: ThriftValue[] = [];
  for (let i = 0; i < length; i++) values.push(element(reader, head & 0x0f, depth + 1));
  return values;
}

function byte(reader: Reader): number {
  const value = reader.bytes[reader.at++];
  if (value === undefined) throw new RangeError("The bytes end too early.");
  return value;
}

function take(reader: Reader, length: number): Uint8Array {
  if (length > reader.bytes.length - reader.at) throw new RangeError("The bytes end too early.");
  return reader.bytes.subarray(reader.at, reader.at += length);
}

/** At most 64 bits; beyond 2 ** 53 they are not exact, which no number that is used here may be. */
function unsigned(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const part = byte(reader);
    value += (part & 0x7f) * 2 ** shift;
    if (part < 0x80) return value;
  }
  throw new RangeError("A number is too long.");
}

/** Zigzag: 0, -1, 1, -2 … */
function integer(reader: Reader): number {
  const value = unsigned(reader);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
