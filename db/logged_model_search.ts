import type { LoggedModel } from "../domain/entities.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { comparisons } from "../domain/filter/ast.ts";
import { type DatasetFilter, loggedModelDialect } from "../domain/filter/logged_models.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { checkText } from "../domain/filter/tokens.ts";
import { invalid } from "../domain/errors.ts";
import { modelKey, type ModelOrderBy, type OrderTerm, parseModelOrder } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import { checkMaxResults, mostResults } from "../domain/search_limits.ts";
import { type Column, filterSql, type Fragment, joined, type Tables } from "./filter_sql.ts";
import { hydrateLoggedModels, type LoggedModelRow } from "./logged_model_rows.ts";
import { afterSql, orderBySql, type SortColumn } from "./page_sql.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

export interface LoggedModelSearch {
  experiment_ids: readonly string[];
  filter?: string | undefined;
  /** Metrics count only if they were measured on one of these; without any clause on a metric, a model needs one that was. */
  datasets?: readonly { dataset_name: string; dataset_digest?: string | undefined }[];
  /** 0 stands for 50. */
  max_results?: number;
  order_by?: readonly ModelOrderBy[];
  page_token?: string | undefined;
}

/**
 * One page of logged models that are not deleted, and the token of the next one when there is more. INVALID_PARAMETER_VALUE for
 * a filter, an order, a token or a number that makes no sense.
 */
export async function searchLoggedModels(
  sql: Sql,
  search: LoggedModelSearch,
): Promise<{ models: LoggedModel[]; next_page_token?: string }> {
  const max_results = Math.min(search.max_results || 50, mostResults);
  checkMaxResults(max_results);
  const datasets = (search.datasets ?? []).map(checkDataset);
  const filter = parseFilter(search.filter, loggedModelDialect);
  const order = parseModelOrder(search.order_by ?? []);
  const experiments = search.experiment_ids.map(experimentNumber);
  const searched = {
    "Experiment IDs": experiments,
    "Filter string": search.filter ?? "",
    "Order by": search.order_by ?? [],
    "Datasets": datasets,
  };
  const after = parsePageToken(search.page_token, searched, order);
  const { columns, joins } = sorting(sql, order);
  const hasMetrics = comparisons(filter).some(({ field }) => field.entity === "metric");
  const measured = datasets.length > 0 && !hasMetrics ? sql`and ${measuredSql(sql, datasets)}` : sql``;
  const rows = await unprepared(sql<LoggedModelRow[]>`
    select l.* from weir.logged_models l ${joins}
    where l.experiment_id = any(${experiments}::bigint[]) and l.lifecycle_stage = 'active'
      and ${filterSql(sql, filter, modelTables(sql, datasets))} ${measured}
      ${after ? sql`and ${afterSql(sql, columns, after)}` : sql``}
    order by ${orderBySql(sql, columns)} limit ${max_results + 1}`);
  const models = await hydrateLoggedModels(sql, rows.slice(0, max_results));
  const last = models.at(-1);
  if (rows.length <= max_results || last === undefined) return { models };
  return { models, next_page_token: printPageToken(modelKey(last, order), searched) };
}

function checkDataset(dataset: { dataset_name: string; dataset_digest?: string | undefined }): DatasetFilter {
  const { dataset_name, dataset_digest } = dataset;
  if (dataset_name === "") throw invalid("`dataset_name` in the `datasets` clause must be specified.");
  checkText(dataset_name);
  checkText(dataset_digest ?? "");
  return { dataset_name, ...(dataset_digest && { dataset_digest }) };
}

/** Where the fields of logged models stand. Logged models are `l`. */
const modelTables = (sql: Sql, datasets: readonly DatasetFilter[]): Tables => ({
  attribute: (key) => column(sql, key),
  pairs: (entity) => entity === "parameter" ? sql`l.params` : sql`l.tags`,
  exists: ({ key }, fits) =>
    sql`exists (select from weir.logged_model_metrics m
      where m.model_id = l.model_id and m.key = (select key from weir.metric_keys where name = ${key}::text)
        ${datasets.length > 0 ? sql`and ${onDatasets(sql, datasets)}` : sql``}
        ${fits ? sql`and ${fits(sql`m.value`, "double")}` : sql``})`,
});

const measuredSql = (sql: Sql, datasets: readonly DatasetFilter[]): Fragment =>
  sql`exists (select from weir.logged_model_metrics m where m.model_id = l.model_id and ${onDatasets(sql, datasets)})`;

/** Whether the metric `m` was measured on one of the datasets. */
function onDatasets(sql: Sql, datasets: readonly Partial<DatasetFilter>[]): Fragment {
  const each = datasets.map(({ dataset_name, dataset_digest }) => {
    const name = dataset_name === undefined ? sql`true` : sql`m.dataset_name = ${dataset_name}::text`;
    return dataset_digest === undefined ? name : sql`${name} and m.dataset_digest = ${dataset_digest}::text`;
  });
  return sql`(${joined(sql, each, sql` or `) ?? sql`true`})`;
}

function column(sql: Sql, key: string): Column {
  switch (key) {
    case "name":
      return { value: sql`l.name`, storage: "text" };
    case "model_type":
      return { value: sql`l.model_type`, storage: "text" };
    case "status":
      return { value: sql`l.status`, storage: "text" };
    case "status_message":
      return { value: sql`l.status_message`, storage: "text" };
    case "source_run_id":
      return { value: sql`l.source_run_id`, storage: "text" };
    case "experiment_id":
      return { value: sql`l.experiment_id::text`, storage: "text" };
    case "artifact_uri":
      return { value: sql`l.artifact_uri`, storage: "text" };
    case "creation_timestamp_ms":
      return { value: sql`l.creation_timestamp_ms`, storage: "bigint" };
    case "last_updated_timestamp_ms":
      return { value: sql`l.last_updated_timestamp_ms`, storage: "bigint" };
    default:
      return { value: sql`l.model_id`, storage: "text" };
  }
}

const mayBeNull = new Set(["model_type", "status_message", "source_run_id"]);

/** What models are sorted by, and the joins that it needs. Of a metric with several values the newest counts. */
function sorting(sql: Sql, order: readonly OrderTerm[]): { columns: SortColumn[]; joins: Fragment } {
  const joins: Fragment[] = [];
  const columns = order.map(({ field: { entity, key }, ascending, dataset = {} }, index): SortColumn => {
    if (entity !== "metric") return { ...column(sql, key), ascending, nullable: mayBeNull.has(key) };
    const alias = sql`${sql(`m${index}`)}`;
    joins.push(sql`left join lateral (
      select m.value from weir.logged_model_metrics m
      where m.model_id = l.model_id and m.key = (select key from weir.metric_keys where name = ${key}::text)
        and ${onDatasets(sql, [dataset])}
      order by m.timestamp desc, m.step desc, m.run_id limit 1) ${alias} on true`);
    return { value: sql`${alias}.value`, storage: "double", ascending, nullable: true, nan: true };
  });
  return { columns, joins: joined(sql, joins, sql` `) ?? sql`` };
}
