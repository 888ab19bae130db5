import { isWithin, loggedModelSource, runSource } from "./model_source.ts";
import { parseUri } from "./uri.ts";

/** What lies in the bin, and what a purge removes for good. */
export const binKinds = ["experiment", "run", "logged_model"] as const;
export type BinKind = (typeof binKinds)[number];

export const purgeStates = ["queued", "running", "done", "failed", "cancelled"] as const;
export type PurgeState = (typeof purgeStates)[number];

/** Things by their ids; what an experiment holds goes with it. */
export interface BinIds {
  experiment_ids: string[];
  run_ids: string[];
  logged_model_ids: string[];
}

/** Times are milliseconds since the epoch. */
export interface Purge {
  purge_id: string;
  /** Absent: all that was in the bin. */
  asked?: BinIds;
  /** What was deleted later is left. */
  until: number;
  /** Whether what versions of registered models point to goes, too. */
  force: boolean;
  /** Whether the retention of the bin asked for it. */
  automatic: boolean;
  state: PurgeState;
  cancelling: boolean;
  /** Experiments, runs and logged models; absent before it has begun. */
  total?: number;
  done: number;
  kept: number;
  /** That were removed, as far as they were noted. */
  files: number;
  bytes: number;
  /** What went wrong last. */
  error?: string;
  created_time: number;
  started_time?: number;
  ended_time?: number;
  /** When it goes on after an error. */
  next_attempt?: number;
}

/** `waiting` for another attempt, `kept` in the bin, or `done` with something to say. */
export const purgeItemStates = ["waiting", "kept", "done"] as const;

export interface PurgeItem {
  kind: BinKind;
  id: string;
  experiment_id: string;
  name: string;
  state: (typeof purgeItemStates)[number];
  reason: string;
}

/** What a purge would do. */
export interface PurgePlan {
  experiments: number;
  runs: number;
  logged_models: number;
  traces: number;
  files: number;
  bytes: number;
  kept: number;
  /** What would be kept and why: the first thousand. */
  items: PurgeItem[];
}

export interface BinEntry {
  kind: BinKind;
  id: string;
  name: string;
  experiment_id: string;
  experiment_name: string;
  deleted_time: number;
  /** When the server purges it by itself. */
  purge_at?: number;
  /** Runs of an experiment, which lie in the bin with it. */
  runs?: number;
  files: number;
  bytes: number;
  /** The purge that is at it. */
  purge_id?: string;
}

/** Whose files these are. */
export interface FileOwner {
  kind: "run" | "logged_model";
  id: string;
  artifact_uri: string;
}

/** Whether a version with this source, or storage location, needs the files of a run or logged model. */
export function needsFilesOf(source: string, { kind, id, artifact_uri }: FileOwner): boolean {
  try {
    const named = kind === "run" ? runSource(source)?.run_id : loggedModelSource(source);
    return named === id || isWithin(asUri(source), asUri(artifact_uri));
  } catch {
    return false; // It is the form of no URI that leads anywhere.
  }
}

/** A path is as good as the `file:` URI of it. */
const asUri = (text: string): string => parseUri(text).scheme === "" ? `file:${text}` : text;

/**
 * The folder that goes with a run, logged model or trace: the one that has its id for a name. Undefined where the URI names no
 * such folder, so that others may keep their files there, too.
 */
export function ownFolder(artifact_uri: string, id: string): string | undefined {
  const folder = artifact_uri.replace(/\/+$/, "").replace(/\/artifacts$/, "");
  return id !== "" && !id.includes("/") && folder.endsWith(`/${id}`) ? folder : undefined;
}

const second = 1000;
const longestPause = 3600 * second;

/** Most attempts, one after the other, that may go wrong: about half a day. */
export const mostPurgeAttempts = 20;

/** Milliseconds to wait after so many attempts that went wrong. */
export const purgePause = (attempts: number): number =>
  Math.min(longestPause, 5 * second * 2 ** Math.min(attempts - 1, 20));

/** Milliseconds of a day. */
export const day = 24 * 3600 * second;

export const isEmptyAsk = ({ experiment_ids, run_ids, logged_model_ids }: BinIds): boolean =>
  experiment_ids.length + run_ids.length + logged_model_ids.length === 0;

/** What is purged, in words. */
export const kindWords: Readonly<Record<BinKind, string>> = {
  experiment: "experiment",
  run: "run",
  logged_model: "logged model",
};
