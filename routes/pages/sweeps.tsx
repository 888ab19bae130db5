import { metricDirections } from "../../db/metric_directions.ts";
import { metricExtremes } from "../../db/metric_extremes.ts";
import { getRuns } from "../../db/runs.ts";
import { cancelSweep, getSweep } from "../../db/sweeps.ts";
import { sweepTrials } from "../../db/sweep_trials.ts";
import { edit, execute, read } from "../../domain/permissions.ts";
import { extremeKeys } from "../../domain/plots/settings.ts";
import { readSpace } from "../../domain/sweeps/space_text.ts";
import { SweepPage } from "../../views/sweep.tsx";
import { sweepHref } from "../../views/sweep_parts.tsx";
import { SweepAction, SweepForm, SweepQuery } from "../../wire/pages_sweeps.ts";
import { askSweep } from "../asked_sweep.ts";
import { completed } from "../launch_form.ts";
import { form, page } from "../page.tsx";
import { sweepIn } from "../sweep_form.ts";

/** Runs that the plots of a sweep take, and how many where the reader asks for all. */
const [somePlotted, mostPlotted] = [100, 1000];

export const sweepPages = [
  form({
    path: "/projects/sweeps",
    fields: SweepForm,
    access: execute.job,
    handle: async (services, fields) => {
      const searched = readSpace(fields.space, "space").map(({ key }) => key);
      const given = await completed(services.sql, fields, searched);
      return sweepHref((await askSweep(services, sweepIn(given))).sweep_id);
    },
  }),
  page({
    path: "/projects/sweeps/:sweep_id",
    query: SweepQuery,
    access: read.job,
    show: async ({ sql, now }, view) => {
      const sweep = await getSweep(sql, view.sweep_id);
      const [trials, directions] = await Promise.all([sweepTrials(sql, sweep), metricDirections(sql)]);
      const plotted = trials.filter(({ value }) => value !== undefined);
      const ids = plotted.map(({ run_id }) => run_id).slice(-(view.plots.all ? mostPlotted : somePlotted));
      const [runs, extremes] = await Promise.all([
        getRuns(sql, ids),
        metricExtremes(sql, ids, extremeKeys(view.plots)),
      ]);
      return (
        <SweepPage
          {...{ view, sweep, trials, runs, extremes, directions }}
          more={plotted.length > ids.length}
          now={now()}
        />
      );
    },
  }),
  form({
    path: "/projects/sweeps/:sweep_id/cancel",
    fields: SweepAction,
    access: edit.job,
    handle: async ({ sql }, { sweep_id }) => sweepHref((await cancelSweep(sql, sweep_id)).sweep_id),
  }),
];
