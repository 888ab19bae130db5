import type { Run, ViewType } from "../domain/entities.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { assume } from "../domain/filter/assume.ts";
import { type Field, type Filter, isNothing } from "../domain/filter/ast.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { runDialect } from "../domain/filter/runs.ts";
import { type OrderKey, type OrderTerm, parseRunOrder, runKey } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import { checkMaxResults, stagesOf } from "../domain/search_limits.ts";
import { filterSql, type Fragment, joined } from "./filter_sql.ts";
import { afterSql, orderBySql, type SortColumn } from "./page_sql.ts";
import { runsByNumber, runsJson } from "./run_rows.ts";
import { metricKey, runTables } from "./run_tables.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

export interface RunSearch {
  experiment_ids: readonly string[];
  filter?: string | undefined;
  run_view_type?: ViewType;
  /** 1 to 50,000; 1,000 when nobody says. */
  max_results?: number;
  order_by?: readonly string[];
  page_token?: string | undefined;
}

/**
 * One page of runs, and the token of the next one when there is more. INVALID_PARAMETER_VALUE for a filter, an order, a token
 * or a number that makes no sense; FilterError where a filter is to blame.
 */
export async function searchRuns(sql: Sql, search: RunSearch): Promise<{ runs: Run[]; next_page_token?: string }> {
  const { experiment_ids, max_results = 1000, run_view_type = "ACTIVE_ONLY" } = search;
  checkMaxResults(max_results);
  const filter = parseFilter(search.filter, runDialect);
  const order = parseRunOrder(search.order_by ?? []);
  const experiments = [...new Set(experiment_ids.map(experimentNumber))];
  const searched = {
    "Experiment IDs": experiments,
    "Filter string": search.filter ?? "",
    "View type": run_view_type,
    "Order by": search.order_by ?? [],
  };
  const after = parsePageToken(search.page_token, searched, order);
  const scopes = scopesOf(experiments, stagesOf[run_view_type]);
  const found = await findRuns(sql, { filter, order, scopes, after }, max_results + 1);
  const runs = await runsByNumber(sql, found.slice(0, max_results));
  const last = runs.at(-1);
  if (found.length <= max_results || last === undefined) return { runs };
  return { runs, next_page_token: printPageToken(runKey(last, order), searched) };
}

/** As `searchRuns`, the answer as JSON text. */
export async function searchRunsJson(sql: Sql, search: RunSearch): Promise<string> {
  const { runs, next_page_token } = await searchRuns(sql, search);
  const members = [
    ...(runs.length > 0 ? [`"runs":${runsJson(runs)}`] : []),
    ...(next_page_token === undefined ? [] : [`"next_page_token":"${next_page_token}"`]),
  ];
  return `{${members.join(",")}}`;
}

/** Experiments and stages that one index walk can serve: only a single one of each comes out of the index in order. */
interface Scope {
  experiments: number[];
  stages: readonly string[];
}

/** Up to here every experiment and stage is walked by itself, and what comes out is merged. */
const mostWalks = 16;

function scopesOf(experiments: number[], stages: readonly string[]): Scope[] {
  if (experiments.length * stages.length > mostWalks) return [{ experiments, stages }];
  return experiments.flatMap((experiment) => stages.map((stage) => ({ experiments: [experiment], stages: [stage] })));
}

interface Wanted {
  filter: Filter;
  order: readonly OrderTerm[];
  scopes: readonly Scope[];
  after: OrderKey | undefined;
}

/**
 * The numbers of the first `most` runs. Ordered by a metric they are found in up to three steps, each of them quick by itself
 * however many runs there are: those with a value by walking its index, then NaN, then those without the metric.
 */
async function findRuns(sql: Sql, wanted: Wanted, most: number): Promise<number[]> {
  if (wanted.scopes.length === 0) return [];
  const found: number[] = [];
  for (const step of stepsOf(wanted)) {
    if (found.length >= most) break;
    // deno-lint-ignore no-await-in-loop -- mostly the first step fills the page
    const rows = await unprepared(stepSql(sql, step, wanted.scopes, most - found.length));
    for (const { run } of rows) found.push(run);
  }
  return found;
}

/** `metric`: the field of the first order term, and which of its values are looked at. */
interface Step {
  filter: Filter;
  order: readonly OrderTerm[];
  after: OrderKey | undefined;
  metric?: { field: Field; among: "values" | "NaN" | "missing" };
}

