import type { RunStatus } from "../domain/entities.ts";
import { experimentNumber } from "../domain/experiments.ts";
import type { Count } from "../domain/format.ts";
import type { Fragment } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

/** Up to here runs are counted; beyond, Postgres's own estimate is told as one. */
const mostCounted = 20_000;

/** How many active runs an experiment has, and when the last one started (ms since the epoch). */
export interface Activity {
  runs: Count;
  last_start: number | undefined;
}

export async function experimentActivity(sql: Sql, experiment_ids: readonly string[]): Promise<Map<string, Activity>> {
  const rows = await sql<{ experiment_id: string; runs: number; last_start: number | null }[]>`
    select e.experiment_id::text, c.runs, (
      select max(start_time) from weir.runs where experiment_id = e.experiment_id and lifecycle_stage = 'active') as last_start
    from unnest(${experiment_ids.map(experimentNumber)}::bigint[]) as e (experiment_id), lateral (
      select count(*)::int as runs from (
        select from weir.runs where experiment_id = e.experiment_id and lifecycle_stage = 'active' limit ${
    mostCounted + 1
  }
      ) counted) c`;
  return new Map(
    await Promise.all(rows.map(async ({ experiment_id, runs, last_start }) =>
      [experiment_id, {
        runs: runs <= mostCounted ? exactly(runs) : await estimatedRuns(sql, experiment_id),
        last_start: last_start ?? undefined,
      }] as const
    )),
  );
}

const exactly = (count: number): Count => ({ kind: "exact", count });

async function estimatedRuns(sql: Sql, experiment_id: string): Promise<Count> {
  const [row] = await sql<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }[]>`
    explain (format json) select from weir.runs
    where experiment_id = ${experimentNumber(experiment_id)} and lifecycle_stage = 'active'`;
  return { kind: "about", count: Math.max(mostCounted, row?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0) };
}

export async function runningRuns(sql: Sql, experiment_id: string): Promise<number> {
  const [row] = await sql<{ running: number }[]>`
    select count(*)::int as running from weir.runs
    where experiment_id = ${experimentNumber(experiment_id)} and status = 'RUNNING' and lifecycle_stage = 'active'`;
  return row!.running;
}

/** How many runs name each of these as their parent. */
export async function childCounts(sql: Sql, run_ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql<{ parent: string; children: number }[]>`
    select tags ->> 'mlflow.parentRunId' as parent, count(*)::int as children from weir.runs
    where tags ? 'mlflow.parentRunId' and tags ->> 'mlflow.parentRunId' = any(${[...run_ids]}::text[])
      and lifecycle_stage = 'active'
    group by 1`;
  return new Map(rows.map(({ parent, children }) => [parent, children]));
}

export interface RelatedRun {
  run_id: string;
  run_name: string;
  status: RunStatus;
}

/** The runs that name this one as their parent, newest first. */
export async function childRuns(sql: Sql, run_id: string, most: number): Promise<RelatedRun[]> {
  return await sql<RelatedRun[]>`
    select run_id, run_name, status from weir.runs
    where tags ? 'mlflow.parentRunId' and tags ->> 'mlflow.parentRunId' = ${run_id} and lifecycle_stage = 'active'
    order by start_time desc, run_id limit ${most}`;
}

/** These runs, in this order; unknown ones are left out. */
export async function relatedRuns(sql: Sql, run_ids: readonly string[]): Promise<RelatedRun[]> {
  return await sql<RelatedRun[]>`
    select run_id, run_name, status from unnest(${[...run_ids]}::text[]) with ordinality as asked (run_id, position)
    join weir.runs using (run_id) order by position`;
}

/** Runs whose params and tags are looked at for their keys. */
const runsLookedAt = 1000;
const mostKeys = 2000;

/** The keys of an experiment's metrics, and of the params and tags of its newest runs. */
export async function experimentKeys(
  sql: Sql,
  experiment_id: string,
): Promise<{ metrics: string[]; params: string[]; tags: string[] }> {
  const experiment = experimentNumber(experiment_id);
  const [row] = await sql<{ metrics: string[]; params: string[]; tags: string[] }[]>`
    with recursive metric as (
      -- From each key to the next by the indexes, however many runs have it.
      select ${nextKey(sql, experiment, sql`0`)} as key
      union all
      select ${nextKey(sql, experiment, sql`metric.key`)} from metric where key is not null
    ), newest as materialized (
      select params, tags from weir.runs where experiment_id = ${experiment} and lifecycle_stage = 'active'
      order by start_time desc, run_id limit ${runsLookedAt}
    )
    select
      array(select name from metric join weir.metric_keys using (key) order by name limit ${mostKeys}) as metrics,
      array(select distinct jsonb_object_keys(params) as key from newest order by key limit ${mostKeys}) as params,
      array(select distinct key from (select jsonb_object_keys(tags) as key from newest) t
        where key not like 'mlflow.%' order by key limit ${mostKeys}) as tags`;
  return row!;
}

/** The first key of an experiment's metrics after this one; null after the last. */
function nextKey(sql: Sql, experiment: number, after: Fragment): Fragment {
  const first = (ranked: Fragment) =>
    sql`(select key from weir.latest_metrics
    where experiment_id = ${experiment} and key > ${after} and ranked ${ranked} order by key limit 1)`;
  return sql`least(${first(sql`is not null`)}, ${first(sql`is null`)})`;
}
