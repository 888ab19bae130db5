import type { ModelStage } from "./entities.ts";
import { invalid } from "./errors.ts";
import { checkNewAlias, parseActiveStage, parseStage } from "./registry.ts";

/** Requests to move a version to a stage or an alias to a version, on which somebody decides. Beyond MLflow. */

export const requestStates = ["PENDING", "APPROVED", "REJECTED", "CANCELLED"] as const;
export type RequestState = (typeof requestStates)[number];

/** What is asked for: one of the two. */
export type Target = { stage: ModelStage; alias?: never } | { alias: string; stage?: never };

export interface TransitionRequest {
  /** A decimal number, but text on the wire. */
  request_id: string;
  /** Of the model. */
  name: string;
  version: string;
  stage?: ModelStage;
  alias?: string;
  /** Whether the versions that are in the stage make room. */
  archive_existing_versions: boolean;
  state: RequestState;
  /** Who asks. */
  who: string;
  comment?: string;
  /** Milliseconds since the epoch. */
  creation_timestamp: number;
  decided_by?: string;
  decision_comment?: string;
  decision_timestamp?: number;
}

/** Refuses what names neither a stage nor an alias, or both, or one that cannot be. */
export function checkTarget(
  { stage = "", alias = "", archive_existing_versions }: {
    stage?: string | undefined;
    alias?: string | undefined;
    archive_existing_versions: boolean;
  },
): Target {
  if ((stage === "") === (alias === "")) throw invalid("Exactly one of 'stage' and 'alias' must be given.");
  if (alias === "") return { stage: archive_existing_versions ? parseActiveStage(stage) : parseStage(stage) };
  if (archive_existing_versions) {
    throw invalid("'archive_existing_versions' is for a move to a stage; an alias leaves its version by itself.");
  }
  checkNewAlias(alias);
  return { alias };
}
