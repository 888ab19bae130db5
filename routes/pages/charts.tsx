import { curveMetrics } from "../../db/curves.ts";
import { getExperiment } from "../../db/experiments.ts";
import { transactionNow } from "../../db/live.ts";
import { metricDirections } from "../../db/metric_directions.ts";
import { metricExtremes } from "../../db/metric_extremes.ts";
import { countRuns } from "../../db/run_count.ts";
import { experimentActivity, experimentKeys } from "../../db/run_lists.ts";
import { type RunSearch, searchRuns } from "../../db/run_search.ts";
import { getRuns } from "../../db/runs.ts";
import { tabCounts } from "../../db/tab_counts.ts";
import { shownRuns, wallOf } from "../../domain/charts_view.ts";
import { orderOf } from "../../domain/columns.ts";
import type { Run } from "../../domain/entities.ts";
import { ApiError } from "../../domain/errors.ts";
import { FilterError } from "../../domain/filter/error.ts";
import { viewTypeOf } from "../../domain/list_view.ts";
import { compareMetricNames, type Direction, directionOf } from "../../domain/metric_names.ts";
import { extremeKeys } from "../../domain/plots/settings.ts";
import { read } from "../../domain/permissions.ts";
import type { Line } from "../../views/chart.tsx";
import { ChartsPage } from "../../views/charts_page.tsx";
import { ChartsQuery, type ChartsView } from "../../wire/pages_charts.ts";
import { drawnCurves, drawnWidth } from "../drawn_curves.ts";
import { page, type PageRequest } from "../page.tsx";
import { imagesOfRuns } from "../run_images.ts";
import { savedViewsOf } from "./saved_views.tsx";

/** Runs of the list, and so of a chart. */
const mostListed = 100;
/** Cards of a page: more are found by name. */
const mostCards = 120;

export const chartsPages = [
  page({
    path: "/experiments/:experiment_id/charts",
    query: ChartsQuery,
    access: read.run,
    show: async (request, view) => {
      const { sql, address } = request;
      const { experiment_id } = view;
      const since = await transactionNow(sql); // before the runs: what comes meanwhile is told
      const [experiment, counts, found, available, directions, views] = await Promise.all([
        getExperiment(sql, experiment_id),
        tabCounts(sql, experiment_id),
        findRuns(request, view),
        experimentKeys(sql, experiment_id),
        metricDirections(sql),
        savedViewsOf(request, "charts", experiment_id),
      ]);
      const { listed } = found;
      const ids = listed.map((run) => run.info.run_id);
      const shown = shownRuns(ids, view);
      const curved = (await curveMetrics(sql, ids)).sort(compareMetricNames);
      const wall = cardsOf(view, curved);
      const drawn = view.only !== undefined ? [view.only] : wall.cards.slice(0, view.drawn);
      const visible = listed.filter(({ info }) => shown.includes(info.run_id));
      const window = { axis: view.x, by: view.by, width: drawnWidth, from: view.from, to: view.to, logx: view.logx };
      const { curves, groups } = await drawnCurves(sql, visible, drawn, window, view.group);
      return (
        <ChartsPage
          experiment={experiment}
          counts={counts}
          view={view}
          {...found}
          shown={shown}
          running={listed.filter(({ info }) => info.status === "RUNNING")}
          available={available}
          metric={listMetric(view, listed, curved, directions)}
          curved={curved.length}
          single={singleValued(listed, curved)}
          sections={wall.sections}
          left_out={wall.left_out}
          curves={Map.groupBy(curves, ({ key }) => key)}
          lines={groups ?? linesOf(visible)}
          groups={groups}
          grouped={groups && { group: view.group ?? "", runs: shown }}
          directions={directions}
          views={views}
          since={since}
          images={await imagesOfRuns(request, visible)}
          plots={await plotsOf(request, view, found)}
          server={address}
        />
      );
    },
  }),
];

