import type { z } from "zod";
import { invalid } from "../domain/errors.ts";
import { readSpace } from "../domain/sweeps/space_text.ts";
import { parseMessage } from "../wire/message.ts";
import type { SweepForm } from "../wire/pages_sweeps.ts";
import { CreateSweep } from "../wire/sweeps.ts";
import { askedIn } from "./launch_form.ts";

/** What the form that begins a sweep says, as the API is asked. INVALID_PARAMETER_VALUE names the field that is none. */
export function sweepIn(fields: SweepForm): z.output<typeof CreateSweep> {
  const { space, method, metric, goal, max_trials, parallel, early, min_step, min_trials, ...launch } = fields;
  return parseMessage(CreateSweep, {
    ...askedIn(launch),
    method,
    space: readSpace(space, "space"),
    goal,
    parallel,
    ...(metric.trim() !== "" && { metric: metric.trim() }),
    ...(max_trials.trim() !== "" && { max_trials: countIn(max_trials) }),
    ...(early && { early_stopping: { min_step, min_trials } }),
  });
}

function countIn(text: string): number {
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  throw invalid("Invalid value for parameter 'max_trials' supplied: it must be a number of trials.");
}
