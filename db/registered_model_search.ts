import type { RegisteredModel } from "../domain/entities.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { withoutPrompts } from "../domain/filter/prompts.ts";
import { registeredModelDialect } from "../domain/filter/registered_models.ts";
import { parseRegisteredModelOrder, registeredModelKey } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import { checkRegistryMaxResults, mostRegisteredModels } from "../domain/search_limits.ts";
import { type Column, filterSql, type Tables } from "./filter_sql.ts";
import { afterSql, orderBySql } from "./page_sql.ts";
import { hydrateRegisteredModels, type RegisteredModelRow } from "./registry_rows.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

export interface RegisteredModelSearch {
  filter?: string | undefined;
  /** 0 to 1,000; 100 when nobody says. */
  max_results?: number;
  order_by?: readonly string[];
  page_token?: string | undefined;
}

/**
 * One page of registered models, and the token of the next one when there is more. Prompts are among them only if the filter
 * speaks of their tag. A page of 0 models is empty and has no token (MLflow gives one that leads to the same page for ever).
 * INVALID_PARAMETER_VALUE for a filter, an order, a token or a number that makes no sense.
 */
export async function searchRegisteredModels(
  sql: Sql,
  search: RegisteredModelSearch,
): Promise<{ registered_models: RegisteredModel[]; next_page_token?: string }> {
  const { max_results = 100, order_by = [] } = search;
  checkRegistryMaxResults(max_results, 0, mostRegisteredModels);
  const filter = withoutPrompts(parseFilter(search.filter, registeredModelDialect));
  const order = parseRegisteredModelOrder(order_by);
  const searched = { "Filter string": search.filter ?? "", "Order by": order_by };
  const after = parsePageToken(search.page_token, searched, order);
  const columns = order.map(({ field, ascending }) => ({ ...column(sql, field.key), ascending, nullable: false }));
  const rows = await unprepared(sql<RegisteredModelRow[]>`
    select m.* from weir.registered_models m
    where ${filterSql(sql, filter, tables(sql))} ${after ? sql`and ${afterSql(sql, columns, after)}` : sql``}
    order by ${orderBySql(sql, columns)} limit ${max_results + 1}`);
  const registered_models = await hydrateRegisteredModels(sql, rows.slice(0, max_results));
  const last = registered_models.at(-1);
  if (rows.length <= max_results || last === undefined) return { registered_models };
  return { registered_models, next_page_token: printPageToken(registeredModelKey(last, order), searched) };
}

/** Where the fields of registered models stand. Models are `m`. */
const tables = (sql: Sql): Tables => ({
  attribute: (key) => column(sql, key),
  pairs: () => sql`m.tags`,
  several: new Set(["alias"]),
  exists: (_field, fits) =>
    sql`exists (select from weir.model_aliases a where a.model = m.model
      ${fits ? sql`and ${fits(sql`a.alias`, "text")}` : sql``})`,
});

const optionalTexts = ["description", "user_id", "deployment_job_id"];
const times = ["creation_timestamp", "last_updated_timestamp"];

function column(sql: Sql, key: string): Column {
  if (optionalTexts.includes(key)) return { value: sql`nullif(m.${sql(key)}, '')`, storage: "text" };
  if (times.includes(key)) return { value: sql`m.${sql(key)}`, storage: "bigint" };
  return { value: sql`m.name`, storage: "text" };
}
