import type { ModelVersion } from "../domain/entities.ts";
import { modelVersionDialect } from "../domain/filter/model_versions.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { withoutPrompts } from "../domain/filter/prompts.ts";
import { modelVersionKey, parseModelVersionOrder } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import { checkRegistryMaxResults, mostModelVersions } from "../domain/search_limits.ts";
import { type Column, filterSql, type Tables } from "./filter_sql.ts";
import { afterSql, orderBySql } from "./page_sql.ts";
import { hydrateModelVersions, type ModelVersionRow } from "./registry_rows.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

export interface ModelVersionSearch {
  filter?: string | undefined;
  /** 1 to 200,000; 200,000 when nobody says. */
  max_results?: number;
  order_by?: readonly string[];
  page_token?: string | undefined;
}

/**
 * One page of model versions, and the token of the next one when there is more. Those of prompts, by their own tag, are among
 * them only if the filter speaks of that tag. INVALID_PARAMETER_VALUE for a filter, an order, a token or a number that makes no
 * sense.
 */
export async function searchModelVersions(
  sql: Sql,
  search: ModelVersionSearch,
): Promise<{ model_versions: ModelVersion[]; next_page_token?: string }> {
  const { max_results = mostModelVersions, order_by = [] } = search;
  checkRegistryMaxResults(max_results, 1, mostModelVersions);
  const filter = withoutPrompts(parseFilter(search.filter, modelVersionDialect));
  const order = parseModelVersionOrder(order_by);
  const searched = { "Filter string": search.filter ?? "", "Order by": order_by };
  const after = parsePageToken(search.page_token, searched, order);
  const columns = order.map(({ field, ascending }) => ({ ...column(sql, field.key), ascending, nullable: false }));
  const rows = await unprepared(sql<ModelVersionRow[]>`
    select v.*, m.name from weir.model_versions v join weir.registered_models m using (model)
    where ${filterSql(sql, filter, tables(sql))} ${after ? sql`and ${afterSql(sql, columns, after)}` : sql``}
    order by ${orderBySql(sql, columns)} limit ${max_results + 1}`);
  const model_versions = await hydrateModelVersions(sql, rows.slice(0, max_results));
  const last = model_versions.at(-1);
  if (rows.length <= max_results || last === undefined) return { model_versions };
  return { model_versions, next_page_token: printPageToken(modelVersionKey(last, order), searched) };
}

/** Where the fields of model versions stand. Versions are `v`, their models `m`. */
const tables = (sql: Sql): Tables => ({
  attribute: (key) => column(sql, key),
  pairs: () => sql`v.tags`,
  several: new Set(["alias"]),
  exists: (_field, fits) =>
    sql`exists (select from weir.model_aliases a where a.model = v.model and a.version = v.version
      ${fits ? sql`and ${fits(sql`a.alias`, "text")}` : sql``})`,
});

const texts = ["run_id", "run_link", "current_stage", "status", "model_id"];
const optionalTexts = ["description", "user_id", "status_message"];
const times = ["creation_timestamp", "last_updated_timestamp"];

function column(sql: Sql, key: string): Column {
  if (texts.includes(key)) return { value: sql`v.${sql(key)}`, storage: "text" };
  if (optionalTexts.includes(key)) return { value: sql`nullif(v.${sql(key)}, '')`, storage: "text" };
  if (times.includes(key)) return { value: sql`v.${sql(key)}`, storage: "bigint" };
  switch (key) {
    case "version_number":
      return { value: sql`v.version`, storage: "bigint" };
    case "source_path":
      return { value: sql`v.source`, storage: "text" };
    default:
      return { value: sql`m.name`, storage: "text" };
  }
}
