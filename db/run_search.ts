import type { Run, ViewType } from "../domain/entities.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import { runDialect } from "../domain/filter/runs.ts";
import { parseRunOrder, runKey } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import { checkMaxResults, stagesOf } from "../domain/search_limits.ts";
import { findRuns } from "./run_walk.ts";
import { runsByNumber } from "./run_rows.ts";
import type { Sql } from "./sql.ts";

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
  const scope = { experiments, stages: stagesOf[run_view_type] };
  const found = await findRuns(sql, { filter, order, scope, after }, max_results + 1);
  const runs = await runsByNumber(sql, found.slice(0, max_results));
  const last = runs.at(-1);
  if (found.length <= max_results || last === undefined) return { runs };
  return { runs, next_page_token: printPageToken(runKey(last, order), searched) };
}
