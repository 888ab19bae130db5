import { type Column, columnOf } from "./columns.ts";
import { combine, type Comparison, type Field } from "./filter/ast.ts";
import { parseFilter } from "./filter/parse.ts";
import { printFilter } from "./filter/print.ts";
import { runDialect } from "./filter/runs.ts";
import { compareMetricNames, directionOf } from "./metric_names.ts";

/** Runs that share a value of a param, a tag or a fact, and what their metrics come to. */
export interface RunGroup {
  /** Undefined: the runs that have none. */
  value: string | undefined;
  runs: number;
  /** In the order in which the metrics were asked for; undefined where no run of the group has the metric. */
  metrics: (GroupStat | undefined)[];
}

/** Of the latest values of one metric. Mean, deviation, least and greatest are of the finite ones. */
export interface GroupStat {
  /** Finite values. */
  count: number;
  /** NaN and infinities. */
  odd: number;
  /** Undefined where there is none, or where the numbers are too great to be added up. */
  mean: number | undefined;
  /** Of a sample; undefined for fewer than two. */
  deviation: number | undefined;
  least: number | undefined;
  greatest: number | undefined;
}

/** Facts of a run that runs can be grouped by, beside any param and any tag. */
export const groupFacts = ["user_id", "status", "source", "commit", "dataset"] as const;

/** The column that a text names, if runs can be grouped by it. */
export function groupOf(name: string | undefined): Column | undefined {
  const column = columnOf(name ?? "");
  if (column === undefined || column.kind === "metrics") return undefined;
  if (column.kind === "attributes" && !groupFacts.some((key) => key === column.key)) return undefined;
  return column;
}

/** Where the value of a group stands, as the filter names it. */
export function groupField({ kind, key }: Column): Field {
  if (kind === "params") return { entity: "parameter", key, type: "string" };
  if (kind === "tags") return { entity: "tag", key, type: "string" };
  if (key === "source") return { entity: "tag", key: "mlflow.source.name", type: "string" };
  if (key === "commit") return { entity: "tag", key: "mlflow.source.git.commit", type: "string" };
  if (key === "dataset") return { entity: "dataset", key: "name", type: "string" };
  return { entity: "attribute", key, type: "string" };
}

/** The filter that finds the runs of one group: what was asked before, and the group's value. */
export function filterOfGroup(filter: string, column: Column, value: string | undefined): string {
  const clause: Comparison = {
    kind: "comparison",
    field: groupField(column),
    operator: value === undefined ? "IS NULL" : "=",
    values: value === undefined ? [] : [value],
    at: { offset: 0, length: 0 },
  };
  return printFilter(combine("and", [parseFilter(filter, runDialect), clause]));
}

/** A group in an address: "=vit"; "none" for the runs without a value. */
export const groupToken = (value: string | undefined): string => value === undefined ? "none" : `=${value}`;

/** The value of a token; null where it is no token. */
export function groupInToken(token: string): string | undefined | null {
  if (token === "none") return undefined;
  return token.startsWith("=") ? token.slice(1) : null;
}

export const groupOrders = ["runs desc", "runs asc", "name asc", "name desc"] as const;

/** What groups are ordered by: how many runs they have, their name, or the mean of a metric. */
export type GroupOrder =
  | { by: "runs" | "name"; descending: boolean }
  | { by: "metric"; key: string; descending: boolean };

/** `told` is one of `groupOrders`; without it the order of the runs counts where it is one of a metric. Usually the largest come first. */
export function groupOrder(
  told: (typeof groupOrders)[number] | undefined,
  runs: { column: Column; descending: boolean } | undefined,
): GroupOrder {
  if (told !== undefined) return { by: told.startsWith("runs") ? "runs" : "name", descending: told.endsWith("desc") };
  if (runs?.column.kind === "metrics") return { by: "metric", key: runs.column.key, descending: runs.descending };
  return { by: "runs", descending: true };
}

/** As many metrics as fit beside the name of a group at 1440 px: each takes three columns. */
const chosenMetrics = 3;
const mostMetrics = 20;

/** The metrics of a table of groups: those that were chosen, or else those that say how good a run is, of held-out data first. */
export function groupMetrics(
  columns: readonly string[],
  known: readonly string[],
  order: GroupOrder,
): string[] {
  const told = columns.map(columnOf).flatMap((column) => column?.kind === "metrics" ? [column.key] : []);
  const usual = known.filter((key) => !key.startsWith("system/")).toSorted((a, b) =>
    Number(directionOf(a) === "unknown") - Number(directionOf(b) === "unknown") || compareMetricNames(a, b)
  );
  const metrics = columns.length > 0 ? told : usual.slice(0, chosenMetrics);
  const first = order.by === "metric" ? [order.key] : [];
  return [...new Set([...first.filter((key) => !metrics.includes(key)), ...metrics])].slice(0, mostMetrics);
}
