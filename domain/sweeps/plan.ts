import type { KeyValue } from "../entities.ts";
import { sizeOfSpace } from "./space.ts";
import { suggest } from "./suggest.ts";
import { bestTrial, isActive, type Sweep, type Trial } from "./sweep.ts";

/** What a sweep does next. */
export interface Plan {
  /** Trials to be asked for, in this order. */
  begin: readonly { number: number; values: readonly KeyValue[] }[];
  /** How it ends; undefined while it goes on. */
  end?: { state: "finished" | "failed"; reason?: string };
}

/** A sweep whose first so many trials failed is not gone on with: so will the others. */
const mostFailed = 3;

/** `trials` are all there are, whatever became of them. */
export function planOf(sweep: Sweep, trials: readonly Trial[]): Plan {
  const active = trials.filter(isActive).length;
  const hopeless = whyHopeless(trials);
  const begin: { number: number; values: KeyValue[] }[] = [];
  const known = [...trials];
  let number = sweep.begun;
  while (hopeless === undefined && active + begin.length < sweep.parallel && number < sweep.max_trials) {
    const point = suggest(sweep, number + 1, known);
    if (point === undefined) break;
    number++;
    const values = sweep.space.map(({ key }, index) => ({ key, value: point[index] ?? "" }));
    begin.push({ number, values });
    known.push({ number, values, job_id: "", run_id: "", state: "queued", cancelling: false });
  }
  if (begin.length > 0 || active > 0) return { begin };
  return { begin, end: hopeless === undefined ? ended(sweep, trials) : { state: "failed", reason: hopeless } };
}

function whyHopeless(trials: readonly Trial[]): string | undefined {
  const failed = trials.filter(({ state }) => state === "failed");
  if (failed.length < mostFailed || trials.some(({ state }) => state === "finished")) return undefined;
  const { number, reason } = failed.at(-1)!;
  return `The first ${failed.length} trials failed; trial ${number}${reason === undefined ? "" : `: ${reason}`}`;
}

function ended({ goal, metric, space, begun, max_trials }: Sweep, trials: readonly Trial[]): NonNullable<Plan["end"]> {
  const all = begun < max_trials ? `All ${sizeOfSpace(space)} combinations were tried.` : undefined;
  const none = metric !== undefined && trials.length > 0 && bestTrial(goal, trials) === undefined
    ? `No trial logged the metric '${metric}'.`
    : undefined;
  const reason = none ?? all;
  return { state: "finished", ...(reason !== undefined && { reason }) };
}
