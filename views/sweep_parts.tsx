import { plainNumber } from "../domain/format.ts";
import type { Sweep, SweepState } from "../domain/sweeps/sweep.ts";
import { href, path } from "./links.ts";
import { statusMark } from "./parts.tsx";

const statusOf = { running: "RUNNING", finished: "FINISHED", failed: "FAILED", killed: "KILLED" } as const;
const words: Readonly<Record<SweepState, string>> = {
  running: "Running",
  finished: "Finished",
  failed: "Failed",
  killed: "Cancelled",
};

export const SweepStatus = ({ state }: Pick<Sweep, "state">) => (
  <span class={statusMark(statusOf[state]).class}>{words[state]}</span>
);

export const sweepHref = (sweep_id: string): string => href(path`/projects/sweeps/${sweep_id}`);

export const methodWords = { grid: "Grid", random: "Random", bayesian: "Bayesian" } as const;

/** What is looked for, such as "least loss". */
export const objective = ({ metric, goal }: Pick<Sweep, "metric" | "goal">): string =>
  metric === undefined ? "" : `${goal === "minimize" ? "least" : "greatest"} ${metric}`;

export const valueText = (value: number | undefined): string => value === undefined ? "" : plainNumber(value);
