import { curveMetrics, metricCurves } from "../../db/curves.ts";
import { getExperiments } from "../../db/experiments.ts";
import { getRuns } from "../../db/runs.ts";
import { compareMetricNames } from "../../domain/metric_names.ts";
import { read } from "../../domain/permissions.ts";
import { chartedMetrics } from "../../domain/compare.ts";
import { ComparePage } from "../../views/compare.tsx";
import { CompareQuery } from "../../wire/pages_run.ts";
import { page } from "../page.tsx";

const mostRuns = 100;
/** Pixels of the curves that are drawn for readers without JavaScript: charts.js asks for its own width. */
const drawnWidth = 60;

export const comparePages = [
  page({
    path: "/compare",
    query: CompareQuery,
    access: read.run,
    show: async ({ sql, now }, asked) => {
      const view = { ...asked, runs: asked.runs.slice(0, mostRuns) };
      const [runs, known] = await Promise.all([getRuns(sql, view.runs), curveMetrics(sql, view.runs)]);
      const curve_metrics = known.sort(compareMetricNames);
      const metrics = chartedMetrics(view, curve_metrics);
      const found = new Set(runs.map((run) => run.info.run_id));
      const [curves, experiments] = await Promise.all([
        metricCurves(sql, view.runs, metrics, { axis: view.x, width: drawnWidth }),
        getExperiments(sql, runs.map((run) => run.info.experiment_id)),
      ]);
      return (
        <ComparePage
          view={view}
          runs={runs}
          left_out={asked.runs.length - view.runs.length}
          missing={view.runs.filter((run_id) => !found.has(run_id))}
          experiments={new Map(experiments.map(({ experiment_id, name }) => [experiment_id, name]))}
          curve_metrics={curve_metrics}
          charts={metrics.map((metric) => ({ metric, curves: curves.filter((curve) => curve.key === metric) }))}
          now={now()}
        />
      );
    },
  }),
];
