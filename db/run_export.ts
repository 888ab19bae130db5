import type { Run } from "../domain/entities.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { runDialect } from "../domain/filter/runs.ts";
import type { ExportKeys } from "../domain/run_export.ts";
import { stagesOf } from "../domain/search_limits.ts";
import { filterSql, type Fragment } from "./filter_sql.ts";
import { type RunSearch, searchRuns } from "./run_search.ts";
import { getRuns } from "./runs.ts";
import { oneOf, resolveMetrics, runTables } from "./run_tables.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

/** Runs of an experiment that are exported: those that a search finds, or the ones that are named. */
export interface ExportedRuns extends Pick<RunSearch, "filter" | "run_view_type" | "order_by"> {
  experiment_id: string;
  run_ids?: readonly string[];
}

/** Runs that are held at a time. */
const runsAtOnce = 500;

/** The runs in order, some at a time. What is logged meanwhile may be seen or not. Errors as those of `searchRuns`. */
export async function* exportRuns(
  sql: Sql,
  { experiment_id, run_ids, ...search }: ExportedRuns,
): AsyncGenerator<Run[]> {
  if (run_ids !== undefined) {
    const ids = [...new Set(run_ids)];
    for (let at = 0; at < ids.length; at += runsAtOnce) {
      const runs = await getRuns(sql, ids.slice(at, at + runsAtOnce));
      yield runs.filter(({ info }) => info.experiment_id === experiment_id);
    }
    return;
  }
  let page_token: string | undefined;
  do {
    const page = await searchRuns(sql, {
      ...search,
      experiment_ids: [experiment_id],
      max_results: runsAtOnce,
      page_token,
    });
    yield page.runs;
    page_token = page.next_page_token;
  } while (page_token !== undefined);
}

/** The keys that any of the runs has, by name; at most `most` of each kind. */
export async function exportKeys(sql: Sql, exported: ExportedRuns, most: number): Promise<ExportKeys> {
  const filter = parseFilter(exported.run_ids === undefined ? exported.filter : "", runDialect);
  const matching = matchingSql(sql, exported, await resolveMetrics(sql, filter, []));
  const [row] = await unprepared(sql<{ metrics: string[]; params: string[]; tags: string[] }[]>`
    with matching as materialized (select r.run, r.params, r.tags from weir.runs r where ${matching})
    select
      array(select name collate "C" from weir.metric_keys where key in (
        select distinct l.key from matching join weir.latest_metrics l using (run)) order by 1 limit ${most}) as metrics,
      array(select distinct key collate "C" from matching, jsonb_object_keys(params) as key order by 1 limit ${most}) as params,
      array(select distinct key collate "C" from matching, jsonb_object_keys(tags) as key order by 1 limit ${most}) as tags`);
  return row ?? { metrics: [], params: [], tags: [] };
}

type Resolved = Awaited<ReturnType<typeof resolveMetrics>>;

function matchingSql(sql: Sql, exported: ExportedRuns, { filter, numbers }: Resolved): Fragment {
  const { experiment_id, run_ids, run_view_type = "ACTIVE_ONLY" } = exported;
  const experiment = experimentNumber(experiment_id);
  const here = sql`r.experiment_id = ${experiment}`;
  if (run_ids !== undefined) return sql`${here} and r.run_id = any(${[...run_ids]}::text[])`;
  return sql`${here} and ${oneOf(sql, sql`r.lifecycle_stage`, stagesOf[run_view_type], sql`text`)}
    and ${filterSql(sql, filter, runTables(sql, [experiment], numbers))}`;
}
