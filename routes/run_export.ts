import { stringify } from "csv-stringify/sync";
import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { Run } from "../domain/entities.ts";
import {
  type Cell,
  csvText,
  type ExportColumn,
  exportedRun,
  type ExportFormat,
  jsonValue,
} from "../domain/run_export.ts";

/** Runs as the bytes of a file, a part for each batch of runs: no more than one batch is held. */
export type Exporter = (columns: readonly ExportColumn[], batches: AsyncIterable<Run[]>) => AsyncGenerator<Uint8Array>;

const encoder = new TextEncoder();

/** The cells of runs, each made ready for a format. */
function* rowsOf<Value>(
  columns: readonly ExportColumn[],
  runs: readonly Run[],
  ready: (column: ExportColumn, cell: Cell) => Value,
): Generator<Value[]> {
  for (const run of runs.map(exportedRun)) yield columns.map((column) => ready(column, column.cell(run)));
}

/** A header, then a line a run. Text that a spreadsheet would run as a formula begins with an apostrophe. */
async function* csv(columns: readonly ExportColumn[], batches: AsyncIterable<Run[]>) {
  yield encoder.encode(stringify([columns.map(({ name }) => name)]));
  for await (const runs of batches) {
    if (runs.length > 0) yield encoder.encode(stringify([...rowsOf(columns, runs, csvText)]));
  }
}

/** An object a run and line; what a run does not have is left out. */
async function* json(columns: readonly ExportColumn[], batches: AsyncIterable<Run[]>) {
  const names = columns.map(({ name }) => name);
  for await (const runs of batches) {
    const lines = rowsOf(columns, runs, jsonValue).map((values) =>
      `${JSON.stringify(Object.fromEntries(values.map((value, i) => [names[i], value])))}\n`
    );
    if (runs.length > 0) yield encoder.encode([...lines].join(""));
  }
}

const parquetTypes = { text: "STRING", number: "DOUBLE", time: "TIMESTAMP" } as const;

/** Runs of a row group: readers hold one at a time. */
const groupRuns = 5000;

async function* parquet(columns: readonly ExportColumn[], batches: AsyncIterable<Run[]>) {
  const declared = columns.map(({ name, kind }) => ({ name, type: parquetTypes[kind], nullable: true, data: [] }));
  const bytes = new ByteWriter();
  const file = new ParquetWriter({ writer: bytes, schema: schemaFromColumnData({ columnData: declared }) });
  for await (const rows of grouped(columns, batches)) {
    file.write({
      columnData: columns.map(({ name }, i) => ({ name, data: rows.map((values) => values[i] ?? null) })),
      rowGroupSize: groupRuns,
    });
    yield taken(bytes);
  }
  file.finish();
  yield taken(bytes);
}

/** Times as milliseconds: a `Date` ends in the year 275760, a run's time may be later. */
const parquetValue = ({ kind }: ExportColumn, cell: Cell) =>
  kind === "time" && typeof cell === "number" ? BigInt(cell) : cell;

type ParquetRow = ReturnType<typeof parquetValue>[];

async function* grouped(columns: readonly ExportColumn[], batches: AsyncIterable<Run[]>): AsyncGenerator<ParquetRow[]> {
  let rows: ParquetRow[] = [];
  for await (const runs of batches) {
    rows.push(...rowsOf(columns, runs, parquetValue));
    if (rows.length < groupRuns) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** What was written since the last time. The writer goes on at its offset, from the beginning of its buffer. */
function taken(bytes: ByteWriter): Uint8Array {
  const written = bytes.getBytes().slice();
  bytes.index = 0;
  return written;
}

export const exporters: Record<ExportFormat, { write: Exporter; type: string; ending: string }> = {
  csv: { write: csv, type: "text/csv; charset=utf-8", ending: "csv" },
  json: { write: json, type: "application/x-ndjson", ending: "jsonl" },
  parquet: { write: parquet, type: "application/vnd.apache.parquet", ending: "parquet" },
};
