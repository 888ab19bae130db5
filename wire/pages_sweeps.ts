import { z } from "zod";
import { goals, sweepMethods } from "../domain/sweeps/sweep.ts";
import { bool, int64, message, name, text } from "./message.ts";
import { launchShape } from "./pages_projects.ts";
import { plotsShape, withPlots } from "./pages_plots.ts";

/** The query strings and forms of sweeps. */

export const SweepForm = message({
  ...launchShape,
  /** A line for each parameter that is searched: `lr = 0.0001 to 0.1 log`. */
  space: text.default(""),
  method: z.enum(sweepMethods).default("random"),
  metric: text.default(""),
  goal: z.enum(goals).default("minimize"),
  /** Empty: all of a grid, or the usual number. */
  max_trials: text.default(""),
  parallel: int64.default(1),
  early: bool.default(false),
  min_step: int64.default(1),
  min_trials: int64.default(3),
});
export type SweepForm = z.output<typeof SweepForm>;

export const SweepQuery = message({ sweep_id: name, ...plotsShape }).transform((view) => withPlots(view));
export type SweepQuery = z.output<typeof SweepQuery>;

export const SweepAction = message({ sweep_id: name });
