import type { Metric, RunStatus } from "../domain/entities.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { runDialect } from "../domain/filter/runs.ts";
import type { ExperimentCursor } from "../domain/live_cursor.ts";
import { stagesOf } from "../domain/search_limits.ts";
import { filterSql, type Fragment } from "./filter_sql.ts";
import type { RunSearch } from "./run_search.ts";
import { oneOf, resolveMetrics, runTables } from "./run_tables.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

/*
 * What was written since somebody looked is told by the transactions that wrote it: a row bears the number of its own, and every
 * transaction that was not over at a look has a number from `transaction` on. Numbers of rows have 32 bits, those of looks 64.
 */

/** What of a run changes while it is being looked at. */
export interface RunPulse {
  run_id: string;
  status: RunStatus;
  end_time: number | null;
  /** Another text after every change of its row: of its name, params and tags, too. */
  version: string;
  metrics: Metric[];
}

/** A look at runs: all of them, and what of them was written since the look before. */
export interface RunsLook {
  /** From this transaction on nothing is sure to be seen. */
  transaction: number;
  runs: RunPulse[];
  /** Without `since` all; otherwise the runs that changed, with the metrics that did. */
  news: RunPulse[];
}

/**
 * Status, version and latest metrics of these runs, a primary-key look-up each. A value that was only indexed since then
 * (db/ranking.ts) counts as written.
 */
export async function lookAtRuns(sql: Sql, run_ids: readonly string[], since = 0): Promise<RunsLook> {
  const rows = await sql<{ transaction: number; run: (RunPulse & { written: boolean; fresh: Metric[] }) | null }[]>`
    with ${moment(sql)}, looked as (
      select r.run_id, r.status, r.end_time, r.xmin::text as version, ${
    written(sql, sql`r`, since)
  } as written, coalesce((
        select json_agg(${
    pointSql(sql)
  }) from weir.latest_metrics l join weir.metric_keys k using (key) where l.run = r.run), '[]') as metrics, coalesce((
        select json_agg(${pointSql(sql)}) from weir.latest_metrics l join weir.metric_keys k using (key)
        where l.run = r.run and ${written(sql, sql`l`, since)}), '[]') as fresh
      from weir.runs r, moment where r.run_id = any(${[...run_ids]}::text[])
    )
    select moment.oldest as transaction, to_json(looked) as run from moment left join looked on true`;
  const looked = rows.flatMap(({ run }) => run ?? []);
  const pulse = ({ run_id, status, end_time, version }: RunPulse, metrics: Metric[]): RunPulse => ({
    run_id,
    status,
    end_time,
    version,
    metrics,
  });
  return {
    transaction: rows[0]?.transaction ?? 0,
    runs: looked.map((run) => pulse(run, run.metrics)),
    news: looked.filter((run) => run.written || run.fresh.length > 0).map((run) => pulse(run, run.fresh)),
  };
}

const pointSql = (sql: Sql): Fragment =>
  sql`json_build_object('key', k.name, 'value', case when l.value = any('{NaN,Infinity,-Infinity}')
    then to_json(l.value::text) else to_json(l.value) end, 'step', l.step, 'timestamp', l.timestamp)`;

/** The statement's own snapshot: the first transaction that was not over, and the next one to come. */
export const moment = (sql: Sql): Fragment =>
  sql`moment as materialized (
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest, pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next)`;

/** Whether a row was written by a transaction from `since` on. */
export const written = (sql: Sql, row: Fragment, since: number): Fragment =>
  sql`(moment.next - (moment.next - ${row}.xmin::text::bigint) % 4294967296 >= ${since}::bigint)`;

/** Where a page stands that is about to be made. */
export async function transactionNow(sql: Sql): Promise<number> {
  const [row] = await sql<{ oldest: number }[]>`with ${moment(sql)} select oldest from moment`;
  return row!.oldest;
}

