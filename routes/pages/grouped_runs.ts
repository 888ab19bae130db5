import { type GroupedRuns, groupRuns } from "../../db/run_groups.ts";
import { type RunSearch, searchRuns } from "../../db/run_search.ts";
import type { Sql } from "../../db/sql.ts";
import type { Column } from "../../domain/columns.ts";
import type { Run } from "../../domain/entities.ts";
import { filterOfGroup, groupInToken, groupMetrics, groupToken } from "../../domain/run_groups.ts";
import type { RunsQuery } from "../../wire/pages.ts";
import { currentGroupOrder } from "../../views/runs_links.ts";

/** Groups that can be open at once, and runs that an open group shows. */
const mostOpen = 20, mostShown = 25;

/** What the table of groups shows: the groups, and the first runs of those that are open, by `groupToken`. */
export interface ShownGroups extends GroupedRuns {
  column: Column;
  metrics: readonly string[];
  opened: ReadonlyMap<string, readonly Run[]>;
}

export async function shownGroups(
  sql: Sql,
  search: RunSearch,
  view: RunsQuery,
  column: Column,
  known: readonly string[],
): Promise<ShownGroups> {
  const order = currentGroupOrder(view);
  const metrics = groupMetrics(view.columns, known, order);
  const grouped = await groupRuns(sql, search, { column, metrics, order, most: view.max_results });
  const there = new Set(grouped.groups.map(({ value }) => groupToken(value)));
  const open = [...new Set(view.open)].filter((token) => there.has(token)).slice(0, mostOpen);
  const opened = await Promise.all(open.map(async (token): Promise<[string, Run[]]> => {
    const filter = filterOfGroup(view.filter, column, groupInToken(token) ?? undefined);
    const { runs } = await searchRuns(sql, { ...search, filter, max_results: mostShown });
    return [token, runs];
  }));
  return { ...grouped, column, metrics, opened: new Map(opened) };
}
