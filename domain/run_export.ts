import { type Column, columnName, columnOf } from "./columns.ts";
import { datasetsOf } from "./compare.ts";
import type { Run } from "./entities.ts";

/** Runs as a table: one row a run, one column a metric, param or tag, named as in MLflow's `search_runs`. */

export const exportFormats = ["csv", "json", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** `time` is in milliseconds since the epoch. */
export type CellKind = "text" | "number" | "time";
export type Cell = string | number | undefined;

export interface ExportColumn {
  /** `metrics.loss`, `params.lr`, `tags.team`, or `run_id` and other facts of the run itself. */
  name: string;
  kind: CellKind;
  cell: (run: ExportedRun) => Cell;
}

/** A run whose values can be looked up. */
export interface ExportedRun {
  info: Run["info"];
  /** Names of its datasets. */
  dataset: string | undefined;
  metrics: ReadonlyMap<string, number>;
  params: ReadonlyMap<string, string>;
  tags: ReadonlyMap<string, string>;
}

export function exportedRun(run: Run): ExportedRun {
  const { info, data } = run;
  const pairs = (list: Run["data"]["params"] = []) => new Map(list.map(({ key, value }) => [key, value]));
  return {
    info,
    dataset: [...new Set(datasetsOf(run).map(({ name }) => name))].join(", ") || undefined,
    metrics: new Map(data.metrics?.map(({ key, value }) => [key, value])),
    params: pairs(data.params),
    tags: pairs(data.tags),
  };
}

const fact = (name: string, kind: CellKind, cell: (info: Run["info"]) => Cell): ExportColumn => ({
  name,
  kind,
  cell: ({ info }) => cell(info),
});

/** A time of 0 is none. */
const facts: readonly ExportColumn[] = [
  fact("run_id", "text", ({ run_id }) => run_id),
  fact("run_name", "text", ({ run_name }) => run_name),
  fact("experiment_id", "text", ({ experiment_id }) => experiment_id),
  fact("status", "text", ({ status }) => status),
  fact("user_id", "text", ({ user_id }) => user_id),
  fact("start_time", "time", ({ start_time }) => start_time || undefined),
  fact("end_time", "time", ({ end_time }) => end_time || undefined),
  fact(
    "duration_ms",
    "number",
    ({ start_time, end_time }) => end_time && start_time ? end_time - start_time : undefined,
  ),
  { name: "dataset", kind: "text", cell: ({ dataset }) => dataset },
  fact("artifact_uri", "text", ({ artifact_uri }) => artifact_uri),
  fact("lifecycle_stage", "text", ({ lifecycle_stage }) => lifecycle_stage),
];

/** Always there, in this order, whichever columns are asked for. */
const always = ["run_id", "run_name", "status", "start_time"];

/** Facts that the table derives from tags. */
const fromTags: Readonly<Record<string, string>> = {
  user_id: "mlflow.user",
  source: "mlflow.source.name",
  commit: "mlflow.source.git.commit",
};

/** The keys that runs have. */
export interface ExportKeys {
  metrics: readonly string[];
  params: readonly string[];
  tags: readonly string[];
}

/** Every fact, metric, param and tag. */
export function allColumns(keys: ExportKeys): ExportColumn[] {
  return [
    ...facts,
    ...keys.metrics.map((key) => valueColumn({ kind: "metrics", key })),
    ...keys.params.map((key) => valueColumn({ kind: "params", key })),
    ...keys.tags.map((key) => valueColumn({ kind: "tags", key })),
  ];
}

/** The columns of these names, each once, after what says which run it is. Names that are none are left out. */
export function chosenColumns(names: readonly string[]): ExportColumn[] {
  const asked = names.flatMap((name) =>
    columnOf(name) ?? (facts.some((one) => one.name === name) ? attribute(name) : [])
  );
  const columns = [...facts.filter(({ name }) => always.includes(name)), ...asked.flatMap(exportColumn)];
  return columns.filter(({ name }, i) => columns.findIndex((one) => one.name === name) === i);
}

const attribute = (key: string): Column => ({ kind: "attributes", key });

function exportColumn(column: Column): ExportColumn | [] {
  if (column.kind !== "attributes") return valueColumn(column);
  const tag = fromTags[column.key];
  if (tag === undefined) {
    return facts.find(({ name }) => name === column.key || name === `${column.key}_ms`) ?? [];
  }
  return {
    name: column.key,
    kind: "text",
    cell: ({ info, tags }) => tags.get(tag) ?? ((column.key === "user_id" && info.user_id) || undefined),
  };
}

function valueColumn(column: Column): ExportColumn {
  const { kind, key } = column;
  const name = columnName(column);
  if (kind === "metrics") return { name, kind: "number", cell: ({ metrics }) => metrics.get(key) };
  return { name, kind: "text", cell: (run) => (kind === "params" ? run.params : run.tags).get(key) };
}

/** The list is OWASP's, with the wide forms that Apple's Numbers takes for the same. Numbers as text are none: "-1.0". */
const formula = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]inf(inity)?$/i;

/** A cell of a CSV file. Numbers as JavaScript writes them, which pandas and others read: NaN, Infinity; times in ISO 8601. */
export function csvText({ kind }: Pick<ExportColumn, "kind">, cell: Cell): string {
  if (cell === undefined) return "";
  if (typeof cell === "number") return kind === "time" ? isoTime(cell) : String(cell);
  return formula.test(cell) && !plainNumber.test(cell) ? `'${cell}` : cell;
}

/** A value of a JSON line. JSON has no NaN and no infinities: they are strings, as everywhere in MLflow's protocol. */
export function jsonValue({ kind }: Pick<ExportColumn, "kind">, cell: Cell): Cell {
  if (typeof cell !== "number") return cell;
  if (kind === "time") return isoTime(cell);
  return Number.isFinite(cell) ? cell : String(cell);
}

/** Beyond the years that a date can have, the milliseconds. */
const isoTime = (ms: number): string => Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
