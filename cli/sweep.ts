// deno-lint-ignore-file no-console -- it talks to people
import { Command, InvalidArgumentError, Option } from "commander";
import type { Calls } from "../client/calls.ts";
import { ApiError } from "../domain/errors.ts";
import type { Values } from "../domain/projects/project.ts";
import { isChoice } from "../domain/sweeps/space.ts";
import { readDimension } from "../domain/sweeps/space_text.ts";
import { type Goal, goals, type SweepMethod, sweepMethods } from "../domain/sweeps/sweep.ts";
import { askedJob, type AskOptions, pair, withProjectOptions } from "./project_options.ts";
import { workerClient } from "./run_queued.ts";
import { reached, Refused } from "./server.ts";

interface Options extends AskOptions {
  search: Values;
  method: SweepMethod;
  metric?: string;
  goal: Goal;
  trials?: number;
  parallel: number;
  earlyStopping?: { min_step: number; min_trials: number };
  seed?: number;
  wait: boolean;
}

/** Exits with 0 once the sweep has finished, 1 when it failed, 130 when it was cancelled. */
export const sweep = withProjectOptions(new Command("sweep"))
  .description("Has workers of the server run a project again and again, with values that it looks for.")
  .option(
    "-S, --search <name=values>",
    'what is searched, such as "lr=0.0001 to 0.1 log", "epochs=1 to 10 step 1" or "kind=a, b"; again for more',
    pair("S"),
    [],
  )
  .addOption(new Option("--method <method>", "how values are found").choices(sweepMethods).default("random"))
  .option("--metric <name>", "its latest value says how good a trial is")
  .addOption(new Option("--goal <goal>", "which value is the best").choices(goals).default("minimize"))
  .option("--trials <number>", "how many; 20 without it, or all of a grid", whole)
  .option("--parallel <number>", "how many at once", whole, 1)
  .option("--early-stopping <step[:others]>", "end trials from that step on that do worse than so many others", early)
  .option("--seed <number>", "the same seed and outcomes give the same values", whole)
  .option("--no-wait", "return once the sweep is there")
  .action(async (uri: string, options: Options) => {
    try {
      Deno.exit(await runSweep(uri, options));
    } catch (error) {
      if (error instanceof ApiError) throw new Refused(error.message);
      throw error;
    }
  });

function whole(text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number. Got '${text}'.`);
}

function early(text: string): { min_step: number; min_trials: number } {
  const [, step, others = "3"] = /^(\d{1,15})(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (step !== undefined) return { min_step: Number(step), min_trials: Number(others) };
  throw new InvalidArgumentError(`It must be a step, or a step and a number of trials such as 5:3. Got '${text}'.`);
}

/** Milliseconds between two looks at what has become of the trials. */
const pause = 1000;

async function runSweep(uri: string, options: Options): Promise<number> {
  const server = options.trackingUri;
  if (options.search.length === 0) throw new Refused("Say what is searched, such as -S 'lr=0.0001 to 0.1 log'.");
  const client = workerClient(server);
  const cwd = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  const asked = { ...await askedJob(uri, options, cwd), ...searchIn(options) };
  const { sweep: { sweep_id } } = await reached(server, () => client("POST /api/weir/1/sweeps", asked));
  console.error(`weir: Sweep ${sweep_id}: ${server.replace(/\/+$/, "")}/projects/sweeps/${sweep_id}`);
  if (!options.wait) {
    console.log(sweep_id);
    return 0;
  }
  const told = new Set<number>();
  for (;;) {
    const { sweep, trials } = await reached(server, () => client("GET /api/weir/1/sweeps/{sweep_id}", { sweep_id }));
    for (const trial of trials) {
      if (told.has(trial.number) || trial.state === "queued" || trial.state === "running") continue;
      told.add(trial.number);
      console.log(lineOf(trial, sweep));
    }
    if (sweep.state === "running") {
      await new Promise((done) => setTimeout(done, pause));
      continue;
    }
    console.error(`weir: Sweep ${sweep_id} ${sweep.state}${sweep.reason ? `: ${sweep.reason}` : ""}`);
    const best = trials.find(({ number }) => number === sweep.best);
    if (best) console.error(`weir: Best: ${lineOf(best, sweep)}`);
    return sweep.state === "finished" ? 0 : sweep.state === "killed" ? 130 : 1;
  }
}

function searchIn(options: Options) {
  const { method, metric, goal, trials, parallel, earlyStopping, seed } = options;
  const dimensions = options.search.map(([key, text]) => readDimension(key, text, "search"));
  return {
    method,
    goal,
    parallel,
    space: dimensions.map((one) => isChoice(one) ? { ...one, values: [...one.values] } : one),
    ...(metric !== undefined && { metric }),
    ...(trials !== undefined && { max_trials: trials }),
    ...(earlyStopping && { early_stopping: earlyStopping }),
    ...(seed !== undefined && { seed }),
  };
}

type Answer = Calls["GET /api/weir/1/sweeps/{sweep_id}"]["output"];

function lineOf(
  { number, state, values, value, reason }: Answer["trials"][number],
  { metric }: Answer["sweep"],
): string {
  const given = values.map(({ key, value }) => `${key}=${value}`).join(" ");
  const result = metric === undefined ? "" : ` ${metric}=${value ?? "?"}`;
  return `trial ${number} ${state}${result} ${given}${reason ? ` (${reason})` : ""}`;
}