/** Where a page of an experiment stands that is about to be made, and how many runs are running. */
export async function experimentNow(
  sql: Sql,
  experiment_id: string,
): Promise<{ cursor: ExperimentCursor; count: number }> {
  const [row] = await sql<{ transaction: number; newest: number; count: number; running: number[] }[]>`
    with ${moment(sql)}, running as materialized (
      select run from weir.runs where experiment_id = ${experimentNumber(experiment_id)} and status = 'RUNNING'
        and lifecycle_stage = 'active'
    )
    select oldest as transaction, (select coalesce(max(run), 0) from weir.runs) as newest,
      (select count(*)::int from running) as count, array(select run from running limit ${mostFollowed}) as running
    from moment`;
  const { transaction, newest, count, running } = row!;
  return { cursor: { transaction, newest, running: count > running.length ? undefined : running.map(Number) }, count };
}

/** A look at the runs of an experiment. */
export interface ExperimentLook {
  /** Where the next look goes on. */
  cursor: ExperimentCursor;
  /** Runs that were made after `newest` of the cursor and match, and whether anything of them was written since it. */
  created: { run_id: string; written: boolean }[];
  /** The running ones. The version is another text after every change. */
  running: { run_id: string; run: number; version: string; written: boolean }[];
  /** How many are running. */
  count: number;
  /** Of the cursor's running runs those that are not any more. */
  ended: string[];
}

const mostFollowed = 500;

/** Which runs of an experiment are new to a page. */
export type FollowedRuns = Pick<RunSearch, "filter" | "run_view_type"> & { experiment_id: string };

/** Without a cursor everything from now on is new. INVALID_PARAMETER_VALUE for a filter that makes no sense. */
export async function lookAtExperiment(
  sql: Sql,
  { experiment_id, filter: text, run_view_type = "ACTIVE_ONLY" }: FollowedRuns,
  cursor?: ExperimentCursor,
): Promise<ExperimentLook> {
  const experiment = experimentNumber(experiment_id);
  const { filter, numbers } = await resolveMetrics(sql, parseFilter(text, runDialect), []);
  const since = cursor?.transaction ?? 0;
  const touched = sql`(${written(sql, sql`r`, since)} or exists (
    select from weir.latest_metrics l where l.run = r.run and ${written(sql, sql`l`, since)}))`;
  const isRunning = sql`r.status = 'RUNNING' and r.lifecycle_stage = 'active'`;
  const [row] = await unprepared(sql<(Omit<ExperimentLook, "cursor"> & { transaction: number; newest: number })[]>`
    with ${moment(sql)}
    select moment.oldest as transaction, (select coalesce(max(run), 0) from weir.runs) as newest,
      (select count(*)::int from weir.runs r where r.experiment_id = ${experiment} and ${isRunning}) as count,
      coalesce((select json_agg(json_build_object('run_id', run_id, 'written', written)) from (
        select r.run_id, ${touched} as written from weir.runs r
        where r.run > ${cursor?.newest ?? 2 ** 53}::bigint and r.experiment_id = ${experiment}
          and ${oneOf(sql, sql`r.lifecycle_stage`, stagesOf[run_view_type], sql`text`)}
          and ${filterSql(sql, filter, runTables(sql, [experiment], numbers))}
        order by r.run limit ${mostFollowed}) created), '[]') as created,
      coalesce((select json_agg(json_build_object('run_id', run_id, 'run', run, 'version', version, 'written', written)) from (
        select r.run_id, r.run, ${touched} as written, concat(r.xmin::text, ' ',
          (select sum(step::numeric + timestamp + hashfloat8(value)) from weir.latest_metrics l where l.run = r.run)) as version
        from weir.runs r where r.experiment_id = ${experiment} and ${isRunning}
        limit ${mostFollowed}) running), '[]') as running,
      array(select r.run_id from weir.runs r
        where ${endedSql(sql, cursor, experiment)} and not (${isRunning}) limit ${mostFollowed}) as ended
    from moment`);
  const { transaction, newest, ...look } = row!;
  const running = look.count > look.running.length ? undefined : look.running.map(({ run }) => run);
  return { ...look, cursor: { transaction, newest: cursor?.newest ?? newest, running } };
}

/** Of a cursor that could not name the runs that were running, every run that was written since might be one of them. */
function endedSql(sql: Sql, cursor: ExperimentCursor | undefined, experiment: number): Fragment {
  if (cursor === undefined) return sql`false`;
  if (cursor.running !== undefined) return sql`r.run = any(${[...cursor.running]}::bigint[])`;
  return sql`r.experiment_id = ${experiment} and ${written(sql, sql`r`, cursor.transaction)}`;
}
