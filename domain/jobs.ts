import type { KeyValue } from "./entities.ts";

/** What workers execute. Times are milliseconds since the epoch. */

export const jobStates = ["queued", "running", "finished", "failed", "killed"] as const;
export type JobState = (typeof jobStates)[number];

export const jobKinds = ["project"] as const;
export type JobKind = (typeof jobKinds)[number];

/** A run of a project, as `mlflow run` is told it. */
export interface ProjectSpec {
  uri: string;
  /** A commit, branch or tag of Git. */
  version?: string;
  entry_point: string;
  /** In the order in which they were given. */
  parameters: KeyValue[];
  env_manager?: string;
  backend: string;
  backend_config: Record<string, unknown>;
  /** For Docker: an empty value is a flag. */
  docker_args: KeyValue[];
  build_image: boolean;
}

/** A run of a project as somebody asks for it. */
export interface AskedJob extends ProjectSpec {
  /** Empty: one is made. */
  run_name: string;
  /** Of its run. */
  tags: KeyValue[];
  labels: string[];
  submitted_by: string;
  priority: number;
  max_attempts: number;
  timeout_ms?: number;
}

/** A job about to wait for a worker, with the run that it is for. */
export interface NewJob {
  job_id: string;
  kind: JobKind;
  spec: ProjectSpec;
  run: { run_id: string; run_name: string; tags: readonly KeyValue[] };
  labels: readonly string[];
  submitted_by: string;
  priority: number;
  max_attempts: number;
  timeout_ms?: number;
}

export interface Job {
  job_id: string;
  kind: JobKind;
  spec: ProjectSpec;
  run_id: string;
  experiment_id: string;
  /** Of its run. */
  artifact_uri: string;
  /** Only a worker that has all of them takes it. */
  labels: string[];
  submitted_by: string;
  /** Greater goes first, among the jobs of one submitter and between those who have as many running. */
  priority: number;
  state: JobState;
  /** Who claimed it last. */
  worker_id?: string;
  /** That were begun. */
  attempts: number;
  /** 1: never again. */
  max_attempts: number;
  /** While it waits for another attempt. */
  next_attempt?: number;
  timeout_ms?: number;
  cancelling: boolean;
  /** Why it ended so, or what went wrong last. */
  reason?: string;
  exit_code?: number;
  /** What finds its execution on another system. */
  reference?: Record<string, string | number>;
  /** Of one that is a trial, with its number. */
  sweep_id?: string;
  trial?: number;
  /** Of the schedule that asked for it. */
  schedule_id?: string;
  created_time: number;
  started_time?: number;
  ended_time?: number;
}

/** A job that is a worker's. Whatever it writes names the worker and the fence. */
export interface Claim {
  job_id: string;
  worker_id: string;
  /** Grows with every claim. */
  fence: number;
}

export interface Worker {
  worker_id: string;
  name: string;
  /** What it has to offer, such as `gpu`. */
  labels: string[];
  /** How many jobs it executes at once. */
  slots: number;
  host: string;
  pid: number;
  version: string;
  started_time: number;
  last_heartbeat: number;
  /** When it said goodbye. */
  left_time?: number;
  /** That it executes now. */
  running: number;
}

/** How an execution ends, as the status of its run. */
export const endings = ["FINISHED", "FAILED", "KILLED"] as const;
export type EndStatus = (typeof endings)[number];

export const stateOf: Readonly<Record<EndStatus, JobState>> = {
  FINISHED: "finished",
  FAILED: "failed",
  KILLED: "killed",
};

const second = 1000;

/** Milliseconds that a job is a worker's without a heartbeat of it. */
export const lease = 60 * second;
/** Milliseconds that a job may go on elsewhere without a worker that watches it. */
export const longestUnwatched = 24 * 3600 * second;
/** Whether a worker was heard of within a lease, and did not say goodbye. */
export const isThere = ({ left_time, last_heartbeat }: Worker, now: number): boolean =>
  left_time === undefined && now - last_heartbeat < lease;
/** Milliseconds between two heartbeats: within them a worker hears that a job is cancelled. A dead one is found after `lease` and `sweep`. */
export const heartbeat = 5 * second;
/** Milliseconds between two looks for leases that have run out. */
export const sweep = 5 * second;
/** Milliseconds that a claim waits for a job at most. */
export const longestClaim = 20 * second;

const longestPause = 3600 * second;

/** Milliseconds before a job is tried again after so many attempts: 10 s, 20, 40, … and up to half more. `chance` is from 0 to 1. */
export const retryPause = (attempts: number, chance: number): number =>
  Math.round(Math.min(longestPause, 10 * second * 2 ** Math.min(attempts - 1, 20)) * (1 + chance / 2));

/** What a token of a job begins with, so that nobody takes another one for it. */
export const jobTokenPrefix = "weir-job-";