function stepsOf({ filter, order, after }: Wanted): Step[] {
  const [first, ...rest] = order;
  if (first?.field.entity !== "metric") return [{ filter, order, after }];
  const { field } = first;
  const start = after?.[0];
  const restAfter = after?.slice(1);
  const steps: Step[] = [{ filter, order, after, metric: { field, among: "values" } }];
  for (const among of ["NaN", "missing"] as const) {
    const isStart = among === "NaN" ? Number.isNaN(start) : start === null;
    steps.push({
      filter: assume(filter, field, among),
      order: rest,
      after: isStart ? restAfter : undefined,
      metric: { field, among },
    });
  }
  const from = start === null ? 2 : Number.isNaN(start) ? 1 : 0;
  return steps.slice(from).filter((step) => !isNothing(step.filter));
}

type Found = { run: number };

function stepSql(sql: Sql, step: Step, scopes: readonly Scope[], most: number) {
  const { columns, joins } = sorting(sql, step);
  const orderBy = orderBySql(sql, columns);
  const [only, ...more] = scopes;
  if (only !== undefined && more.length === 0) {
    return sql<Found[]>`select r.run ${fromSql(sql, step, only, columns, joins)} order by ${orderBy} limit ${most}`;
  }
  const names = columns.map((column, index) => ({ ...column, value: sql`${sql(`k${index}`)}` }));
  const keys = columns.map(({ value }, index) => sql`, ${value} as ${sql(`k${index}`)}`);
  const walks = scopes.map((scope) =>
    sql`(select r.run ${keys} ${fromSql(sql, step, scope, columns, joins)} order by ${orderBy} limit ${most})`
  );
  return sql<Found[]>`
    select run from (${joined(sql, walks, sql` union all `) ?? sql``}) walked
    order by ${orderBySql(sql, names)} limit ${most}`;
}

/** From where the runs of a scope come, and which of them. */
function fromSql(sql: Sql, step: Step, scope: Scope, columns: readonly SortColumn[], joins: Fragment): Fragment {
  const { metric, after } = step;
  const tables = runTables(
    sql,
    metric?.among === "values" ? { key: metric.field.key, value: sql`o.value` } : undefined,
  );
  const inScope = oneOf(sql, sql`r.experiment_id`, scope.experiments, sql`bigint`);
  const inStage = oneOf(sql, sql`r.lifecycle_stage`, scope.stages, sql`text`);
  const conditions = sql`${inScope} and ${inStage} and ${filterSql(sql, step.filter, tables)}
    ${after ? sql`and ${afterSql(sql, columns, after)}` : sql``}`;
  if (metric === undefined) return sql`from weir.runs r ${joins} where ${conditions}`;
  const key = metricKey(sql, metric.field.key);
  if (metric.among === "missing") {
    return sql`from weir.runs r ${joins} where ${conditions}
      and not exists (select from weir.latest_metrics m where m.run = r.run and m.key = ${key})`;
  }
  const kind = metric.among === "NaN" ? sql`= 'NaN'` : sql`< 'NaN'`;
  return sql`from weir.latest_metrics o join weir.runs r on r.run = o.run ${joins}
    where ${oneOf(sql, sql`o.experiment_id`, scope.experiments, sql`bigint`)} and o.key = ${key} and o.value ${kind}
      and ${conditions}`;
}

/** A plain equality where it can be: an index then gives its rows in order. */
function oneOf(sql: Sql, column: Fragment, values: readonly (string | number)[], type: Fragment): Fragment {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return sql`${column} = ${only}::${type}`;
  return sql`${column} = any(${[...values]}::${type}[])`;
}

/** What a step sorts by, and the joins that it needs for that. */
function sorting(sql: Sql, { order, metric }: Step): { columns: SortColumn[]; joins: Fragment } {
  const tables = runTables(sql);
  const joins: Fragment[] = [];
  const columns = order.map(({ field, ascending }, index): SortColumn => {
    if (field.entity === "metric" && index === 0 && metric?.among === "values") {
      return { value: sql`o.value`, storage: "double", ascending, nullable: false };
    }
    if (field.entity === "metric") {
      const alias = sql(`m${index}`);
      joins.push(sql`left join weir.latest_metrics ${alias}
        on ${alias}.run = r.run and ${alias}.key = ${metricKey(sql, field.key)}`);
      return { value: sql`${alias}.value`, storage: "double", ascending, nullable: true };
    }
    if (field.entity === "attribute") {
      return {
        ...tables.attribute(field.key),
        ascending,
        nullable: field.key === "end_time",
        indexed: field.key === "run_id",
      };
    }
    const pairs = tables.pairs(field.entity === "tag" ? "tag" : "parameter");
    return { value: sql`(${pairs} ->> ${field.key}::text)`, storage: "text", ascending, nullable: true };
  });
  return { columns, joins: joined(sql, joins, sql` `) ?? sql`` };
}
