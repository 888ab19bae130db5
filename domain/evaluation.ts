import { compareNames } from "./metric_names.ts";

/** Tables that runs leave as artifacts (`mlflow.log_table`, `mlflow.evaluate`), of several runs side by side by row. */

/** The tag in which clients list the tables of a run: `[{"path": "eval_results_table.json", "type": "table"}]`. */
export const loggedArtifactsTag = "mlflow.loggedArtifacts";

/** The paths of a run's tables, as the tag tells; none for what is no such list. */
export function tablePaths(tag: string | undefined): string[] {
  const list = parsed(tag ?? "[]");
  if (!Array.isArray(list)) return [];
  const paths = list.flatMap((one: unknown) =>
    isRecord(one) && one.type === "table" && typeof one.path === "string" && one.path !== "" ? [one.path] : []
  );
  return [...new Set(paths)];
}

/** A picture in a cell: paths of artifacts of the same run. */
export interface CellImage {
  /** What is shown: small, where the client made it so. */
  path: string;
  whole: string;
}

export interface EvaluationCell {
  text: string;
  image?: CellImage;
  /** Of a number; 1 and 0 for true and false. */
  number?: number;
}

export interface EvaluationTable {
  columns: string[];
  rows: EvaluationCell[][];
}

/** pandas' "split" orientation: `{"columns": [...], "data": [[...]]}`. Undefined for anything else. */
export function readTable(text: string): EvaluationTable | undefined {
  const value = parsed(text);
  if (!isRecord(value) || !Array.isArray(value.columns) || !Array.isArray(value.data)) return undefined;
  const rows: unknown[] = value.data;
  if (!rows.every(Array.isArray)) return undefined;
  return { columns: value.columns.map(String), rows: rows.map((row: unknown[]) => row.map(cellOf)) };
}

function cellOf(value: unknown): EvaluationCell {
  if (value === null || value === undefined) return { text: "" };
  if (typeof value === "number") return { text: String(value), number: value };
  if (typeof value === "boolean") return { text: String(value), number: value ? 1 : 0 };
  if (typeof value === "string") return { text: value };
  const image = imageOf(value);
  return image ? { text: "", image } : { text: JSON.stringify(value) ?? "" };
}

