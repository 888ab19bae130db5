import { duration } from "../domain/format.ts";
import type { Job, JobState } from "../domain/jobs.ts";
import { shownSource } from "../domain/projects/packed.ts";
import { href, path } from "./links.ts";
import { statusMark } from "./parts.tsx";

export interface ShownJob {
  job: Job;
  run_name: string;
  /** Of one that waits: its turn, from 1. */
  position: number | undefined;
  /** It waits, and no worker that is there has its labels. */
  stuck: boolean;
}

export const stateWords: Readonly<Record<JobState, string>> = {
  queued: "Queued",
  running: "Running",
  finished: "Finished",
  failed: "Failed",
  killed: "Killed",
};

/** A job's state is that of its run, but for the word of those that wait. */
export const statusOf = {
  queued: "SCHEDULED",
  running: "RUNNING",
  finished: "FINISHED",
  failed: "FAILED",
  killed: "KILLED",
} as const;

export function JobStatus({ job, position, stuck }: Omit<ShownJob, "run_name">) {
  const { state, cancelling } = job;
  const word = state === "running" && cancelling ? "Cancelling" : stateWords[state];
  return (
    <span class={statusMark(statusOf[state]).class}>
      {word}
      {stuck
        ? `: no worker has ${job.labels.join(" and ")}`
        : position !== undefined && `, ${position === 1 ? "next" : `number ${position}`}`}
    </span>
  );
}

export const hasEnded = ({ state }: Job): boolean => state !== "queued" && state !== "running";

export const jobHref = (job_id: string): string => href(path`/projects/jobs/${job_id}`);

/** How long a job ran, or has been running; empty before it began. */
export const timeOf = ({ started_time, ended_time }: Job, now: number): string =>
  started_time === undefined ? "" : duration(Math.max(0, (ended_time ?? now) - started_time));

/** What is run of a project: its address without credentials, and the entry point unless that is `main`. */
export function projectName({ spec }: Job): string {
  const uri = shownSource(spec.uri);
  return spec.entry_point === "main" ? uri : `${uri} ${spec.entry_point}`;
}
