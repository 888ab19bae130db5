import { readStruct, type ThriftStruct, type ThriftValue } from "./thrift.ts";

/**
 * Where the first rows of a Parquet file lie: what its footer and the heads of its pages say (parquet.thrift of apache/parquet-format
 * 2.11), read with care, since anybody may have written them. Faults are RangeErrors.
 */

/** The values of one column, leaf of the schema, in one row group. */
export interface ColumnChunk {
  /** Names from the outermost column to the leaf. */
  path: string[];
  /** First byte, and bytes. */
  start: number;
  length: number;
}

export interface ParquetFooter {
  rows: number;
  /** Names of the outermost columns. */
  columns: string[];
  /** The first row group that has rows: which one it is, its rows, and its columns. Absent where there are no rows. */
  group?: { index: number; rows: number; chunks: ColumnChunk[] };
}

/** Bytes at the end of each file: the length of the footer, and the mark. */
export const trailerSize = 8;

/** The length of the footer in bytes. `end` is the last of the file's bytes, eight at least; `size` all of them. */
export function footerLength(end: Uint8Array, size: number): number {
  const trailer = end.subarray(-trailerSize);
  const mark = new TextDecoder().decode(trailer.subarray(4));
  if (mark === "PARE") throw new RangeError("It is encrypted.");
  if (mark !== "PAR1") throw new RangeError("It is not a Parquet file, or not all of one.");
  const length = new DataView(trailer.slice().buffer).getUint32(0, true);
  if (length > size - trailerSize) throw new RangeError("Its footer is longer than the file.");
  return length;
}

/** What a footer says. `size` is that of the file in bytes. */
export function readFooter(bytes: Uint8Array, size: number): ParquetFooter {
  const { value } = readStruct(bytes);
  const rows = count(value.get(3));
  const groups = list(value.get(4)).map(struct);
  const index = groups.findIndex((group) => count(group.get(3)) > 0);
  const first = groups[index];
  return {
    rows,
    columns: topColumns(list(value.get(2)).map(struct)),
    ...(first && {
      group: { index, rows: count(first.get(3)), chunks: list(first.get(1)).map((one) => chunk(struct(one), size)) },
    }),
  };
}

function chunk(column: ThriftStruct, size: number): ColumnChunk {
  const meta = struct(column.get(3));
  // Some writers say 0 where there is no dictionary.
  const start = count(meta.get(11) ?? 0) || count(meta.get(9));
  const length = count(meta.get(7));
  if (start + length > size) throw new RangeError("A column lies behind the end of the file.");
  return { path: list(meta.get(3)).map(text), start, length };
}

/** The schema is a tree, written from the root on, each column before its children. */
function topColumns(schema: ThriftStruct[]): string[] {
  let at = 0;
  const names: string[] = [];
  const skip = (depth: number): void => {
    const element = schema[at++];
    if (!element || depth > 20) throw new RangeError("Its schema does not hold together.");
    if (depth === 1) names.push(text(element.get(4)));
    const children = count(element.get(5) ?? 0);
    if (children > schema.length - at) throw new RangeError("Its schema does not hold together.");
    for (let child = 0; child < children; child++) skip(depth + 1);
  };
  skip(0);
  return names;
}

/** The head of a page. Sizes in bytes. */
export interface PageHead {
  /** Of the head itself. */
  length: number;
  /** Of what follows it, and of that once it is unpacked. */
  packed: number;
  unpacked: number;
  /** Whether it holds values rather than the dictionary for them. */
  data: boolean;
  values: number;
  /** Left out where the page does not say. */
  rows?: number;
}

/** The head of the page at the start of some bytes. */
export function readPageHead(bytes: Uint8Array): PageHead {
  const { value, length } = readStruct(bytes);
  const [v1, dictionary, v2] = [value.get(5), value.get(7), value.get(8)];
  const values = count(struct(v1 ?? v2 ?? dictionary).get(1));
  return {
    length,
    packed: count(value.get(3)),
    unpacked: count(value.get(2)),
    data: dictionary === undefined,
    values,
    ...(v2 !== undefined && { rows: count(struct(v2).get(3)) }),
  };
}

function struct(value: ThriftValue | undefined): ThriftStruct {
  if (value instanceof Map) return value;
  throw new RangeError("Something is missing in it.");
}

function list(value: ThriftValue | undefined): readonly ThriftValue[] {
  if (Array.isArray(value)) return value;
  throw new RangeError("Something is missing in it.");
}

function count(value: ThriftValue | undefined): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError("A number in it makes no sense.");
}

function text(value: ThriftValue | undefined): string {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  throw new RangeError("Something is missing in it.");
}
