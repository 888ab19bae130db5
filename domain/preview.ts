import { parseJson } from "./json.ts";

/** Which preview a file of an artifact store gets, by its name and size, and what of its text is shown. */

/** How a file is shown. `none` is a name, a size and a link. */
export type PreviewKind = "image" | "json" | "parquet" | "table" | "text" | "none";

/** First bytes of a file that are read for a preview. */
export const previewBytes = 64_000;
/** Browsers decode a picture whole, in memory: a greater one is offered for download instead. */
const largestImage = 20_000_000;
/** Rows and columns of a table that are shown. */
export const previewRows = 100;
export const previewColumns = 50;

const images = new Set("apng avif bmp gif ico jpeg jpg png svg webp".split(" "));
const tables = new Set(["csv", "tsv"]);
const parquets = new Set(["parquet", "pq"]);
const jsons = new Set(["json", "geojson", "ipynb"]);
const texts = new Set(
  ("bat c cc cfg cnf conf cpp css cu dockerfile env err gitignore go h hocon hpp htm html ini java jl js jsonl jsx kt lock log lua m " +
    "makefile markdown md mjs mlmodel mlproject out patch diff php pl prop properties proto py pyi r rb readme license rs rst scala sh " +
    "sql srt svelte swift tex toml ts tsx txt vtt vue xml yaml yml zsh").split(" "),
);

/** `model/MLmodel` → mlmodel, `a.tar.gz` → gz, `.env` → env. */
const extensionOf = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf(".")) + 1).toLowerCase();

/** The preview of a file by its path, and its size in bytes where that is known. */
export function previewKind(path: string, size?: number): PreviewKind {
  const extension = extensionOf(path);
  if (size === 0) return "text";
  if (images.has(extension)) return size !== undefined && size > largestImage ? "none" : "image";
  if (jsons.has(extension)) return "json";
  if (parquets.has(extension)) return "parquet";
  if (tables.has(extension)) return "table";
  return texts.has(extension) ? "text" : "none";
}

/** Whether the first `previewBytes` of the file are wanted for it. */
export const needsHead = (kind: PreviewKind): boolean => kind === "json" || kind === "table" || kind === "text";

export interface Table {
  columns: string[];
  rows: string[][];
  /** Rows in all, as far as it was read; undefined where the file goes on. */
  total?: number;
  /** Of each column, where the file says. */
  types?: string[];
  /** How many columns there are, where `columns` may be the first of them. */
  all_columns?: number;
  /** Columns whose first rows alone are more than is read for a preview, or that cannot be decoded. */
  left_out?: string[];
}

/** What a preview shows of a file. `binary` is one whose name promised text; of an `unreadable` one a sentence says why. */
export type Shown =
  | { kind: "table"; table: Table }
  | { kind: "text"; text: string }
  | { kind: "unreadable"; reason: string }
  | { kind: "binary" };

/** What is shown of a file's first bytes, read as UTF-8. `cut` says that the file goes on after them. */
export function showHead(kind: PreviewKind, path: string, head: string, cut: boolean): Shown {
  if (head.includes("\0")) return { kind: "binary" };
  if (kind === "json") return showJson(head, cut);
  if (kind !== "table") return { kind: "text", text: head };
  const rows = parseCsv(head, delimiterOf(head, extensionOf(path)));
  if (cut && rows.length > 1) rows.pop(); // its end was not read
  const [columns = [], ...data] = rows;
  return { kind: "table", table: { columns, rows: data, ...(!cut && { total: data.length }) } };
}

function showJson(head: string, cut: boolean): Shown {
  const value = parsed(head) ?? (cut ? closeSplit(head) : undefined);
  const table = splitTable(value, cut);
  if (table) return { kind: "table", table };
  return { kind: "text", text: cut ? head : indented(head) };
}

/** Indented where it is JSON whose numbers survive the reading; as it is written otherwise (Python writes NaN, and long integers). */
function indented(text: string): string {
  if (/(?<=[\s:,[]-?)\d{16,}(?=[\s,}\]])/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined; // not JSON, or not all of it
  }
}

/** The beginning of `{"columns": [...], "data": [[...], [...` closed after one of its last whole rows. */
function closeSplit(head: string): unknown {
  if (!/^\s*\{\s*"columns"\s*:/.test(head)) return undefined;
  let end = head.length;
  for (let attempt = 0; attempt < 20 && end > 0; attempt++) { // a `]` may stand inside a text or a nested list
    end = head.lastIndexOf("]", end - 1);
    const value = parsed(`${head.slice(0, end + 1)}]}`);
    if (value !== undefined) return value;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What MLflow's `log_table` writes (pandas' "split"): `{"columns": [names], "data": [rows]}`. */
function splitTable(value: unknown, cut: boolean): Table | undefined {
  if (!isRecord(value) || !Array.isArray(value.columns) || !Array.isArray(value.data)) return undefined;
  const rows: unknown[] = value.data;
  if (!rows.every(Array.isArray)) return undefined;
  return {
    columns: value.columns.map(cellText),
    rows: rows.map((row: unknown[]) => row.map(cellText)),
    ...(!cut && { total: rows.length }),
  };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Tab in a `.tsv`; else whichever of comma, semicolon and tab the first line has most of. */
function delimiterOf(head: string, extension: string): string {
  if (extension === "tsv") return "\t";
  const [line = ""] = head.split("\n", 1);
  const counted = [",", ";", "\t"].map((mark) => ({ mark, count: line.split(mark).length }));
  return counted.reduce((most, each) => each.count > most.count ? each : most).mark;
}

/** Rows of RFC 4180: quoted fields may hold the delimiter, line ends and doubled quotes. Empty lines are left out. */
export function parseCsv(text: string, delimiter = ","): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0; // Excel's byte order mark
  while (at < text.length) {
    const [field, end] = text[at] === '"' ? quotedField(text, at, delimiter) : plainField(text, at, delimiter);
    row.push(field);
    at = end + 1;
    if (text[end] === delimiter && at < text.length) continue;
    if (text[end] === delimiter) row.push("");
    if (text[end] === "\r" && text[at] === "\n") at++;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}

function plainField(text: string, from: number, delimiter: string): [field: string, end: number] {
  let end = from;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end++;
  return [text.slice(from, end), end];
}

function quotedField(text: string, from: number, delimiter: string): [field: string, end: number] {
  let end = from + 1;
  while (end < text.length && !(text[end] === '"' && text[end + 1] !== '"')) end += text[end] === '"' ? 2 : 1;
  const inside = text.slice(from + 1, end).replaceAll('""', '"');
  const [after, stop] = plainField(text, end + 1, delimiter); // none, if the file keeps to the rules
  return [inside + after, stop];
}
