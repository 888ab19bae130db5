import type { Column, Order } from "../domain/columns.ts";
import { orderAfterClick, orderOf, orderText } from "../domain/columns.ts";
import { usualPageSize } from "../domain/list_view.ts";
import { directionOf } from "../domain/metric_names.ts";
import { groupOrder } from "../domain/run_groups.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { href, path, type Query, queryText } from "./links.ts";

/** What the address of the runs table says, without what is usual. Pages begin anew and selected runs are the browser's to add. */
export function runsQuery(view: RunsQuery): Query {
  return {
    filter: view.filter,
    order_by: view.order_by,
    view: view.view === "active" ? undefined : view.view,
    max_results: view.max_results === usualPageSize ? undefined : view.max_results,
    columns: view.columns,
    differ: view.differ,
    closed: view.closed,
    group: view.group,
    group_order: view.group_order,
    open: view.open,
    baseline: view.baseline,
  };
}

export const runsPath = (experiment_id: string) => path`/experiments/${experiment_id}`;

/** The address of the same table with some choices changed. */
export function runsHref(experiment_id: string, view: RunsQuery, changes: Query = {}): string {
  const query = { ...runsQuery(view), ...changes };
  // The bare address leads to the default view of the experiment, when it has one.
  return href(runsPath(experiment_id), queryText(query) === "" ? { view: "active" } : query);
}

/** Newest first, when nobody says. */
export const usualOrder: Order = { column: { kind: "attributes", key: "start_time" }, descending: true };

export const currentOrder = (view: RunsQuery): Order | undefined =>
  view.order_by === "" ? usualOrder : orderOf(view.order_by);

/** Where a click on the head of a column leads: best values first, text from A to Z, runs from the newest. */
export function orderHref(experiment_id: string, view: RunsQuery, column: Column): string {
  const descendingFirst = column.kind === "metrics"
    ? directionOf(column.key) !== "lower"
    : column.kind === "attributes" && column.key === "start_time";
  const next = orderAfterClick(column, currentOrder(view), descendingFirst);
  return runsHref(experiment_id, view, { order_by: next === undefined ? undefined : orderText(next) });
}

export const currentGroupOrder = (view: RunsQuery) => groupOrder(view.group_order, currentOrder(view));

/** Where a click on the head of groups leads: names from A to Z first, the largest first. */
export function groupOrderHref(experiment_id: string, view: RunsQuery, by: "name" | "runs"): string {
  const now = currentGroupOrder(view);
  const lit = now.by === by ? now.descending : undefined;
  const next = by === "runs"
    ? lit === true ? "runs asc" : "runs desc"
    : lit === undefined
    ? "name asc"
    : lit
    ? undefined
    : "name desc";
  return runsHref(experiment_id, view, { group_order: next });
}

/** Where a click on a metric of groups leads: the best mean first. */
export function groupMetricHref(experiment_id: string, view: RunsQuery, key: string): string {
  const column: Column = { kind: "metrics", key };
  const now = view.group_order === undefined ? currentOrder(view) : undefined;
  const next = orderAfterClick(column, now, directionOf(key) !== "lower");
  return runsHref(experiment_id, view, {
    order_by: next === undefined ? undefined : orderText(next),
    group_order: undefined,
  });
}
