import type { Field } from "../domain/filter/ast.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { datasetContext } from "../domain/filter/runs.ts";
import type { Fragment } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

/** Of how many runs, the newest first, values are looked for, and how long they may be. */
const runsLookedAt = 2000, longest = 200;

/** The values that runs of an experiment have for a field of text: those that begin like `begun` first, then the most frequent. */
export async function runValues(
  sql: Sql,
  experiment_id: string,
  field: Field,
  begun: string,
  most: number,
): Promise<{ value: string; runs: number }[]> {
  const wanted = begun.toLowerCase();
  return await sql<{ value: string; runs: number }[]>`
    with newest as materialized (
      select * from weir.runs where experiment_id = ${experimentNumber(experiment_id)} and lifecycle_stage = 'active'
      order by start_time desc, run_id limit ${runsLookedAt}
    ), told as (select ${valueSql(sql, field)} as value from newest r ${joinSql(sql, field)})
    select value, count(*)::int as runs from told
    where value is not null and length(value) <= ${longest} and position(${wanted}::text in lower(value)) > 0
    group by value
    order by not starts_with(lower(value), ${wanted}::text), runs desc, value collate "C" limit ${most}`;
}

const columns = new Set(["run_name", "user_id", "status", "run_id", "artifact_uri"]);

function valueSql(sql: Sql, { entity, key }: Field): Fragment {
  if (entity === "parameter") return sql`r.params ->> ${key}::text`;
  if (entity === "tag") return sql`r.tags ->> ${key}::text`;
  if (entity !== "dataset") return columns.has(key) ? sql`r.${sql(key)}` : sql`null::text`;
  if (key === "context") return sql`i.tags ->> ${datasetContext}::text`;
  return key === "name" ? sql`d.name` : sql`d.digest`;
}

function joinSql(sql: Sql, { entity }: Field): Fragment {
  if (entity !== "dataset") return sql``;
  return sql`join weir.dataset_inputs i using (run) join weir.datasets d using (dataset)`;
}
