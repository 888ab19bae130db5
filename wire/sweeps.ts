import { z } from "zod";
import { mostTrials } from "../domain/sweeps/asked_sweep.ts";
import { jobStates } from "../domain/jobs.ts";
import { goals, sweepMethods, sweepStates } from "../domain/sweeps/sweep.ts";
import { KeyValue } from "./answers.ts";
import { AskedJob, askedShape, within } from "./jobs.ts";
import { bool, double, int64, list, message, name, text } from "./message.ts";

/** Beyond MLflow: runs of a project with values that are searched for. */

const dimension = message({
  key: name,
  values: z.array(z.union([z.string(), z.number(), z.boolean()]).transform(String).pipe(text)).exactOptional(),
  min: double.exactOptional(),
  max: double.exactOptional(),
  step: double.exactOptional(),
  log: bool.default(false),
});

const earlyStopping = message({
  min_step: within(0, 2 ** 53 - 1).default(1),
  min_trials: within(1, mostTrials).default(3),
});

export const CreateSweep = message({
  ...askedShape,
  method: z.enum(sweepMethods).default("random"),
  space: list(dimension),
  metric: text.pipe(z.string().max(250)).exactOptional(),
  goal: z.enum(goals).default("minimize"),
  max_trials: within(1, mostTrials).exactOptional(),
  parallel: within(1, 1000).default(1),
  early_stopping: earlyStopping.exactOptional(),
  seed: within(-(2 ** 31), 2 ** 31 - 1).exactOptional(),
});
export const ListSweeps = message({ max_results: int64.default(100), page_token: text.exactOptional() });
export const SweepById = message({ sweep_id: name });

const int = z.int();
const texts = z.string();
const number = z.union([z.number(), z.literal("NaN")]);
const time = int.describe("Milliseconds since the epoch.");

export const Dimension = z.union([
  z.object({ key: texts, values: z.array(texts) }),
  z.object({ key: texts, min: z.number(), max: z.number(), step: z.number().exactOptional(), log: z.boolean() }),
]).meta({ id: "Dimension" });

export const Sweep = z.object({
  sweep_id: texts,
  run_id: texts.describe("The parent of the trials."),
  run_name: texts,
  experiment_id: texts,
  asked: AskedJob.describe("What each trial is, but for what is searched for."),
  method: z.enum(sweepMethods),
  space: z.array(Dimension),
  metric: texts.exactOptional(),
  goal: z.enum(goals),
  max_trials: int,
  parallel: int.describe("How many trials wait or run at once."),
  early_stopping: z.object({ min_step: int, min_trials: int }).exactOptional(),
  seed: int,
  state: z.enum(sweepStates),
  reason: texts.exactOptional().describe("Why it ended so."),
  begun: int.describe("Trials that were asked for."),
  best: int.exactOptional().describe("The number of the trial with the best value."),
  created_time: time,
  ended_time: time.exactOptional(),
}).meta({ id: "Sweep" });

export const Trial = z.object({
  number: int.describe("From 1."),
  job_id: texts,
  run_id: texts,
  state: z.enum(jobStates),
  cancelling: z.boolean(),
  reason: texts.exactOptional(),
  values: z.array(KeyValue),
  value: number.exactOptional().describe("The latest value of the metric."),
}).meta({ id: "Trial" });

export const OneSweep = z.object({ sweep: Sweep });
export const Sweeps = z.object({ sweeps: z.array(Sweep), next_page_token: texts.exactOptional() });
export const SweepWithTrials = z.object({ sweep: Sweep, trials: z.array(Trial) });
