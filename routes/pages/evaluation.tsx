import { getExperiment } from "../../db/experiments.ts";
import { searchRuns } from "../../db/run_search.ts";
import { getRuns } from "../../db/runs.ts";
import { tabCounts } from "../../db/tab_counts.ts";
import { tagOf } from "../../domain/compare.ts";
import type { Run } from "../../domain/entities.ts";
import { ApiError } from "../../domain/errors.ts";
import { evaluationOf, loggedArtifactsTag, sought, tablePaths } from "../../domain/evaluation.ts";
import { viewTypeOf } from "../../domain/list_view.ts";
import { read } from "../../domain/permissions.ts";
import { EvaluationPage } from "../../views/evaluation.tsx";
import { EvaluationQuery } from "../../wire/pages_evaluation.ts";
import { runTable } from "../evaluation_tables.ts";
import { page, type PageRequest } from "../page.tsx";
import { savedViewsOf } from "./saved_views.tsx";

/** Runs to choose from, runs side by side, and those that are shown where nobody chooses. */
const mostListed = 100;
const mostShown = 10;
const usuallyShown = 3;
/** Rows of a page. */
const pageRows = 50;

export const evaluationPages = [
  page({
    path: "/experiments/:experiment_id/evaluation",
    query: EvaluationQuery,
    access: read.run,
    show: async (request, view) => {
      const { sql, address } = request;
      const [experiment, counts, listed, ticked, views] = await Promise.all([
        getExperiment(sql, view.experiment_id),
        tabCounts(sql, view.experiment_id),
        runsWithTables(request, view),
        getRuns(sql, view.runs.slice(0, mostListed)),
        savedViewsOf(request, "evaluation", view.experiment_id),
      ]);
      const { runs, error } = listed;
      const chosen = ticked.filter((run) =>
        run.info.experiment_id === experiment.experiment_id && tablesOf(run).length > 0
      );
      const known = counted([
        ...runs,
        ...chosen.filter((run) => !runs.some(({ info }) => info.run_id === run.info.run_id)),
      ]);
      const table = view.table ?? [...known].toSorted((a, b) => b[1] - a[1])[0]?.[0];
      const having = (run: Run): boolean => table !== undefined && tablesOf(run).includes(table);
      const shown = chosen.length > 0
        ? chosen.filter(having).slice(0, mostShown)
        : runs.filter(having).slice(0, usuallyShown);
      const tables = await Promise.all(
        shown.map(async (run) => ({ run, ...await runTable(request, run, table ?? "") })),
      );
      const readable = tables.flatMap((one) => "table" in one ? [one] : []);
      const evaluation = evaluationOf(readable.map((one) => one.table), view);
      const rows = sought(evaluation.rows, view);
      return (
        <EvaluationPage
          experiment={experiment}
          counts={counts}
          view={view}
          error={error}
          listed={runs}
          table={table}
          tables={known}
          runs={readable.map(({ run }) => run)}
          faults={tables.flatMap(({ run, ...one }) =>
            "fault" in one ? [{ name: run.info.run_name, fault: one.fault }] : []
          )}
          evaluation={evaluation}
          rows={rows.slice(view.from, view.from + pageRows)}
          matching={rows.length}
          page_rows={pageRows}
          views={views}
          server={address}
        />
      );
    },
  }),
];

const tablesOf = (run: Run): string[] => tablePaths(tagOf(run, loggedArtifactsTag));

function counted(runs: readonly Run[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const path of runs.flatMap(tablesOf)) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}

/** The runs that the filter of the tabs finds and that have a table; what is wrong with the filter, and no runs. */
async function runsWithTables(
  { sql, refuse }: PageRequest,
  view: EvaluationQuery,
): Promise<{ runs: Run[]; error?: string }> {
  const having = `tags.\`${loggedArtifactsTag}\` LIKE '%"table"%'`;
  try {
    const { runs } = await searchRuns(sql, {
      experiment_ids: [view.experiment_id],
      filter: view.filter === "" ? having : `${view.filter} AND ${having}`,
      run_view_type: viewTypeOf(view.view),
      max_results: mostListed,
      order_by: view.order_by === "" ? [] : [view.order_by],
    });
    return { runs: runs.filter((run) => tablesOf(run).length > 0) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "INVALID_PARAMETER_VALUE") throw error;
    refuse();
    return { runs: [], error: error.message };
  }
}
