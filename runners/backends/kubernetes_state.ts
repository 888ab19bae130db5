import { z } from "zod";
import type { Ending } from "./backend.ts";

/** What is read of a Job. */
export const Job = z.object({
  metadata: z.object({ uid: z.string(), deletionTimestamp: z.string().optional() }),
  status: z.object({
    conditions: z.array(
      z.object({ type: z.string(), status: z.string(), reason: z.string().optional(), message: z.string().optional() }),
    ).optional(),
  }).default({}),
});
export type Job = z.output<typeof Job>;

const Ended = z.object({ exitCode: z.number(), reason: z.string().optional(), message: z.string().optional() });

/** What is read of a pod. */
export const Pod = z.object({
  metadata: z.object({ name: z.string(), uid: z.string() }),
  spec: z.object({ containers: z.array(z.object({ name: z.string() })) }),
  status: z.object({
    phase: z.string().optional(),
    reason: z.string().optional(),
    conditions: z.array(
      z.object({ type: z.string(), status: z.string(), reason: z.string().optional(), message: z.string().optional() }),
    ).optional(),
    containerStatuses: z.array(z.object({
      name: z.string(),
      state: z.object({
        waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
        running: z.unknown().optional(),
        terminated: Ended.optional(),
      }).default({}),
    })).optional(),
  }).default({}),
});
export type Pod = z.output<typeof Pod>;
export const Pods = z.object({ items: z.array(Pod) });

/** The state of the container that the project runs in: the first one of its pod. */
const stateOf = ({ spec, status }: Pod) =>
  status.containerStatuses?.find(({ name }) => name === spec.containers[0]?.name)?.state;

/** Whether there is a log to read, and whether nothing more comes. */
export function hasStarted(pod: Pod): boolean {
  const state = stateOf(pod);
  return state?.running !== undefined || hasEnded(pod);
}

export function hasEnded(pod: Pod): boolean {
  return stateOf(pod)?.terminated !== undefined || ["Succeeded", "Failed"].includes(pod.status.phase ?? "");
}

/** How a Job ended, with what its last pod says of it; undefined while it goes on. */
export function endingOf({ status }: Job, pods: readonly Pod[]): Ending | undefined {
  const met = status.conditions?.find((one) => one.status === "True" && /^(Complete|Failed)$/.test(one.type));
  if (met === undefined) return undefined;
  const ended = pods.map((pod) => stateOf(pod)?.terminated).filter((one) => one !== undefined);
  if (met.type === "Complete") return { status: "FINISHED", exit_code: 0 };
  const last = ended.findLast(({ exitCode }) => exitCode !== 0);
  const ofPod = last && `its container ended with ${last.exitCode} (${last.reason ?? "no reason told"})`;
  const why = [met.reason, met.message].filter(Boolean).join(": ");
  return {
    status: "FAILED",
    ...(last && { exit_code: last.exitCode }),
    reason: `The Job of Kubernetes failed: ${[why, ofPod].filter(Boolean).join("; ") || "no reason told"}.`,
  };
}

/** What keeps a pod from starting, in a sentence: an image that cannot be pulled, a cluster that is full. */
export function troubleOf(pod: Pod): string | undefined {
  const waiting = stateOf(pod)?.waiting;
  const usual = ["ContainerCreating", "PodInitializing"];
  if (waiting?.reason && !usual.includes(waiting.reason)) return sentence(pod, waiting.reason, waiting.message);
  const unscheduled = pod.status.conditions?.find((one) => one.type === "PodScheduled" && one.status === "False");
  return unscheduled && sentence(pod, unscheduled.reason ?? "not scheduled", unscheduled.message);
}

const sentence = ({ metadata: { name } }: Pod, reason: string, message = ""): string =>
  `The pod ${name} waits (${reason})${message && `: ${message}`}`;
