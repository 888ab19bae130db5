import { getExperiment } from "../../db/experiments.ts";
import { childCounts, experimentActivity, experimentKeys, relatedRuns, runningRuns } from "../../db/run_lists.ts";
import { countRuns } from "../../db/run_count.ts";
import { searchRuns } from "../../db/run_search.ts";
import { moveRun } from "../../db/runs.ts";
import { transaction } from "../../db/sql.ts";
import { ApiError } from "../../domain/errors.ts";
import { describe } from "../../domain/filter/describe.ts";
import { FilterError } from "../../domain/filter/error.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { runDialect } from "../../domain/filter/runs.ts";
import { viewTypeOf } from "../../domain/list_view.ts";
import { read, remove } from "../../domain/permissions.ts";
import { href, path } from "../../views/links.ts";
import type { FilterFault } from "../../views/parts.tsx";
import { RunsPage } from "../../views/runs_table.tsx";
import { RunsForm, RunsOfExperimentQuery, type RunsQuery } from "../../wire/pages.ts";
import { form, page, type PageRequest } from "../page.tsx";
import type { Services } from "../services.ts";

export const runsPages = [
  page({
    path: "/experiments/:experiment_id",
    query: RunsOfExperimentQuery,
    access: read.run,
    show: async (request, { experiment_id, ...view }) => {
      const { sql, address, now } = request;
      const [experiment, found, running, available, activity, selected] = await Promise.all([
        getExperiment(sql, experiment_id),
        find(request, experiment_id, view),
        runningRuns(sql, experiment_id),
        experimentKeys(sql, experiment_id),
        experimentActivity(sql, [experiment_id]),
        relatedRuns(sql, view.runs),
      ]);
      const { runs, next_page_token, error } = found;
      const all = activity.get(experiment_id)?.runs ?? { kind: "unknown" };
      return (
        <RunsPage
          experiment={experiment}
          view={view}
          runs={runs}
          next_page_token={next_page_token}
          total={found.total ?? all}
          all={all}
          running={running}
          available={available}
          chips={found.chips}
          error={error}
          childCounts={await childCounts(sql, runs.map((run) => run.info.run_id))}
          selected={selected}
          server={address}
          now={now()}
        />
      );
    },
  }),
  ...(["delete", "restore"] as const).map((verb) =>
    form({
      path: `/experiments/:experiment_id/runs/${verb}`,
      fields: RunsForm,
      access: remove.run,
      handle: (services, fields) => moveRuns(services, verb, fields),
    })
  ),
];

/** A page of runs; or what is wrong with the filter or the order, and no runs. */
async function find({ sql, refuse }: PageRequest, experiment_id: string, view: RunsQuery) {
  const search = {
    experiment_ids: [experiment_id],
    filter: view.filter,
    run_view_type: viewTypeOf(view.view),
    max_results: view.max_results,
    order_by: view.order_by === "" ? [] : [view.order_by],
    page_token: view.page_token,
  };
  try {
    const chips = describe(parseFilter(view.filter, runDialect));
    const plain = view.filter === "" && view.view === "active";
    const [found, total] = await Promise.all([searchRuns(sql, search), plain ? undefined : countRuns(sql, search)]);
    return { ...found, total, chips, error: undefined };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "INVALID_PARAMETER_VALUE") throw error;
    refuse();
    return { runs: [], next_page_token: undefined, total: undefined, chips: [], error: toFault(error) };
  }
}

const toFault = (error: ApiError): FilterFault => ({
  message: error.message,
  ...(error instanceof FilterError && { offset: error.offset }),
});

/** All of them or none. Answers the page that they were chosen on. */
async function moveRuns(
  { sql, now }: Pick<Services, "sql" | "now">,
  verb: "delete" | "restore",
  { experiment_id, runs, back }: { experiment_id: string; runs: string[]; back: string },
): Promise<string> {
  await transaction(sql, async (tx) => {
    for (const run_id of runs) await moveRun(tx, run_id, verb === "delete" ? "deleted" : "active", now());
  });
  const chosen = new URLSearchParams(back);
  const query = Object.fromEntries([...chosen.keys()].map((key) => [key, chosen.getAll(key)]));
  const touched = runs.length <= 100 ? runs : [];
  return href(path`/experiments/${experiment_id}`, {
    ...query,
    done: verb === "delete" ? "deleted" : "restored",
    touched,
  });
}
