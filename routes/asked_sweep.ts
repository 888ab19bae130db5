import type { z } from "zod";
import { advanceSweep } from "../db/sweep_advance.ts";
import { createSweep, getSweep } from "../db/sweeps.ts";
import { invalid } from "../domain/errors.ts";
import { newSweep } from "../domain/sweeps/asked_sweep.ts";
import type { Dimension } from "../domain/sweeps/space.ts";
import type { Sweep } from "../domain/sweeps/sweep.ts";
import type { CreateSweep } from "../wire/sweeps.ts";
import { askedExperiment } from "./asked_job.ts";
import type { Services } from "./services.ts";

/** Begins a sweep with its first trials. INVALID_PARAMETER_VALUE for what cannot be searched. */
export async function askSweep(services: Services, given: z.output<typeof CreateSweep>): Promise<Sweep> {
  const { method, space, metric, goal, max_trials, parallel, early_stopping, seed, ...asked } = given;
  const { experiment_id: _id, experiment_name: _name, ...job } = asked;
  const made = newSweep({
    asked: job,
    method,
    space: space.map(dimensionOf),
    goal,
    parallel,
    ...(metric !== undefined && metric !== "" && { metric }),
    ...(max_trials !== undefined && { max_trials }),
    ...(early_stopping && { early_stopping }),
    ...(seed !== undefined && { seed }),
  });
  const sweep = await createSweep(services.sql, made, await askedExperiment(services, asked));
  await goOn(services, sweep.sweep_id);
  return await getSweep(services.sql, sweep.sweep_id);
}

/** Has a sweep do its next step, and wakes the workers that wait where it asks for trials. */
export async function goOn(services: Services, sweep_id: string): Promise<void> {
  if (await advanceSweep(services, sweep_id) > 0) services.jobs.ring();
}

function dimensionOf(
  { key, values, min, max, step, log }: z.output<typeof CreateSweep>["space"][number],
  index: number,
): Dimension {
  const numbers = [min, max, step].some((number) => number !== undefined);
  if (values !== undefined && !numbers) return { key, values };
  if (values === undefined && min !== undefined && max !== undefined) {
    return { key, min, max, log, ...(step !== undefined && { step }) };
  }
  throw invalid(
    `Invalid value for parameter 'space[${index}]' supplied: '${key}' must have either values, or min and max.`,
  );
}
