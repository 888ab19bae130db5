import { curveMetrics } from "../../db/curves.ts";
import { deleteExperimentTag, setExperimentTag } from "../../db/experiments.ts";
import { transactionNow } from "../../db/live.ts";
import { forgetMetricDirection, setMetricDirection } from "../../db/metric_directions.ts";
import { metricExtremes } from "../../db/metric_extremes.ts";
import { getRun } from "../../db/runs.ts";
import { compareMetricNames } from "../../domain/metric_names.ts";
import { ApiError } from "../../domain/errors.ts";
import { edit, read } from "../../domain/permissions.ts";
import { extremeKeys } from "../../domain/plots/settings.ts";
import { chartedMetrics } from "../../domain/compare.ts";
import { baselineTag, comparisonOf } from "../../domain/comparison.ts";
import { chartSettings } from "../../views/chart_links.ts";
import { ComparePage } from "../../views/compare.tsx";
import { href, path } from "../../views/links.ts";
import { BaselineForm, DirectionForm, ForgetDirectionForm } from "../../wire/pages_compare.ts";
import { CompareQuery } from "../../wire/pages_run.ts";
import { comparedFiles, gatheredRuns, mostCompared } from "../comparison.ts";
import { chartsOf, drawnCurves, drawnWidth } from "../drawn_curves.ts";
import { form, page } from "../page.tsx";
import type { Services } from "../services.ts";
import { savedViewsOf } from "./saved_views.tsx";

export const comparePages = [
  page({
    path: "/compare",
    query: CompareQuery,
    access: read.run,
    show: async (request, asked) => {
      const { sql, address } = request;
      const since = await transactionNow(sql); // before the runs: what comes meanwhile is told
      const wanted = { ...asked, runs: asked.runs.slice(0, mostCompared) };
      const [gathered, known] = await Promise.all([gatheredRuns(request, wanted), curveMetrics(sql, wanted.runs)]);
      const { runs } = gathered;
      const curve_metrics = known.sort(compareMetricNames);
      const metrics = chartedMetrics(wanted, curve_metrics);
      const found = new Set(runs.map((run) => run.info.run_id));
      const { x, by } = chartSettings(wanted);
      const base = runs.length < 2 ? undefined : runs[comparisonOf(runs, gathered).baseline];
      const [{ curves, groups }, extremes, views, compared] = await Promise.all([
        drawnCurves(sql, runs, metrics, { axis: x, by, width: drawnWidth }, wanted.group),
        metricExtremes(sql, wanted.runs, extremeKeys(wanted.plots)),
        savedViewsOf(request, "compare"),
        base && comparedFiles(request, runs, base, wanted),
      ]);
      const view = { ...wanted, file: compared?.file ?? wanted.file };
      return (
        <ComparePage
          {...gathered}
          view={view}
          left_out={asked.runs.length - view.runs.length}
          missing={view.runs.filter((run_id) => !found.has(run_id))}
          files={compared?.files}
          curve_metrics={curve_metrics}
          charts={chartsOf(metrics, curves)}
          groups={groups}
          extremes={extremes}
          views={views}
          since={since}
          server={address}
        />
      );
    },
  }),
  form({
    path: "/metric-directions",
    fields: DirectionForm,
    access: edit.experiment,
    handle: async ({ sql, reader, now }, { dir: { name, direction = "unknown" }, back }) => {
      await setMetricDirection(sql, { name, direction, set_by: reader.name, set_time: now() });
      return backTo(back, (field, value) => field !== "dir" || !value.endsWith(`:${name}`));
    },
  }),
  form({
    path: "/metric-directions/forget",
    fields: ForgetDirectionForm,
    access: edit.experiment,
    handle: async ({ sql }, { metric }) => {
      await forgetMetricDirection(sql, metric);
      return href(path`/settings`, { done: "saved" });
    },
  }),
  form({
    path: "/baselines",
    fields: BaselineForm,
    access: edit.experiment,
    handle: async ({ sql, now }, { run_id, forget, page: from, back }) => {
      const { info } = await getRun(sql, run_id || forget);
      if (run_id === "") await forgetBaseline(sql, info.experiment_id, now());
      else await setExperimentTag(sql, info.experiment_id, { key: baselineTag, value: run_id }, now());
      return from === "run" ? href(path`/runs/${info.run_id}`, { done: "changed" }) : backTo(back);
    },
  }),
];

/** The comparison with the fields of its address that are to stay. */
function backTo(back: string, stays: (field: string, value: string) => boolean = () => true): string {
  const kept = [...new URLSearchParams(back)].filter(([field, value]) => stays(field, value));
  const fields = Map.groupBy(kept, ([field]) => field);
  return href(
    path`/compare`,
    Object.fromEntries([...fields].map(([field, pairs]) => [field, pairs.map(([, value]) => value)])),
  );
}

/** One that is not set is forgotten already. */
async function forgetBaseline(sql: Services["sql"], experiment_id: string, now: number): Promise<void> {
  try {
    await deleteExperimentTag(sql, experiment_id, baselineTag, now);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "RESOURCE_DOES_NOT_EXIST") throw error;
  }
}
