import { footerLength, type ParquetFooter, readFooter, trailerSize } from "../domain/parquet.ts";
import { previewColumns, previewRows, type Shown } from "../domain/preview.ts";
import { bytes as sizeText } from "../domain/format.ts";
import { type ReadBytes, readHeads } from "./parquet_columns.ts";
import { decodeParquet } from "./parquet_decoder.ts";

/** Bytes. Up to here a file is read at once. */
const smallFile = 512 * 1024;
/** The end of a larger one, in which the footer mostly is. */
const endSize = 64 * 1024;
const largestFooter = 4_000_000;

/** Leaf columns that a table is made of. */
const mostChunks = 200;

/**
 * The first rows and columns of a Parquet file of so many bytes. Only the footer and the first pages of the columns that are shown are
 * read, whatever the size. What is not Parquet, or asks for more than may be read, is `unreadable`.
 */
export async function parquetHead(read: ReadBytes, size: number): Promise<Shown> {
  try {
    const whole = size <= smallFile ? await read(0, size) : undefined;
    const from: ReadBytes = whole ? (start, end) => Promise.resolve(whole.slice(start, end)) : read;
    const footer = await readEnd(from, size);
    return await shown(from, footer.bytes, readFooter(footer.bytes, size));
  } catch (error) {
    if (error instanceof RangeError) return { kind: "unreadable", reason: error.message };
    throw error;
  }
}

async function readEnd(read: ReadBytes, size: number): Promise<{ bytes: Uint8Array<ArrayBuffer> }> {
  if (size < trailerSize + 4) throw new RangeError("It is not a Parquet file, or not all of one.");
  const end = await read(Math.max(0, size - endSize), size);
  const length = footerLength(end, size);
  if (length > largestFooter) {
    throw new RangeError(`Its footer alone has ${sizeText(length)}, more than is read for a preview.`);
  }
  const [from, to] = [size - trailerSize - length, size - trailerSize];
  return {
    bytes: end.length >= length + trailerSize ? end.slice(-length - trailerSize, -trailerSize) : await read(from, to),
  };
}

async function shown(read: ReadBytes, footer: Uint8Array<ArrayBuffer>, about: ParquetFooter): Promise<Shown> {
  const { rows: total, columns, group } = about;
  const wanted = columns.slice(0, previewColumns);
  const asked = group ? group.chunks.filter(({ path }) => wanted.includes(path[0] ?? "")) : [];
  if (asked.length > mostChunks) throw new RangeError("Its columns are made of too many others.");
  const heads = await readHeads(read, asked, Math.min(previewRows, group?.rows ?? 0));
  const large = new Set(heads.filter(({ bytes }) => bytes === undefined).map(({ path }) => path[0] ?? ""));
  const parts = heads.flatMap(({ path, start, bytes }) => bytes && !large.has(path[0] ?? "") ? [{ start, bytes }] : []);
  const { rows, types, failed } = await decodeParquet({
    footer,
    group: group?.index ?? 0,
    columns: wanted.filter((name) => !large.has(name)),
    rows: group ? Math.min(previewRows, group.rows) : 0,
    parts,
  });
  const left = [...large, ...failed];
  const names = wanted.filter((name) => !left.includes(name));
  if (names.length === 0 && wanted.length > 0) throw new RangeError("None of its columns can be read for a preview.");
  return {
    kind: "table",
    table: {
      columns: names,
      types,
      rows,
      total,
      all_columns: columns.length,
      ...(left.length > 0 && { left_out: left }),
    },
  };
}
