import { experimentNumber } from "../domain/experiments.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { runDialect } from "../domain/filter/runs.ts";
import type { Count } from "../domain/format.ts";
import { stagesOf } from "../domain/search_limits.ts";
import { filterSql } from "./filter_sql.ts";
import type { RunSearch } from "./run_search.ts";
import { oneOf, resolveMetrics, runTables } from "./run_tables.ts";
import type { Sql } from "./sql.ts";
import { unprepared } from "./unprepared.ts";

/** Up to here matching runs are counted; of more, nobody says how many. */
const mostCounted = 10_000;

/** How many runs a search finds on all its pages together. */
export async function countRuns(sql: Sql, search: RunSearch): Promise<Count> {
  const experiments = search.experiment_ids.map(experimentNumber);
  const stages = stagesOf[search.run_view_type ?? "ACTIVE_ONLY"];
  const { filter, numbers } = await resolveMetrics(sql, parseFilter(search.filter, runDialect), []);
  const [row] = await unprepared(sql<{ count: number }[]>`
    select count(*)::int as count from (
      select from weir.runs r
      where ${oneOf(sql, sql`r.experiment_id`, experiments, sql`bigint`)}
        and ${oneOf(sql, sql`r.lifecycle_stage`, stages, sql`text`)}
        and ${filterSql(sql, filter, runTables(sql, experiments, numbers))}
      limit ${mostCounted + 1}) found`);
  const count = row?.count ?? 0;
  return count > mostCounted ? { kind: "unknown" } : { kind: "exact", count };
}