function imageOf(value: unknown): CellImage | undefined {
  if (!isRecord(value) || value.type !== "image" || typeof value.filepath !== "string") return undefined;
  const { filepath, compressed_filepath } = value;
  return { path: typeof compressed_filepath === "string" ? compressed_filepath : filepath, whole: filepath };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // written by somebody else
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names that tell what was asked, from which rows are known again. */
const asked = /^(request_id|id|inputs?|question|prompt|query|request|text|messages)$/i;

/** The column by which rows of tables are brought together, where nobody says: undefined is by their number. */
export function usualKey(tables: readonly EvaluationTable[]): string | undefined {
  const [first] = tables;
  const shared = (first?.columns ?? []).filter((name) => tables.every(({ columns }) => columns.includes(name)));
  return shared.find((name) => asked.test(name)) ??
    shared.find((name) => tables.every((table) => isUnique(table, name)));
}

function isUnique({ columns, rows }: EvaluationTable, name: string): boolean {
  const at = columns.indexOf(name);
  const values = rows.map((row) => row[at]?.text ?? "");
  return !values.includes("") && new Set(values).size === values.length &&
    rows.every((row) => row[at]?.number === undefined);
}

/** A row of the runs: one cell a column and run. */
export interface EvaluationRow {
  /** What stands in the key's column; the number of the row where there is none. */
  key: EvaluationCell;
  /** Where the picture of the key is: the index of a run. */
  key_run: number;
  /** By column, then by run; undefined where a run has no such row or column. */
  cells: (EvaluationCell | undefined)[][];
  /** Any of the shown columns has more than one value. */
  differs: boolean;
}

export interface EvaluationColumn {
  name: string;
  /** All runs say the same in every row: shown once. */
  same: boolean;
  /** Of each run: the mean of its numbers, or the share of true; undefined where they are none. */
  means: (number | undefined)[];
}

export interface Evaluation {
  key: string | undefined;
  /** Names of all columns but the key. */
  known: string[];
  columns: EvaluationColumn[];
  rows: EvaluationRow[];
}

/** Columns that are shown where nobody chooses. */
const usualColumns = 6;

export interface EvaluationChoice {
  /** A column, "#" for the number of the row, or undefined for the usual one. */
  by: string | undefined;
  /** None: the page chooses. */
  columns: readonly string[];
}

/** The rows of the tables, one of each run, in the order of the first table; then those that only others have. */
export function evaluationOf(
  tables: readonly EvaluationTable[],
  { by, columns: chosen }: EvaluationChoice,
): Evaluation {
  const all = [...new Set(tables.flatMap(({ columns }) => columns))];
  const key = by === "#" ? undefined : by !== undefined && all.includes(by) ? by : usualKey(tables);
  const known = all.filter((name) => name !== key);
  const named = known.filter((name) => chosen.includes(name));
  const shown = named.length > 0 ? named : known.slice(0, usualColumns);
  const rows = joined(tables, key, shown);
  return {
    key,
    known: known.toSorted(compareNames),
    columns: shown.map((name, at) => ({
      name,
      same: tables.length > 1 && rows.every(({ cells }) => isShared(cells[at] ?? [])),
      means: tables.map((_, run) => meanOf(rows.map(({ cells }) => cells[at]?.[run]))),
    })),
    rows,
  };
}

/** Pictures have names of their own in every run, which say nothing of what is on them: two of them count as the same. */
export const sameCell = (a: EvaluationCell | undefined, b: EvaluationCell | undefined): boolean =>
  a?.text === b?.text && (a?.image === undefined) === (b?.image === undefined);

const allSame = (cells: readonly (EvaluationCell | undefined)[]): boolean =>
  cells.every((cell) => sameCell(cell, cells[0]));

const isShared = (cells: readonly (EvaluationCell | undefined)[]): boolean =>
  allSame(cells) && cells.every((cell) => cell?.image === undefined);

/** Rows with one key, in one table: told apart by their turn. */
function joined(
  tables: readonly EvaluationTable[],
  key: string | undefined,
  shown: readonly string[],
): EvaluationRow[] {
  const rows = new Map<string, EvaluationRow>();
  for (const [run, table] of tables.entries()) {
    const at = key === undefined ? -1 : table.columns.indexOf(key);
    const places = shown.map((name) => table.columns.indexOf(name));
    const turns = new Map<string, number>();
    for (const [number, cells] of table.rows.entries()) {
      const own: EvaluationCell = cells[at] ?? { text: key === undefined ? String(number + 1) : "" };
      const turn = turns.get(own.text) ?? 0;
      turns.set(own.text, turn + 1);
      const id = `${turn} ${own.text}`;
      const row = rows.get(id) ??
        { key: own, key_run: run, cells: shown.map(() => tables.map(() => undefined)), differs: false };
      rows.set(id, row);
      places.forEach((place, column) => (row.cells[column] ?? [])[run] = cells[place]);
    }
  }
  return [...rows.values()].map((row) => ({ ...row, differs: row.cells.some((cells) => !allSame(cells)) }));
}

function meanOf(cells: readonly (EvaluationCell | undefined)[]): number | undefined {
  const there = cells.filter((cell) => cell !== undefined && (cell.text !== "" || cell.image !== undefined));
  const numbers = there.map((cell) => cell?.number).filter((number) => number !== undefined);
  if (numbers.length === 0 || numbers.length < there.length) return undefined;
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** Rows that differ, where only they are wanted, and that hold the words in any shown cell, whatever their case. */
export function sought(
  rows: readonly EvaluationRow[],
  { search, differ }: { search: string; differ: boolean },
): EvaluationRow[] {
  const words = search.toLowerCase();
  const holds = (cell: EvaluationCell | undefined): boolean => cell?.text.toLowerCase().includes(words) ?? false;
  return rows.filter((row) =>
    (!differ || row.differs) && (words === "" || holds(row.key) || row.cells.some((cells) => cells.some(holds)))
  );
}
