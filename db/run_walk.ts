import { assume } from "../domain/filter/assume.ts";
import { type Filter, isNothing } from "../domain/filter/ast.ts";
import type { OrderKey, OrderTerm } from "../domain/order.ts";
import { filterSql, type Fragment, joined } from "./filter_sql.ts";
import { afterSql, orderBySql, type SortColumn } from "./page_sql.ts";
import { isMetric, metricNumber, type MetricNumbers, oneOf, resolveMetrics, runTables } from "./run_tables.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

/** The experiments and lifecycle stages that are searched. */
export interface Scope {
  readonly experiments: readonly number[];
  readonly stages: readonly string[];
}

export interface Wanted {
  readonly filter: Filter;
  readonly order: readonly OrderTerm[];
  readonly scope: Scope;
  /** The key of the run before the first one. */
  readonly after: OrderKey | undefined;
}

/** What one statement looks for. `metric`: what the runs are ordered by first, and those of its values that come now. */
interface Step extends Omit<Wanted, "scope"> {
  readonly numbers: MetricNumbers;
  readonly metric?: { readonly key: string; readonly among: "values" | "NaN" | "missing" };
}

/** What comes out of one index in order. */
interface Walk extends Scope {
  /** Where runs come by the value of a metric: whether from the index of values, or those that are not in there (yet). */
  readonly ranked?: boolean;
}

/**
 * The numbers of the first `most` runs. Ordered by a metric they are found in up to three steps, each of them quick by itself
 * however many runs there are: those with a value by walking its index, then NaN, then those without the metric.
 */
export async function findRuns(sql: Sql, wanted: Wanted, most: number): Promise<number[]> {
  const walks = walksOf(wanted.scope);
  if (walks.length === 0) return [];
  const { filter, numbers } = await resolveMetrics(sql, wanted.filter, wanted.order.map(({ field }) => field));
  const found: number[] = [];
  for (const step of stepsOf({ ...wanted, filter, numbers })) {
    if (found.length >= most || isNothing(step.filter)) continue;
    const rows = await unprepared(stepSql(sql, step, walks, most - found.length));
    for (const { run } of rows) found.push(run);
  }
  return found;
}

function stepsOf(step: Step): Step[] {
  const [first, ...order] = step.order;
  if (first?.field.entity !== "metric") return [step];
  const { field } = first;
  const start = step.after?.[0];
  const after = step.after?.slice(1);
  if (!step.numbers.has(field.key)) return [{ ...step, order, after: start === null ? after : undefined }];
  const rest = (among: "NaN" | "missing", isStart: boolean): Step => ({
    numbers: step.numbers,
    filter: assume(step.filter, field, among),
    order,
    after: isStart ? after : undefined,
    metric: { key: field.key, among },
  });
  const steps: Step[] = [
    { ...step, metric: { key: field.key, among: "values" } },
    rest("NaN", Number.isNaN(start)),
    rest("missing", start === null),
  ];
  return steps.slice(start === null ? 2 : Number.isNaN(start) ? 1 : 0);
}

/** Up to here every experiment and stage is walked by itself, and what comes out is merged. */
const mostWalks = 16;

/** Only one experiment and one stage come out of an index in order. */
function walksOf({ experiments, stages }: Scope): Scope[] {
  if (experiments.length * stages.length > mostWalks) return [{ experiments, stages }];
  return experiments.flatMap((experiment) => stages.map((stage) => ({ experiments: [experiment], stages: [stage] })));
}

function stepSql(sql: Sql, step: Step, scopes: readonly Scope[], most: number) {
  const byValue = step.metric?.among === "values";
  const walks: Walk[] = byValue
    ? scopes.flatMap((scope) => [{ ...scope, ranked: true }, { ...scope, ranked: false }])
    : [...scopes];
  const parts = walks.map((walk) => {
    const { columns, joins } = sorting(sql, step, walk);
    const from = sql`${fromSql(sql, step, walk, joins)} and ${filterSql(sql, step.filter, tablesOf(sql, step, walk))}
      ${step.after ? sql`and ${afterSql(sql, columns, step.after)}` : sql``}
      order by ${orderBySql(sql, columns)} limit ${most}`;
    return { columns, from };
  });
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0) return sql<{ run: number }[]>`select r.run ${only.from}`;
  return mergedSql(sql, parts, most);
}

