import { OtlpError } from "./otlp.ts";

/** A field of a protobuf message as it stands on the wire: its number, and the value in the form of its wire type. */
export interface Field {
  number: number;
  varint?: bigint;
  /** Of a 64-bit value, little-endian. */
  bits?: DataView;
  /** Of a string, bytes or a message. */
  bytes?: Uint8Array;
}

/** The fields of a message, in order. Throws an OtlpError for what is none. Source: https://protobuf.dev/programming-guides/encoding */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const tag = Number(readVarint(reader));
    const number = Math.floor(tag / 8);
    if (number === 0 || number > 0x1fffffff) throw new OtlpError("request");
    fields.push({ number, ...readValue(reader, tag % 8, number, 0) });
  }
  return fields;
}

interface Reader {
  bytes: Uint8Array;
  at: number;
}

function readValue(reader: Reader, type: number, number: number, depth: number): Omit<Field, "number"> {
  if (type === 0) return { varint: readVarint(reader) };
  if (type === 1) return { bits: viewOf(take(reader, 8)) };
  if (type === 2) return { bytes: take(reader, Number(readVarint(reader))) };
  if (type === 3) skipGroup(reader, number, depth + 1);
  else if (type === 5) take(reader, 4);
  else throw new OtlpError("request");
  return {};
}

/** Groups are of protobuf's first years; no field of ours is one. */
function skipGroup(reader: Reader, number: number, depth: number): void {
  if (depth > 100) throw new OtlpError("request");
  for (;;) {
    const tag = Number(readVarint(reader));
    const inner = Math.floor(tag / 8);
    if (inner === 0) throw new OtlpError("request");
    if (tag % 8 !== 4) readValue(reader, tag % 8, inner, depth);
    else if (inner === number) return;
    else throw new OtlpError("request");
  }
}

function take(reader: Reader, length: number): Uint8Array {
  const end = reader.at + length;
  if (end > reader.bytes.length) throw new OtlpError("request");
  const taken = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return taken;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Seven bits a byte, the lowest first, ten bytes at most. */
function readVarint(reader: Reader): bigint {
  const first = reader.bytes[reader.at];
  // Nearly all are: tags, lengths and small numbers.
  if (first !== undefined && first < 0x80) {
    reader.at++;
    return BigInt(first);
  }
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new OtlpError("request");
}
