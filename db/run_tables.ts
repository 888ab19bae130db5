import { assume } from "../domain/filter/assume.ts";
import { comparisons, type Field, type Filter } from "../domain/filter/ast.ts";
import { datasetContext } from "../domain/filter/runs.ts";
import type { Column, Fragment, Storage, Tables } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

/** The numbers of metric names. A name that nobody ever logged has none. */
export type MetricNumbers = ReadonlyMap<string, number>;

/**
 * The numbers of the metrics that a filter and an order speak of, and the filter without those that nobody has. Known before
 * the search, they let Postgres plan with how frequent each metric is.
 */
export async function resolveMetrics(
  sql: Sql,
  filter: Filter,
  fields: readonly Field[],
): Promise<{ filter: Filter; numbers: MetricNumbers }> {
  const named = [...comparisons(filter).map(({ field }) => field), ...fields].filter(({ entity }) =>
    entity === "metric"
  );
  const names = [...new Set(named.map(({ key }) => key))];
  if (names.length === 0) return { filter, numbers: new Map() };
  const rows = await sql<{ key: number; name: string }[]>`
    select key, name from weir.metric_keys where name = any(${names}::text[])`;
  const numbers = new Map(rows.map(({ key, name }) => [name, key]));
  const unknown = named.filter(({ key }) => !numbers.has(key));
  return { filter: unknown.reduce((rest, field) => assume(rest, field, "missing"), filter), numbers };
}

/** Where the fields of runs stand. Runs are `r`, all of them of these experiments. Without `numbers` metrics go by name. */
export function runTables(
  sql: Sql,
  experiments: readonly number[],
  numbers?: MetricNumbers,
  joined?: Tables["joined"],
): Tables {
  return {
    attribute: (key) => attribute(sql, key),
    pairs: (entity) => entity === "parameter" ? sql`r.params` : sql`r.tags`,
    exists: ({ entity, key }, fits) =>
      entity === "dataset"
        ? datasets(sql, key, fits)
        : metrics(sql, experiments, metricNumber(sql, key, numbers), fits),
    joined,
  };
}

/** A plain equality where it can be: an index then gives its rows in order. */
export function oneOf(sql: Sql, column: Fragment, values: readonly (string | number)[], type: Fragment): Fragment {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return sql`${column} = ${only}::${type}`;
  return sql`${column} = any(${[...values]}::${type}[])`;
}

/** The latest value of a metric, as a row of `alias`. The experiments let Postgres go by the index of values, too. */
export const isMetric = (sql: Sql, alias: Fragment, experiments: readonly number[], number: Fragment): Fragment =>
  sql`${oneOf(sql, sql`${alias}.experiment_id`, experiments, sql`bigint`)} and ${alias}.key = ${number}`;

/** The number of a metric; null, which no row has, for one that nobody ever logged. */
export const metricNumber = (sql: Sql, key: string, numbers?: MetricNumbers): Fragment =>
  numbers ? sql`${numbers.get(key) ?? null}::int` : sql`(select key from weir.metric_keys where name = ${key}::text)`;

function attribute(sql: Sql, key: string): Column {
  switch (key) {
    case "run_name":
      // A run's name is also its tag, and tags are indexed.
      return {
        value: sql`r.run_name`,
        storage: "text",
        implied: (names) => sql`r.tags @> any(${names.map(nameTag)}::text[]::jsonb[])`,
      };
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

const nameTag = (run_name: string): string => JSON.stringify({ "mlflow.runName": run_name });

type Fits = (value: Fragment, storage: Storage) => Fragment;

function metrics(sql: Sql, experiments: readonly number[], number: Fragment, fits?: Fits): Fragment {
  // Said twice, so that the index of values can answer it.
  const condition = fits
    ? sql`and (m.ranked is not null and ${fits(sql`m.ranked`, "double")} or m.ranked is null and ${
      fits(sql`m.value`, "double")
    })`
    : sql``;
  return sql`exists (select from weir.latest_metrics m
    where m.run = r.run and ${isMetric(sql, sql`m`, experiments, number)} ${condition})`;
}

function datasets(sql: Sql, key: string, fits?: Fits): Fragment {
  const value = key === "context"
    ? sql`(i.tags ->> ${datasetContext}::text)`
    : key === "name"
    ? sql`d.name`
    : sql`d.digest`;
  const condition = fits ? fits(value, "text") : sql`${value} is not null`;
  return sql`exists (select from weir.dataset_inputs i join weir.datasets d using (dataset)
    where i.run = r.run and ${condition})`;
}
