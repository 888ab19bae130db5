import type { KeyValue } from "../entities.ts";
import type { AskedJob, JobState, NewJob } from "../jobs.ts";
import type { Dimension } from "./space.ts";

/** Runs of one project with values that are searched for: the trials, children of the sweep's own run. */

export const sweepMethods = ["random", "grid", "bayesian"] as const;
export type SweepMethod = (typeof sweepMethods)[number];

export const goals = ["minimize", "maximize"] as const;
export type Goal = (typeof goals)[number];

/** When a trial is ended before its time: once its best value is worse than the median of what others had by the same step. */
export interface EarlyStopping {
  /** Steps of the metric before which no trial is judged. */
  min_step: number;
  /** How many others must have come as far. */
  min_trials: number;
}

/** How values are looked for. */
export interface Search {
  method: SweepMethod;
  space: Dimension[];
  /** What is compared, by the latest value of each trial. Absent: nothing is. */
  metric?: string;
  goal: Goal;
  max_trials: number;
  /** How many trials wait or run at once. */
  parallel: number;
  early_stopping?: EarlyStopping;
  /** The same seed and the same outcomes give the same values. */
  seed: number;
}

/** A sweep about to begin, with the run that its trials are children of. */
export interface NewSweep extends Search {
  sweep_id: string;
  asked: AskedJob;
  run: NewJob["run"];
}

export const sweepStates = ["running", "finished", "failed", "killed"] as const;
export type SweepState = (typeof sweepStates)[number];

/** Times are milliseconds since the epoch. */
export interface Sweep extends Search {
  sweep_id: string;
  /** What each trial is, but for the values that are searched for. */
  asked: AskedJob;
  /** Of the sweep itself: the parent of the trials. */
  run_id: string;
  run_name: string;
  experiment_id: string;
  state: SweepState;
  /** Why it ended so. */
  reason?: string;
  /** Trials that were asked for so far; their numbers begin with 1. */
  begun: number;
  /** The trial with the best value so far. */
  best?: number;
  created_time: number;
  ended_time?: number;
}

export interface Trial {
  number: number;
  job_id: string;
  run_id: string;
  state: JobState;
  /** It was asked to end. */
  cancelling: boolean;
  reason?: string;
  /** Of what is searched for, in the order of the space. */
  values: KeyValue[];
  /** The latest value of the metric. */
  value?: number;
}

export const isActive = ({ state }: Pick<Trial, "state">): boolean => state === "queued" || state === "running";

/** Whether a value is better than another. NaN is worse than everything. */
export const isBetter = (goal: Goal, value: number, other: number): boolean =>
  Number.isNaN(other) ? !Number.isNaN(value) : goal === "minimize" ? value < other : value > other;

/** The one with the best value; undefined when none has any. */
export function bestTrial(goal: Goal, trials: readonly Trial[]): Trial | undefined {
  let best: Trial | undefined;
  for (const trial of trials) {
    const { value = NaN } = trial;
    if (!Number.isNaN(value) && (best === undefined || isBetter(goal, value, best.value ?? NaN))) best = trial;
  }
  return best;
}
