/** Decodes pages of a Parquet file, in a thread of its own: see `parquet_decoder.ts`, which starts it for each file. */
import { type FileMetaData, parquetMetadata, parquetRead, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { parentPort } from "node:worker_threads";
import { cellText, exactParsers, typeName } from "../domain/parquet_cells.ts";
import type { DecodedRows, ParquetParts } from "./parquet_decoder.ts";

parentPort?.once("message", async (parts: ParquetParts) => {
  parentPort?.postMessage(await decode(parts).catch(() => undefined));
});

async function decode({ footer, group, columns, rows, parts }: ParquetParts): Promise<DecodedRows> {
  const metadata = shortened(parquetMetadata(withTrailer(footer)), group, parts);
  const file = { byteLength: Number.MAX_SAFE_INTEGER, slice: sliceOf(parts) };
  const elements = new Map(parquetSchema(metadata).children.map((child) => [child.element.name, child]));
  const found: { type: string; cells: string[] }[] = [];
  const failed: string[] = [];
  for (const name of columns) { // one after the other, so that what is decoded of one is gone before the next
    const element = elements.get(name)?.element;
    try {
      const values = rows === 0 ? [] : await readColumn({ file, metadata, name, rows });
      if (!element || rows > 0 && values.length === 0) throw new RangeError("No value of it was read.");
      found.push({ type: typeName(element), cells: values.map((value) => cellText(value, element)) });
    } catch {
      failed.push(name);
    }
  }
  const height = found.reduce((least, { cells }) => Math.min(least, cells.length), rows);
  return {
    types: found.map(({ type }) => type),
    rows: Array.from(
      { length: found.length === 0 ? 0 : height },
      (_, row) => found.map(({ cells }) => cells[row] ?? ""),
    ),
    failed,
  };
}

/** More than what is read of a file. */
const longestSlice = 64_000_000;

/** The bytes of a file as far as they are here: neighbours may be asked for together, with a small gap between them. */
const sliceOf = (parts: ParquetParts["parts"]) => (from: number, to = from): ArrayBuffer => {
  if (to - from > longestSlice) throw new RangeError("It is more than was read.");
  const slice = new Uint8Array(to - from);
  for (const { start, bytes } of parts) {
    const [first, last] = [Math.max(start, from), Math.min(start + bytes.length, to)];
    if (first < last) slice.set(bytes.subarray(first - start, last - start), first - from);
  }
  return slice.buffer;
};

/** The LZ4 one fails at a page of nulls, which has no bytes. */
const unpackers: typeof compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (bytes: Uint8Array, length: number) => length === 0 ? new Uint8Array(0) : unpack(bytes, length),
  ]),
);

/** As if the file had the one row group, and in it the pages that are here. */
function shortened(metadata: FileMetaData, group: number, parts: ParquetParts["parts"]): FileMetaData {
  const lengths = new Map(parts.map(({ start, bytes }) => [start, bytes.length]));
  const row_groups = metadata.row_groups.slice(group, group + 1);
  for (const { meta_data } of row_groups.flatMap(({ columns }) => columns)) {
    if (!meta_data) continue;
    const start = Number(meta_data.dictionary_page_offset || meta_data.data_page_offset);
    meta_data.total_compressed_size = BigInt(lengths.get(start) ?? 0);
  }
  return { ...metadata, row_groups };
}

interface Column {
  file: { byteLength: number; slice: (start: number, end?: number) => ArrayBuffer };
  metadata: FileMetaData;
  name: string;
  rows: number;
}

/** The first values of a column, fewer where its pages hold fewer whole ones. */
async function readColumn({ file, metadata, name, rows }: Column): Promise<unknown[]> {
  let values: unknown[] = [];
  await parquetRead({
    file,
    metadata,
    columns: [name],
    rowStart: 0,
    rowEnd: rows,
    compressors: unpackers,
    // What is not marked as text may yet be: `cellText` looks.
    utf8: false,
    parsers: exactParsers,
    onComplete: (read: unknown[][]) => void (values = read.map(([value]) => value)),
  });
  const missing = values.indexOf(undefined);
  // The page may end in the middle of the last list.
  return missing < 0 ? values : values.slice(0, Math.max(0, missing - 1));
}

function withTrailer(footer: Uint8Array): ArrayBuffer {
  const bytes = new Uint8Array(footer.length + 8);
  bytes.set(footer);
  new DataView(bytes.buffer).setUint32(footer.length, footer.length, true);
  bytes.set(new TextEncoder().encode("PAR1"), footer.length + 4);
  return bytes.buffer;
}
