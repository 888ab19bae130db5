import { type EarlyStopping, type Goal, isBetter } from "./sweep.ts";

/** What a trial has logged of the metric, by step. */
export interface TrialCurve {
  number: number;
  steps: ArrayLike<number>;
  values: ArrayLike<number>;
}

/**
 * Why a trial is to be ended before its time, if it is: at its last step its best value is worse than the median of the best values that
 * the others had by that step. Source: the median stopping rule of Golovin et al., "Google Vizier", 2017, by best values for means.
 */
export function whyStop(
  goal: Goal,
  { min_step, min_trials }: EarlyStopping,
  trial: TrialCurve,
  others: readonly TrialCurve[],
): string | undefined {
  const step = lastStep(trial);
  if (step < min_step) return undefined;
  const came = others.filter((other) => other.number !== trial.number && lastStep(other) >= step);
  if (came.length < Math.max(1, min_trials)) return undefined;
  const middle = median(goal, came.map((other) => bestUntil(goal, other, step)));
  const best = bestUntil(goal, trial, step);
  if (!isBetter(goal, middle, best)) return undefined;
  return `Stopped early: by step ${step} its best value was ${shown(best)}, worse than the median ${
    shown(middle)
  } of ${came.length} others.`;
}

function lastStep({ steps }: TrialCurve): number {
  let last = -Infinity;
  for (let index = 0; index < steps.length; index++) last = Math.max(last, steps[index] ?? last);
  return last;
}

/** NaN before the first value. */
function bestUntil(goal: Goal, { steps, values }: TrialCurve, step: number): number {
  let best = NaN;
  for (let index = 0; index < steps.length; index++) {
    const value = values[index] ?? NaN;
    if ((steps[index] ?? Infinity) <= step && isBetter(goal, value, best)) best = value;
  }
  return best;
}

/** The worse one of two in the middle. */
function median(goal: Goal, values: readonly number[]): number {
  const ranked = values.toSorted((a, b) => isBetter(goal, a, b) ? -1 : isBetter(goal, b, a) ? 1 : 0);
  return ranked[Math.floor(ranked.length / 2)] ?? NaN;
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
