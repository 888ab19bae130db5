import { getExperiment } from "../../db/experiments.ts";
import { metricDirections } from "../../db/metric_directions.ts";
import { childCounts, experimentActivity, experimentKeys, relatedRuns } from "../../db/run_lists.ts";
import { experimentNow } from "../../db/live.ts";
import { countRuns } from "../../db/run_count.ts";
import { modelsOfRuns } from "../../db/run_models.ts";
import { type RunSearch, searchRuns } from "../../db/run_search.ts";
import { tabCounts } from "../../db/tab_counts.ts";
import { ApiError } from "../../domain/errors.ts";
import { type Column, movedColumn } from "../../domain/columns.ts";
import { describe } from "../../domain/filter/describe.ts";
import { FilterError } from "../../domain/filter/error.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { runDialect } from "../../domain/filter/runs.ts";
import { viewTypeOf } from "../../domain/list_view.ts";
import { printCursor } from "../../domain/live_cursor.ts";
import { groupOf } from "../../domain/run_groups.ts";
import { read } from "../../domain/permissions.ts";
import type { FilterFault } from "../../views/parts.tsx";
import { RunsPage } from "../../views/runs_table.tsx";
import { RunsOfExperimentQuery, type RunsQuery } from "../../wire/pages.ts";
import { page, type PageRequest } from "../page.tsx";
import type { Services } from "../services.ts";
import { shownGroups } from "./grouped_runs.ts";
import { changeNote } from "./run_actions.tsx";
import { savedViewsOf } from "./saved_views.tsx";

export const runsPages = [
  page({
    path: "/experiments/:experiment_id",
    query: RunsOfExperimentQuery,
    access: read.run,
    show: async (request, { experiment_id, move = "", ...asked }) => {
      const { sql, address, now } = request;
      const view = { ...asked, columns: movedColumn(asked.columns, move) };
      const { cursor, count } = await experimentNow(sql, experiment_id); // before the runs: what comes meanwhile is told
      const [experiment, counts, found, available, activity, selected, views, changed, directions] = await Promise.all([
        getExperiment(sql, experiment_id),
        tabCounts(sql, experiment_id),
        find(request, experiment_id, view),
        experimentKeys(sql, experiment_id),
        experimentActivity(sql, [experiment_id]),
        relatedRuns(sql, view.runs),
        savedViewsOf(request, "runs", experiment_id),
        changeNote(request, view.change),
        metricDirections(sql),
      ]);
      const { runs, next_page_token, error } = found;
      const ids = runs.map((run) => run.info.run_id);
      const [children, models] = await Promise.all([childCounts(sql, ids), modelsOfRuns(sql, ids)]);
      const all = activity.get(experiment_id)?.runs ?? { kind: "unknown" };
      return (
        <RunsPage
          experiment={experiment}
          counts={counts}
          view={view}
          runs={runs}
          next_page_token={next_page_token}
          total={found.total ?? all}
          all={all}
          running={count}
          since={printCursor(cursor)}
          available={available}
          chips={found.chips}
          error={error}
          grouped={found.grouped}
          childCounts={children}
          models={models}
          directions={directions}
          selected={selected}
          views={views}
          changed={changed}
          server={address}
          now={now()}
        />
      );
    },
  }),
];

/** A page of runs; or what is wrong with the filter or the order, and no runs. */
async function find({ sql, refuse }: PageRequest, experiment_id: string, view: RunsQuery) {
  const search: RunSearch = {
    experiment_ids: [experiment_id],
    filter: view.filter,
    run_view_type: viewTypeOf(view.view),
    max_results: view.max_results,
    order_by: view.order_by === "" ? [] : [view.order_by],
    page_token: view.page_token,
  };
  try {
    const chips = describe(parseFilter(view.filter, runDialect));
    const column = groupOf(view.group);
    if (column !== undefined) return { ...nothing, ...await findGroups(sql, search, view, column), chips };
    const plain = view.filter === "" && view.view === "active";
    const [found, total] = await Promise.all([searchRuns(sql, search), plain ? undefined : countRuns(sql, search)]);
    return { ...nothing, ...found, total, chips };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "INVALID_PARAMETER_VALUE") throw error;
    refuse();
    return { ...nothing, error: toFault(error) };
  }
}

const nothing = {
  runs: [],
  next_page_token: undefined,
  total: undefined,
  chips: [],
  error: undefined,
  grouped: undefined,
};

/** The groups, and the runs of those that are open. */
async function findGroups(sql: Services["sql"], search: RunSearch, view: RunsQuery, column: Column) {
  const { metrics } = await experimentKeys(sql, search.experiment_ids[0] ?? "");
  return { grouped: await shownGroups(sql, search, view, column, metrics) };
}

const toFault = (error: ApiError): FilterFault => ({
  message: error.message,
  ...(error instanceof FilterError && { offset: error.offset }),
});
