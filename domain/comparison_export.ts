import type { MetricRow, TextRow } from "./compare.ts";
import type { ComparedRuns } from "./comparison.ts";
import type { Run } from "./entities.ts";
import { delta, number, type NumberStyle, numberStyle } from "./format.ts";
import { csvText, jsonValue } from "./run_export.ts";

/** A comparison as a file: a row for each thing that runs are compared by, a column for each run. */

/** Only rows that differ, or all. */
export type ExportedRows = "diff" | "all";

const shown = <Row extends { differs: boolean }>(rows: readonly Row[], only: ExportedRows): Row[] =>
  rows.filter((row) => only === "all" || row.differs);

const textOf = (key: string, value: string | undefined): string | undefined =>
  key === "Started" && value !== undefined ? isoTime(Number(value)) : value;

const isoTime = (ms: number): string => Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);

/** Rows of cells for CSV. Texts that a spreadsheet would run as a formula begin with an apostrophe. */
export function comparisonCells(found: ComparedRuns, runs: readonly Run[], only: ExportedRows): string[][] {
  const text = (cell: string | undefined): string => csvText({ kind: "text" }, cell);
  const row = (group: string, { key, cells }: TextRow): string[] => [
    text(group),
    text(key),
    "",
    ...cells.map(({ value }) => text(textOf(key, value))),
  ];
  return [
    ["group", "name", "better", ...runs.map(({ info }) => text(info.run_name))],
    ["run", "run_id", "", ...runs.map(({ info }) => info.run_id)],
    ["run", "baseline", "", ...runs.map((_, i) => i === found.baseline ? "yes" : "")],
    ...shown(found.metrics, only).map(({ key, direction, cells }) => [
      "metrics",
      text(key),
      direction === "unknown" ? "" : direction,
      ...cells.map((cell) => cell ? String(cell.value) : ""),
    ]),
    ...found.sections.flatMap(({ title, rows }) => shown(rows, only).map((one) => row(title.toLowerCase(), one))),
  ];
}

/** As JSON has it: NaN and infinities are strings. */
export function comparisonJson(found: ComparedRuns, runs: readonly Run[], only: ExportedRows) {
  const value = (number: number) => jsonValue({ kind: "number" }, number);
  return {
    runs: runs.map(({ info: { run_id, run_name, experiment_id, status } }) => ({
      run_id,
      run_name,
      experiment_id,
      status,
    })),
    baseline: runs[found.baseline]?.info.run_id,
    metrics: shown(found.metrics, only).map(({ key, direction, differs, cells }) => ({
      name: key,
      better: direction,
      differs,
      values: cells.map((cell) => cell ? value(cell.value) : null),
      deltas: cells.map((cell) => cell?.delta === undefined ? null : value(cell.delta)),
      best: cells.flatMap((cell, i) => cell?.best ? [runs[i]?.info.run_id ?? ""] : []),
    })),
    groups: found.sections.map(({ title, rows }) => ({
      name: title.toLowerCase(),
      rows: shown(rows, only).map(({ key, differs, cells }) => ({
        name: key,
        differs,
        values: cells.map((cell) => textOf(key, cell.value) ?? null),
      })),
    })),
  };
}

/** What Markdown would take for more than text. Line ends would end the row. */
const plain = (text: string): string =>
  text.slice(0, 300).replace(/[\\`*_{}[\]<>|#~!&]/g, "\\$&").replace(/\s*[\r\n]+\s*/g, " ");

/** A table for an issue, a message or a page of notes. */
export function comparisonMarkdown(
  found: ComparedRuns,
  runs: readonly Run[],
  only: ExportedRows,
  linkTo: (run_id: string) => string,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const heads = runs.map(({ info }, i) =>
    `[${plain(info.run_name)}](${linkTo(info.run_id)})${i === found.baseline ? " (baseline)" : ""}`
  );
  const metrics = shown(found.metrics, only);
  const table = (title: string, rows: readonly (readonly string[])[]): string[] =>
    rows.length === 0 ? [] : [line([`**${title}**`, ...runs.map(() => "")]), ...rows.map(line)];
  return [
    line(["", ...heads]),
    line(["---", ...runs.map(() => "---:")]),
    ...table("Metrics", metrics.map(metricCells)),
    ...found.sections.flatMap(({ title, rows }) =>
      table(
        title,
        shown(rows, only).map(({ key, cells }) => [
          plain(key),
          ...cells.map(({ value }) => plain(textOf(key, value) ?? "")),
        ]),
      )
    ),
    "",
  ].join("\n");
}

const arrows = { lower: " ↓", higher: " ↑", unknown: "" } as const;

function metricCells({ key, direction, cells }: MetricRow): string[] {
  const style = numberStyle(cells.flatMap((cell) => cell ? [cell.value] : []));
  return [plain(key) + arrows[direction], ...cells.map((cell) => metricText(cell, style))];
}

function metricText(cell: MetricRow["cells"][number], style: NumberStyle): string {
  if (!cell) return "";
  const value = cell.best ? `**${number(cell.value, style)}**` : number(cell.value, style);
  if (cell.delta === undefined) return value;
  const mark = cell.verdict === "better" ? "▲ " : cell.verdict === "worse" ? "▼ " : "";
  return `${value} (${mark}${delta(cell.delta, style)})`;
}
