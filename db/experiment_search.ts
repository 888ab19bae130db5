import type { Experiment, ViewType } from "../domain/entities.ts";
import { experimentDialect } from "../domain/filter/experiments.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { experimentKey, parseExperimentOrder } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import { checkMaxResults, stagesOf } from "../domain/search_limits.ts";
import { type ExperimentRow, toExperiment } from "./experiment_rows.ts";
import { type Column, filterSql, type Tables } from "./filter_sql.ts";
import { afterSql, orderBySql } from "./page_sql.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

export interface ExperimentSearch {
  view_type?: ViewType;
  /** 1 to 50,000. MLflow has no default. */
  max_results: number;
  filter?: string | undefined;
  order_by?: readonly string[];
  page_token?: string | undefined;
}

/**
 * One page of experiments as it travels: no list when there is none, and the token of the next page when there is more.
 * INVALID_PARAMETER_VALUE for a filter, an order, a token or a number that makes no sense.
 */
export async function searchExperiments(
  sql: Sql,
  search: ExperimentSearch,
): Promise<{ experiments?: Experiment[]; next_page_token?: string }> {
  const { max_results, view_type = "ACTIVE_ONLY", order_by = [] } = search;
  checkMaxResults(max_results);
  const filter = parseFilter(search.filter, experimentDialect);
  const order = parseExperimentOrder(order_by);
  const searched = { "Filter string": search.filter ?? "", "View type": view_type, "Order by": order_by };
  const after = parsePageToken(search.page_token, searched, order);
  const columns = order.map(({ field, ascending }) => ({
    ...(field.key === "experiment_id"
      ? { value: sql`e.experiment_id`, storage: "bigint" as const }
      : column(sql, field.key)),
    ascending,
    nullable: false,
  }));
  const rows = await unprepared(sql<ExperimentRow[]>`
    select e.* from weir.experiments e
    where e.lifecycle_stage = any(${[...stagesOf[view_type]]}::text[]) and ${filterSql(sql, filter, tables(sql))}
      ${after ? sql`and ${afterSql(sql, columns, after)}` : sql``}
    order by ${orderBySql(sql, columns)} limit ${max_results + 1}`);
  const experiments = rows.slice(0, max_results).map(toExperiment);
  const last = experiments.at(-1);
  if (last === undefined) return {};
  if (rows.length <= max_results) return { experiments };
  return { experiments, next_page_token: printPageToken(experimentKey(last, order), searched) };
}

/** Where the fields of experiments stand. Experiments are `e`. */
const tables = (sql: Sql): Tables => ({
  attribute: (key) => column(sql, key),
  pairs: () => sql`e.tags`,
  exists: () => sql`false`,
});

function column(sql: Sql, key: string): Column {
  switch (key) {
    case "name":
      return { value: sql`e.name`, storage: "text" };
    case "creation_time":
      return { value: sql`e.creation_time`, storage: "bigint" };
    case "last_update_time":
      return { value: sql`e.last_update_time`, storage: "bigint" };
    default:
      return { value: sql`e.experiment_id::text`, storage: "text" };
  }
}

/** The names of the active experiments, those that changed last first. */
export async function experimentNames(sql: Sql, most: number): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select name from weir.experiments where lifecycle_stage = 'active'
    order by last_update_time desc, experiment_id desc limit ${most}`;
  return rows.map(({ name }) => name);
}
