import { isRecord, type JsonRecord } from "./json_values.ts";

/** A Jupyter notebook (nbformat 3, 4) as a page shows it. */

export interface Notebook {
  /** "python". */
  language: string;
  cells: NotebookCell[];
  /** Cells in all, where `cells` are the first of them. */
  total: number;
}

export interface NotebookCell {
  kind: "code" | "markdown" | "raw";
  source: string;
  /** What Jupyter counts beside the code. */
  count?: number;
  outputs: NotebookOutput[];
}

export type NotebookOutput =
  | { kind: "text"; text: string; error?: boolean }
  | { kind: "markdown"; text: string }
  /** Fetched apart: `part` names it in the notebook. `lines` guesses how tall HTML is, in rows. */
  | { kind: "image"; part: string }
  | { kind: "html"; part: string; lines: number };

/** Cells, and outputs of one, that a page carries; characters of a text output. */
const mostCells = 200;
const mostOutputs = 20;
const mostText = 20_000;

/** What an output is shown as, the best first. */
const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"] as const;
type ImageType = (typeof imageTypes)[number];

/** Lines of a notebook are a text or a list of texts. */
function joined(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || !value.every((line) => typeof line === "string")) return undefined;
  return value.join("");
}

/** Reads the JSON of a notebook; undefined for what is none. */
export function readNotebook(json: unknown): Notebook | undefined {
  const cells = cellsOf(json);
  if (!cells) return undefined;
  return {
    language: languageOf(json),
    cells: cells.slice(0, mostCells).map(readCell),
    total: cells.length,
  };
}

function cellsOf(json: unknown): JsonRecord[] | undefined {
  if (!isRecord(json)) return undefined;
  const [sheet]: unknown[] = Array.isArray(json.worksheets) ? json.worksheets : [];
  const cells = json.cells ?? (isRecord(sheet) ? sheet.cells : undefined);
  return Array.isArray(cells) ? cells.filter(isRecord) : undefined;
}

function languageOf(json: unknown): string {
  const metadata = isRecord(json) && isRecord(json.metadata) ? json.metadata : {};
  const { language_info, kernelspec } = metadata;
  const name = isRecord(language_info) ? language_info.name : isRecord(kernelspec) ? kernelspec.language : undefined;
  return typeof name === "string" ? name.toLowerCase() : "python";
}

function readCell(cell: JsonRecord, at: number): NotebookCell {
  const { cell_type, execution_count, prompt_number, outputs } = cell;
  const kind = cell_type === "markdown" || cell_type === "code"
    ? cell_type
    : cell_type === "heading"
    ? "markdown"
    : "raw";
  const count = execution_count ?? prompt_number;
  const list: unknown[] = kind === "code" && Array.isArray(outputs) ? outputs.slice(0, mostOutputs) : [];
  return {
    kind,
    source: joined(cell.source) ?? joined(cell.input) ?? "",
    ...(typeof count === "number" && { count }),
    outputs: list.flatMap((output, i) => readOutput(output, `${at}.${i}`)),
  };
}

function readOutput(output: unknown, part: string): NotebookOutput[] {
  if (!isRecord(output)) return [];
  if (output.output_type === "error" || output.output_type === "pyerr") {
    const trace = Array.isArray(output.traceback) ? output.traceback.filter((line) => typeof line === "string") : [];
    return [{ kind: "text", text: plain(trace.join("\n") || `${output.ename}: ${output.evalue}`), error: true }];
  }
  const text = joined(output.text);
  if (output.output_type === "stream" && text !== undefined) {
    return [{ kind: "text", text: plain(text), ...(output.name === "stderr" && { error: true }) }];
  }
  const data = dataOf(output);
  const html = joined(data["text/html"]);
  if (html !== undefined) return [{ kind: "html", part, lines: linesOf(html) }];
  if (imageTypes.some((type) => joined(data[type]) !== undefined)) return [{ kind: "image", part }];
  const markdown = joined(data["text/markdown"]);
  if (markdown !== undefined) return [{ kind: "markdown", text: markdown.slice(0, mostText) }];
  const simple = joined(data["text/plain"]) ?? joined(data["text/latex"]);
  return simple === undefined ? [] : [{ kind: "text", text: plain(simple) }];
}

/** By media type; nbformat 3 has short names beside the rest. */
function dataOf(output: JsonRecord): JsonRecord {
  if (isRecord(output.data)) return output.data;
  const { png, jpeg, svg, html, text } = output;
  return { "image/png": png, "image/jpeg": jpeg, "image/svg+xml": svg, "text/html": html, "text/plain": text };
}

/** Without the colours of terminals. */
// deno-lint-ignore no-control-regex -- escapes are what is looked for
const plain = (text: string): string => text.slice(0, mostText).replaceAll(/\x1b\[[\d;]*[A-Za-z]/g, "");

const linesOf = (html: string): number => Math.min(30, (html.match(/<(?:tr|p|li|h\d|br)\b/gi)?.length ?? 0) + 1);

/** A picture or HTML of a notebook by the name that `readNotebook` gave it; undefined where there is none. */
export function notebookPart(
  json: unknown,
  part: string,
): { type: ImageType | "text/html"; bytes: Uint8Array<ArrayBuffer> } | undefined {
  const [, cell, output] = /^(\d{1,6})\.(\d{1,6})$/.exec(part) ?? [];
  const outputs = cellsOf(json)?.[Number(cell)]?.outputs;
  const one: unknown = Array.isArray(outputs) ? outputs[Number(output)] : undefined;
  if (!isRecord(one)) return undefined;
  const data = dataOf(one);
  const html = joined(data["text/html"]);
  if (html !== undefined) return { type: "text/html", bytes: new TextEncoder().encode(html) };
  const type = imageTypes.find((known) => joined(data[known]) !== undefined);
  const value = type && joined(data[type]);
  if (type === undefined || value === undefined) return undefined;
  const bytes = type === "image/svg+xml" ? new TextEncoder().encode(value) : fromBase64(value);
  return bytes && { type, bytes };
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text.replaceAll(/\s/g, ""));
  } catch {
    return undefined;
  }
}
