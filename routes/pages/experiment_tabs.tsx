import { experimentDatasets } from "../../db/experiment_datasets.ts";
import { getExperiment } from "../../db/experiments.ts";
import { searchLoggedModels } from "../../db/logged_model_search.ts";
import { metricDirections } from "../../db/metric_directions.ts";
import { relatedRuns } from "../../db/run_lists.ts";
import { tabCounts } from "../../db/tab_counts.ts";
import { ApiError } from "../../domain/errors.ts";
import { modelOrder } from "../../domain/experiment_models.ts";
import { describe } from "../../domain/filter/describe.ts";
import { FilterError } from "../../domain/filter/error.ts";
import { loggedModelDialect } from "../../domain/filter/logged_models.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { read } from "../../domain/permissions.ts";
import { ExperimentDatasets } from "../../views/experiment_datasets.tsx";
import { ExperimentModels } from "../../views/experiment_models.tsx";
import { ExperimentDatasetsQuery, ExperimentModelsQuery } from "../../wire/pages_experiment.ts";
import { page, type PageRequest } from "../page.tsx";
import { savedViewsOf } from "./saved_views.tsx";

const pageSize = 100;

/** The tabs of an experiment that are lists of what its runs made and were given. */
export const experimentTabPages = [
  page({
    path: "/experiments/:experiment_id/models",
    query: ExperimentModelsQuery,
    access: read.logged_model,
    show: async (request, view) => {
      const { sql, address, now } = request;
      const [experiment, counts, found, views, directions] = await Promise.all([
        getExperiment(sql, view.experiment_id),
        tabCounts(sql, view.experiment_id),
        findModels(request, view),
        savedViewsOf(request, "models", view.experiment_id),
        metricDirections(sql),
      ]);
      const runs = await relatedRuns(sql, found.models.flatMap(({ info }) => info.source_run_id ?? []));
      return (
        <ExperimentModels
          experiment={experiment}
          counts={counts}
          view={view}
          {...found}
          runs={new Map(runs.map(({ run_id, run_name }) => [run_id, run_name]))}
          directions={directions}
          views={views}
          server={address}
          now={now()}
        />
      );
    },
  }),
  page({
    path: "/experiments/:experiment_id/datasets",
    query: ExperimentDatasetsQuery,
    access: read.run,
    show: async (request, view) => {
      const { sql, address, now } = request;
      const after = /^\d{1,15}$/.test(view.page_token ?? "") ? Number(view.page_token) : undefined;
      const [experiment, counts, found, views] = await Promise.all([
        getExperiment(sql, view.experiment_id),
        tabCounts(sql, view.experiment_id),
        experimentDatasets(sql, view.experiment_id, { words: view.search, after, most: pageSize + 1 }),
        savedViewsOf(request, "datasets", view.experiment_id),
      ]);
      const datasets = found.slice(0, pageSize);
      return (
        <ExperimentDatasets
          experiment={experiment}
          counts={counts}
          view={view}
          datasets={datasets}
          next_page_token={found.length > pageSize ? String(datasets.at(-1)?.number) : undefined}
          views={views}
          server={address}
          now={now()}
        />
      );
    },
  }),
];

/** A page of logged models; or what is wrong with the filter or the order, and no models. */
async function findModels(
  { sql, refuse }: PageRequest,
  { experiment_id, where, sort, page_token }: ExperimentModelsQuery,
) {
  try {
    const chips = describe(parseFilter(where, loggedModelDialect));
    const found = await searchLoggedModels(sql, {
      experiment_ids: [experiment_id],
      filter: where,
      max_results: pageSize,
      order_by: modelOrder(sort),
      page_token,
    });
    return { models: found.models, next_page_token: found.next_page_token, chips, error: undefined };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "INVALID_PARAMETER_VALUE") throw error;
    refuse();
    const fault = { message: error.message, ...(error instanceof FilterError && { offset: error.offset }) };
    return { models: [], next_page_token: undefined, chips: [], error: fault };
  }
}
