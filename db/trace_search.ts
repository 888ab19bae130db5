import { invalid } from "../domain/errors.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { parseTraceFilter } from "../domain/filter/traces.ts";
import type { OrderKey, OrderTerm } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import { checkMaxResults } from "../domain/search_limits.ts";
import { parseTraceOrder } from "../domain/trace_order.ts";
import { type Fragment, joined } from "./filter_sql.ts";
import { afterSql, orderBySql, type SortColumn } from "./page_sql.ts";
import type { Sql } from "./sql.ts";
import { traceColumn, traceFilterSql } from "./trace_filter_sql.ts";
import { traceColumns, type TraceRow } from "./trace_rows.ts";
import { unprepared } from "./unprepared.ts";

export interface TraceSearch {
  experiment_ids: readonly string[];
  filter?: string | undefined;
  max_results: number;
  order_by: readonly string[];
  page_token?: string | undefined;
}

/**
 * One page of traces, and the token of the next one when there is more. INVALID_PARAMETER_VALUE for a filter, an order, a token or
 * a number that makes no sense.
 */
export async function searchTraces(
  sql: Sql,
  search: TraceSearch,
): Promise<{ traces: TraceRow[]; next_page_token?: string }> {
  const { max_results } = search;
  checkMaxResults(max_results);
  const filter = parseTraceFilter(search.filter);
  const order = parseTraceOrder(search.order_by);
  const experiments = search.experiment_ids.map(experimentNumber);
  const searched = {
    "Experiment IDs": experiments,
    "Filter string": search.filter ?? "",
    "Order by": search.order_by,
  };
  const after = parsePageToken(search.page_token, searched, order);
  const columns = order.map((term) => sortColumn(sql, term));
  const keys = joined(sql, columns.map(({ value }, index) => sql`${value} as ${sql(`key${index}`)}`), sql`, `) ?? sql``;
  const rows = await unprepared(sql<(TraceRow & Record<string, unknown>)[]>`
    select ${traceColumns(sql)}, ${keys} from weir.traces
    where traces.experiment_id = any(${experiments}::bigint[]) and ${traceFilterSql(sql, filter)}
      ${after ? sql`and ${afterSql(sql, columns, after)}` : sql``}
    order by ${orderBySql(sql, columns)} limit ${max_results + 1}`).catch(refusePattern);
  const traces = rows.slice(0, max_results);
  const last = traces.at(-1);
  if (rows.length <= max_results || last === undefined) return { traces };
  return { traces, next_page_token: printPageToken(order.map((_, index) => keyPart(last[`key${index}`])), searched) };
}

/** A regular expression of RLIKE is Postgres's to understand. */
function refusePattern(error: unknown): never {
  const wrong = error instanceof Error && "code" in error && error.code === "2201B";
  throw wrong ? invalid(`Invalid pattern of RLIKE: ${error.message}`) : error;
}

const keyPart = (value: unknown): OrderKey[number] =>
  typeof value === "number" || typeof value === "string" ? value : null;

const neverNull = new Set(["experiment_id", "timestamp_ms", "end_time_ms", "status", "request_id"]);

function sortColumn(sql: Sql, { field: { entity, key }, ascending }: OrderTerm): SortColumn {
  if (entity !== "attribute") {
    const pairs: Fragment = entity === "tag" ? sql`traces.tags` : sql`traces.metadata`;
    return { value: sql`(${pairs} ->> ${key}::text)`, storage: "text", ascending, nullable: true };
  }
  const { value, storage } = traceColumn(sql, key);
  return { value, storage, ascending, nullable: !neverNull.has(key) };
}