/** Several walks as one, each of them at most as long as the page. */
function mergedSql(sql: Sql, parts: readonly { columns: readonly SortColumn[]; from: Fragment }[], most: number) {
  const names = (parts[0]?.columns ?? []).map((column, index) => ({ ...column, value: sql`${sql(`k${index}`)}` }));
  const walks = parts.map(({ columns, from }) => {
    const keys = columns.map(({ value }, index) => sql`, ${value} as ${sql(`k${index}`)}`);
    return sql`(select r.run ${keys} ${from})`;
  });
  return sql<{ run: number }[]>`
    select run from (${joined(sql, walks, sql` union all `) ?? sql``}) walked
    order by ${orderBySql(sql, names)} limit ${most}`;
}

const tablesOf = (sql: Sql, { metric, numbers }: Step, walk: Walk) =>
  runTables(
    sql,
    walk.experiments,
    numbers,
    metric?.among === "values" ? { key: metric.key, value: walkedValue(sql, walk) } : undefined,
  );

const walkedValue = (sql: Sql, { ranked }: Walk): Fragment => ranked ? sql`o.ranked` : sql`o.value`;

/** From where the runs come, up to the filter. */
function fromSql(sql: Sql, { metric, numbers }: Step, walk: Walk, joins: Fragment): Fragment {
  const { experiments, stages } = walk;
  const inScope = sql`${oneOf(sql, sql`r.experiment_id`, experiments, sql`bigint`)}
    and ${oneOf(sql, sql`r.lifecycle_stage`, stages, sql`text`)}`;
  if (metric === undefined) return sql`from weir.runs r ${joins} where ${inScope}`;
  const number = metricNumber(sql, metric.key, numbers);
  if (metric.among === "missing") {
    return sql`from weir.runs r ${joins} where ${inScope} and not exists (
      select from weir.latest_metrics m where m.run = r.run and ${isMetric(sql, sql`m`, experiments, number)})`;
  }
  const values = metric.among === "NaN"
    ? sql`(o.ranked = 'NaN' or o.ranked is null and o.value = 'NaN')`
    : walk.ranked
    ? sql`o.ranked < 'NaN'`
    : sql`o.ranked is null and o.value < 'NaN'`;
  return sql`from weir.latest_metrics o join weir.runs r on r.run = o.run ${joins}
    where ${isMetric(sql, sql`o`, experiments, number)} and ${values} and ${inScope}`;
}

/** What a step sorts by, and the joins that it needs for that. */
function sorting(sql: Sql, step: Step, walk: Walk): { columns: SortColumn[]; joins: Fragment } {
  const { experiments } = walk;
  const tables = runTables(sql, experiments, step.numbers);
  const joins: Fragment[] = [];
  const columns = step.order.map(({ field, ascending }, index): SortColumn => {
    const { entity, key } = field;
    if (entity === "metric") {
      const isWalked = index === 0 && step.metric?.among === "values";
      if (isWalked) return { value: walkedValue(sql, walk), storage: "double", ascending, nullable: false };
      const alias = sql`${sql(`m${index}`)}`;
      const number = metricNumber(sql, key, step.numbers);
      joins.push(sql`left join weir.latest_metrics ${alias}
        on ${alias}.run = r.run and ${isMetric(sql, alias, experiments, number)}`);
      return { value: sql`${alias}.value`, storage: "double", ascending, nullable: true, nan: true };
    }
    if (entity === "attribute") {
      const { value, storage } = tables.attribute(key);
      return { value, storage, ascending, nullable: key === "end_time", indexed: key === "run_id" };
    }
    const pairs = tables.pairs(entity === "tag" ? "tag" : "parameter");
    return { value: sql`(${pairs} ->> ${key}::text)`, storage: "text", ascending, nullable: true };
  });
  return { columns, joins: joined(sql, joins, sql` `) ?? sql`` };
}