const searchOf = (view: ChartsView): RunSearch => ({
  experiment_ids: [view.experiment_id],
  filter: view.filter,
  run_view_type: viewTypeOf(view.view),
  max_results: mostListed,
  order_by: view.order_by === "" ? [] : [view.order_by],
  page_token: view.page_token,
});

/** A page of runs, before it those that were selected elsewhere; or what is wrong with the filter or the order, and no runs. */
async function findRuns({ sql, refuse }: PageRequest, view: ChartsView) {
  const search = searchOf(view);
  try {
    const plain = view.filter === "" && view.view === "active";
    const [{ runs, next_page_token }, counted, activity] = await Promise.all([
      searchRuns(sql, search),
      plain ? undefined : countRuns(sql, search),
      plain ? experimentActivity(sql, [view.experiment_id]) : undefined,
    ]);
    const here = new Set(runs.map((run) => run.info.run_id));
    const elsewhere = view.runs.filter((run_id) => !here.has(run_id)).slice(0, mostListed);
    const selected = elsewhere.length === 0 || view.page_token !== undefined ? [] : await getRuns(sql, elsewhere);
    const total = counted ?? activity?.get(view.experiment_id)?.runs ?? { kind: "unknown" as const };
    return { listed: [...selected, ...runs].slice(0, mostListed), next_page_token, total, error: undefined };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "INVALID_PARAMETER_VALUE") throw error;
    refuse();
    const fault = { message: error.message, ...(error instanceof FilterError && { offset: error.offset }) };
    return { listed: [], next_page_token: undefined, total: { kind: "unknown" as const }, error: fault };
  }
}

/** Runs of a plot, where the reader wants more than the list has. */
const mostPlotted = 1000;

/** What is plotted over the runs of the list, or over all that match. */
async function plotsOf(request: PageRequest, view: ChartsView, found: Awaited<ReturnType<typeof findRuns>>) {
  const { sql, now } = request;
  const all = view.plots.all && found.error === undefined;
  const { runs } = all
    ? await searchRuns(sql, { ...searchOf(view), max_results: mostPlotted, page_token: undefined })
    : { runs: found.listed };
  const ids = runs.map((run) => run.info.run_id);
  const extremes = await metricExtremes(sql, ids, extremeKeys(view.plots));
  return { plotted: runs, more: found.next_page_token !== undefined, extremes, now: now() };
}

/** The sections with as many cards as a page takes. */
function cardsOf(view: ChartsView, curved: readonly string[]) {
  const sections = wallOf(curved, view);
  let room = mostCards;
  let left_out = 0;
  const kept = sections.map(({ prefix, metrics }) => {
    const here = metrics.slice(0, Math.max(0, room));
    room -= here.length;
    left_out += metrics.length - here.length;
    return { prefix, metrics: here };
  }).filter(({ metrics }) => metrics.length > 0);
  const open = kept.filter(({ prefix }) => !view.closed.includes(prefix || "-"));
  return { sections: kept, left_out, cards: open.flatMap(({ metrics }) => metrics) };
}

const linesOf = (runs: readonly Run[]): Line[] =>
  runs.map(({ info }) => ({ run_id: info.run_id, name: info.run_name }));

/** The metric beside the runs: what they are ordered by, or else what says how good they are. */
function listMetric(
  view: ChartsView,
  listed: readonly Run[],
  curved: readonly string[],
  directions: ReadonlyMap<string, Direction>,
): string | undefined {
  const column = orderOf(view.order_by)?.column;
  if (column?.kind === "metrics") return column.key;
  const known = new Set(listed.flatMap((run) => run.data.metrics?.map(({ key }) => key) ?? []));
  const candidates = [...view.pin, ...curved].filter((key) => known.has(key));
  return candidates.find((key) => (directions.get(key) ?? directionOf(key)) !== "unknown") ?? candidates[0];
}

function singleValued(listed: readonly Run[], curved: readonly string[]): string[] {
  const known = new Set(listed.flatMap((run) => run.data.metrics?.map(({ key }) => key) ?? []));
  return [...known].filter((key) => !curved.includes(key)).sort(compareMetricNames);
}
