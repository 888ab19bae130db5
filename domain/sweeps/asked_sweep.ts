import type { KeyValue } from "../entities.ts";
import { invalid } from "../errors.ts";
import { newRunId } from "../ids.ts";
import type { AskedJob, NewJob } from "../jobs.ts";
import { newJob } from "../projects/asked_job.ts";
import { checkSpace, sizeOf, sizeOfSpace } from "./space.ts";
import type { NewSweep, Search, Sweep } from "./sweep.ts";

/** A sweep as somebody asks for it. */
export interface AskedSweep extends AskedJob, Omit<Search, "max_trials" | "seed"> {
  /** Absent: every combination of a grid, else `usualTrials`. */
  max_trials?: number;
  seed?: number;
}

export const usualTrials = 20;
export const mostTrials = 10_000;
/** Tags that tell a run's sweep, and the number of a trial in it. */
export const sweepTag = "weir.sweep";
export const trialTag = "weir.sweep.trial";

/** A sweep with its parent run. INVALID_PARAMETER_VALUE for what cannot be searched, with the name of the field. */
export function newSweep({ asked, ...search }: { asked: AskedJob } & Omit<AskedSweep, keyof AskedJob>): NewSweep {
  checkSearch(search);
  const { space, method } = search;
  const size = sizeOfSpace(space);
  const sweep_id = newRunId();
  const searched = new Set(space.map(({ key }) => key));
  const fixed = { ...asked, parameters: asked.parameters.filter(({ key }) => !searched.has(key)) };
  const { run } = newJob(fixed);
  return {
    ...search,
    sweep_id,
    asked: fixed,
    run: { ...run, tags: [...run.tags, { key: sweepTag, value: sweep_id }] },
    max_trials: search.max_trials ?? (method === "grid" ? Math.min(size, mostTrials) : usualTrials),
    seed: search.seed ?? crypto.getRandomValues(new Int32Array(1))[0] ?? 0,
  };
}

function checkSearch({ space, method, metric, early_stopping }: Omit<AskedSweep, keyof AskedJob>): void {
  checkSpace(space, "space");
  const endless = space.find((dimension) => sizeOf(dimension) === Infinity);
  if (method === "grid" && endless) {
    throw invalid(
      `Invalid value for parameter 'space' supplied: '${endless.key}' needs a step, or values, for a grid to have an end.`,
    );
  }
  if (metric !== undefined && metric !== "") return;
  const needs = method === "bayesian" ? "a Bayesian search" : early_stopping && "stopping trials early";
  if (needs) throw invalid(`Invalid value for parameter 'metric' supplied: ${needs} needs one to compare trials by.`);
}

/** The job of one trial, whose run is a child of the sweep's. */
export function trialJob(sweep: Sweep, number: number, values: readonly KeyValue[]): NewJob {
  const { asked, run_id, run_name, sweep_id } = sweep;
  return newJob({
    ...asked,
    run_name: `${run_name}-${number}`,
    parameters: [...asked.parameters, ...values],
    tags: [
      ...asked.tags.filter(({ key }) => key !== "mlflow.runName"),
      { key: "mlflow.parentRunId", value: run_id },
      { key: sweepTag, value: sweep_id },
      { key: trialTag, value: String(number) },
    ],
  });
}
