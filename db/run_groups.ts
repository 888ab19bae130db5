import type { Column } from "../domain/columns.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { runDialect } from "../domain/filter/runs.ts";
import { groupField, type GroupOrder, type GroupStat, type RunGroup } from "../domain/run_groups.ts";
import { stagesOf } from "../domain/search_limits.ts";
import { filterSql, type Fragment } from "./filter_sql.ts";
import type { RunSearch } from "./run_search.ts";
import { oneOf, resolveMetrics, runTables } from "./run_tables.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

export interface GroupedRuns {
  groups: RunGroup[];
  /** How many groups there are, those left out too. */
  total: number;
  /** How many runs match. */
  runs: number;
}

export interface Grouping {
  column: Column;
  /** Names; one that nobody logged has no values. */
  metrics: readonly string[];
  order: GroupOrder;
  /** Groups that are answered at most. */
  most: number;
}

/** Beyond, the squares of finite numbers are no finite numbers any more, and Postgres refuses to add them. */
const greatestSummed = 1e150;

interface StatRow {
  value: string | null;
  runs: number;
  total: number;
  matching: number;
  /** By the number of a metric. */
  stats: Record<string, Stat> | null;
}

type Stat = [finite: number, odd: number, summed: number, ...(number | null)[]];

/**
 * Every run that a search finds (its order and page aside), by the values of a param, a tag or a fact. A run that used several
 * datasets is in the group of each. INVALID_PARAMETER_VALUE for a filter that makes no sense.
 */
export async function groupRuns(sql: Sql, search: RunSearch, grouping: Grouping): Promise<GroupedRuns> {
  const experiments = search.experiment_ids.map(experimentNumber);
  const stages = stagesOf[search.run_view_type ?? "ACTIVE_ONLY"];
  const asked = grouping.metrics.map((key) => ({ entity: "metric", key, type: "number" }) as const);
  const { filter, numbers } = await resolveMetrics(sql, parseFilter(search.filter, runDialect), asked);
  const keys = grouping.metrics.map((name) => numbers.get(name));
  const { order, column, most } = grouping;
  const rows = await unprepared(sql<StatRow[]>`
    with matching as materialized (
      select r.run, ${groupKey(sql, column)} as name from weir.runs r ${datasetsOf(sql, column)}
      where ${oneOf(sql, sql`r.experiment_id`, experiments, sql`bigint`)}
        and ${oneOf(sql, sql`r.lifecycle_stage`, stages, sql`text`)}
        and ${filterSql(sql, filter, runTables(sql, experiments, numbers))}
    ), sized as (
      select name, count(*)::int as runs from matching group by name
    ), chosen as materialized (
      select name, runs, count(*) over ()::int as total, row_number() over (order by ${
    orderSql(sql, order)
  }, name collate "C") as place
      from sized ${order.by === "metric" ? meansSql(sql, numbers.get(order.key)) : sql``}
      order by place limit ${most}
    ), stat as (
      select name, l.key, ${statsSql(sql)} as stats
      from chosen join matching using (name) join weir.latest_metrics l using (run)
      where l.key = any(${keys.flatMap((key) => key ?? [])}::int[]) group by name, l.key
    ), told as (
      select name, json_object_agg(key, stats) as stats from stat group by name
    )
    select case when name <> '' then substr(name, 2) end as value, runs, stats, total,
      (select count(distinct run)::int from matching) as matching
    from chosen left join told using (name) order by place`);
  return {
    groups: rows.map((row) => toGroup(row, keys)),
    total: rows[0]?.total ?? 0,
    runs: rows[0]?.matching ?? 0,
  };
}

/** The value behind an equals sign, or nothing: no null, by which Postgres would not join quickly. */
function groupKey(sql: Sql, column: Column): Fragment {
  const { entity, key } = groupField(column);
  if (entity === "dataset") return sql`coalesce('=' || d.name, '')`;
  if (entity === "attribute") return sql`coalesce('=' || r.${sql(key)}, '')`;
  return sql`coalesce('=' || (r.${sql(entity === "tag" ? "tags" : "params")} ->> ${key}::text), '')`;
}

function datasetsOf(sql: Sql, column: Column): Fragment {
  if (groupField(column).entity !== "dataset") return sql``;
  return sql`left join lateral (
    select distinct d.name from weir.dataset_inputs i join weir.datasets d using (dataset) where i.run = r.run) d on true`;
}

const isFinite = (sql: Sql): Fragment => sql`abs(l.value) < 'Infinity'`; // NaN is above
const isSummed = (sql: Sql): Fragment => sql`abs(l.value) < ${greatestSummed}::float8`;

function statsSql(sql: Sql): Fragment {
  return sql`json_build_array(
    count(*) filter (where ${isFinite(sql)}), count(*) filter (where not ${isFinite(sql)}),
    count(*) filter (where ${isSummed(sql)}), ${meanSql(sql)}, stddev_samp(l.value) filter (where ${isSummed(sql)}),
    min(l.value) filter (where ${isFinite(sql)}), max(l.value) filter (where ${isFinite(sql)}))`;
}

/** Of the metric that the groups come in the order of; of the others only the groups that are shown are looked at. */
const meansSql = (sql: Sql, key: number | undefined): Fragment =>
  sql`left join (
    select name, ${meanSql(sql)} as mean from matching join weir.latest_metrics l using (run)
    where l.key = ${key ?? null}::int group by name) means using (name)`;

const meanSql = (sql: Sql): Fragment => sql`avg(l.value) filter (where ${isSummed(sql)})`;

/** Names that are numbers in the order of numbers, before all others. Of long ones Postgres might say that they are out of range. */
function orderSql(sql: Sql, order: GroupOrder): Fragment {
  const way = order.descending ? sql`desc` : sql`asc`;
  if (order.by === "metric") return sql`means.mean ${way} nulls last, runs desc`;
  if (order.by === "runs") return sql`runs ${way}`;
  return sql`case when name ~ '^=[+-]?([0-9]{1,30}[.]?[0-9]{0,30}|[.][0-9]{1,30})([eE][+-]?[0-9]{1,2})?$'
    then substr(name, 2)::float8 end ${way} nulls last, name = '', name collate "C" ${way}`;
}

function toGroup({ value, runs, stats }: StatRow, keys: readonly (number | undefined)[]): RunGroup {
  return { value: value ?? undefined, runs, metrics: keys.map((key) => toStat(stats?.[String(key)])) };
}

function toStat(stat: Stat | undefined): GroupStat | undefined {
  if (stat === undefined) return undefined;
  const [count, odd, summed, mean, deviation, least, greatest] = stat;
  const whole = summed === count;
  return {
    count,
    odd,
    mean: whole ? mean ?? undefined : undefined,
    deviation: whole ? deviation ?? undefined : undefined,
    least: least ?? undefined,
    greatest: greatest ?? undefined,
  };
}
