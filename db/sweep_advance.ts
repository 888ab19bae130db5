import { ApiError } from "../domain/errors.ts";
import { type TrialCurve, whyStop } from "../domain/sweeps/early_stopping.ts";
import { trialJob } from "../domain/sweeps/asked_sweep.ts";
import { type Plan, planOf } from "../domain/sweeps/plan.ts";
import { bestTrial, isActive, type Sweep, type Trial } from "../domain/sweeps/sweep.ts";
import { metricCurves } from "./curves.ts";
import { cancelJob } from "./jobs.ts";
import type { MetricLog } from "./metric_log.ts";
import { type Sql, transaction } from "./sql.ts";
import { endSweep, holdSweep, noteTrials } from "./sweeps.ts";
import { submitTrial, sweepTrials } from "./sweep_trials.ts";

/** Points of a curve that early stopping looks at, at most a few times as many. */
const curveWidth = 500;
/** Trials that are over, the last ones, with which one that runs is compared. */
const mostCompared = 100;

/**
 * Does what a sweep is to do next: asks for trials, or ends it. Answers how many trials it asked for. Any number of servers may do so at
 * once.
 */
export async function advanceSweep(
  { sql, metrics }: { sql: Sql; metrics: MetricLog },
  sweep_id: string,
): Promise<number> {
  const { begun, better } = await transaction(sql, (tx) => advance(tx, sweep_id));
  if (better) await logBest(metrics, better);
  return begun;
}

interface Better {
  sweep: Sweep;
  best: Trial;
}

async function advance(tx: Sql, sweep_id: string): Promise<{ begun: number; better?: Better }> {
  const sweep = await holdSweep(tx, sweep_id);
  if (!sweep) return { begun: 0 };
  if (sweep.deleted) {
    await endSweep(tx, sweep_id, "killed", "Its run was deleted.");
    return { begun: 0 };
  }
  const trials = await sweepTrials(tx, sweep);
  const plan = planOf(sweep, trials);
  const best = bestTrial(sweep.goal, trials.filter((trial) => !isActive(trial)));
  const failed = await begin(tx, sweep, plan);
  await noteTrials(tx, sweep_id, sweep.begun + plan.begin.length, best?.number);
  if (failed !== undefined) await endSweep(tx, sweep_id, "failed", failed);
  else if (plan.end) await endSweep(tx, sweep_id, plan.end.state, plan.end.reason);
  const isNew = best !== undefined && best.number !== sweep.best;
  return { begun: failed === undefined ? plan.begin.length : 0, ...(isNew && { better: { sweep, best } }) };
}

/** Answers why trials cannot be asked for, such as an experiment that was deleted. */
async function begin(tx: Sql, sweep: Sweep, { begin }: Plan): Promise<string | undefined> {
  try {
    for (const { number, values } of begin) await submitTrial(tx, sweep, number, trialJob(sweep, number, values));
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

/** The sweep's own run has the best value as a metric, by the number of the trial. */
async function logBest(metrics: MetricLog, { sweep, best }: Better): Promise<void> {
  const { metric, run_id } = sweep;
  if (metric === undefined || best.value === undefined) return;
  const point = { key: `best_${metric}`, value: best.value, step: best.number, timestamp: Date.now() };
  await metrics.record({ run_id, metrics: [point] }).catch(() => {});
}

/** Ends trials that do worse than others did by the same step. Answers their numbers. */
export async function stopTrials(sql: Sql, sweep: Sweep): Promise<number[]> {
  const { early_stopping, metric, goal } = sweep;
  if (early_stopping === undefined || metric === undefined) return [];
  const trials = await sweepTrials(sql, sweep);
  const [running, over] = [trials.filter(isRunning), trials.filter((trial) => !isActive(trial))];
  if (running.length === 0) return [];
  const curves = await curvesOf(sql, metric, [...running, ...over.slice(-mostCompared)]);
  const stopped: number[] = [];
  for (const { number, job_id } of running) {
    const curve = curves.find((one) => one.number === number);
    const reason = curve && whyStop(goal, early_stopping, curve, curves);
    if (reason === undefined) continue;
    await cancelJob(sql, job_id, reason);
    stopped.push(number);
  }
  return stopped;
}

const isRunning = ({ state, cancelling }: Trial): boolean => state === "running" && !cancelling;

/** Of the trials that have logged something. */
async function curvesOf(sql: Sql, metric: string, trials: readonly Trial[]): Promise<TrialCurve[]> {
  const ids = trials.map(({ run_id }) => run_id);
  const curves = await metricCurves(sql, ids, [metric], { axis: "step", width: curveWidth });
  return curves.map(({ run_id, points }) => ({
    number: trials.find((trial) => trial.run_id === run_id)?.number ?? 0,
    steps: points.map(([step]) => step),
    values: points.map(([, value]) => value),
  }));
}
