import type { Field } from "../domain/filter/ast.ts";
import { datasetContext } from "../domain/filter/runs.ts";
import type { Fragment, Storage, Tables } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

/** Where the fields of runs stand. Runs are `r`. */
export function runTables(sql: Sql, joined?: Tables["joined"]): Tables {
  return {
    attribute: (key) => attribute(sql, key),
    pairs: (entity) => entity === "parameter" ? sql`r.params` : sql`r.tags`,
    exists: (field, fits) => field.entity === "dataset" ? datasets(sql, field, fits) : metrics(sql, field, fits),
    joined,
  };
}

/** The number of a metric's name; null for one that nobody ever logged. */
export const metricKey = (sql: Sql, name: string): Fragment =>
  sql`(select key from weir.metric_keys where name = ${name}::text)`;

function attribute(sql: Sql, key: string): { value: Fragment; storage: Storage } {
  switch (key) {
    case "run_name":
      return { value: sql`r.run_name`, storage: "text" };
    case "status":
      return { value: sql`r.status`, storage: "text" };
    case "user_id":
      return { value: sql`r.user_id`, storage: "text" };
    case "artifact_uri":
      return { value: sql`r.artifact_uri`, storage: "text" };
    case "start_time":
      return { value: sql`r.start_time`, storage: "bigint" };
    case "end_time":
      return { value: sql`r.end_time`, storage: "bigint" };
    default:
      return { value: sql`r.run_id`, storage: "text" };
  }
}

function metrics(sql: Sql, { key }: Field, fits?: (value: Fragment, storage: Storage) => Fragment): Fragment {
  const condition = fits ? sql`and ${fits(sql`m.value`, "double")}` : sql``;
  return sql`exists (select from weir.latest_metrics m
    where m.run = r.run and m.experiment_id = r.experiment_id and m.key = ${metricKey(sql, key)} ${condition})`;
}

function datasets(sql: Sql, { key }: Field, fits?: (value: Fragment, storage: Storage) => Fragment): Fragment {
  const value = key === "context"
    ? sql`(i.tags ->> ${datasetContext}::text)`
    : key === "name"
    ? sql`d.name`
    : sql`d.digest`;
  const condition = fits ? fits(value, "text") : sql`${value} is not null`;
  return sql`exists (select from weir.dataset_inputs i join weir.datasets d using (dataset)
    where i.run = r.run and ${condition})`;
}
