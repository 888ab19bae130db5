/**
 * The nouns of MLflow's protocol, spelled as on the wire. Times are milliseconds since the epoch; an absent optional
 * field is left out, never null.
 */
import type { Int64 } from "./int64.ts";

export type LifecycleStage = "active" | "deleted";
export type ViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

export const runStatuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;
export type RunStatus = (typeof runStatuses)[number];

/** A pair of a tag or a param. */
export interface KeyValue {
  key: string;
  value: string;
}

export interface Experiment {
  experiment_id: string;
  name: string;
  artifact_location: string;
  lifecycle_stage: LifecycleStage;
  creation_time: number;
  last_update_time: number;
  tags?: KeyValue[];
  workspace: "default";
}

/** One measured value. `value` may be NaN or infinite; `step` may be negative. */
export interface Point {
  value: number;
  timestamp: Int64;
  step: Int64;
}

export interface Metric extends Point {
  key: string;
}

/** What a metric says of the model and dataset that it was measured on. */
export interface ModelMetric extends Metric {
  model_id?: string;
  dataset_name?: string;
  dataset_digest?: string;
  run_id?: string;
}

export interface RunInfo {
  run_id: string;
  run_uuid: string;
  run_name: string;
  experiment_id: string;
  user_id: string;
  status: RunStatus;
  start_time: number;
  end_time?: number;
  artifact_uri: string;
  lifecycle_stage: LifecycleStage;
}

export interface RunData {
  metrics?: Metric[];
  params?: KeyValue[];
  tags?: KeyValue[];
}

export interface Dataset {
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema?: string;
  profile?: string;
}

export interface DatasetInput {
  dataset: Dataset;
  tags?: KeyValue[];
}

export interface ModelOutput {
  model_id: string;
  step: number;
}

export interface RunInputs {
  dataset_inputs?: DatasetInput[];
  model_inputs?: { model_id: string }[];
}

export interface Run {
  info: RunInfo;
  data: RunData;
  inputs: RunInputs;
  /** Absent for a run that was just made. */
  outputs?: { model_outputs?: ModelOutput[] };
}

/** A file or folder of an artifact store. `path` is relative to what was listed; folders have no size (bytes). */
export interface FileInfo {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

export const loggedModelStatuses = [
  "LOGGED_MODEL_STATUS_UNSPECIFIED",
  "LOGGED_MODEL_PENDING",
  "LOGGED_MODEL_READY",
  "LOGGED_MODEL_UPLOAD_FAILED",
] as const;
export type LoggedModelStatus = (typeof loggedModelStatuses)[number];

/** A version of a registered model that a logged model became. */
export interface ModelRegistration {
  name: string;
  version: string;
}

export interface LoggedModel {
  info: {
    model_id: string;
    experiment_id: string;
    name: string;
    creation_timestamp_ms: number;
    last_updated_timestamp_ms: number;
    artifact_uri: string;
    status: LoggedModelStatus;
    model_type?: string;
    source_run_id?: string;
    status_message?: string;
    tags?: KeyValue[];
    registrations?: ModelRegistration[];
  };
  data: {
    params?: KeyValue[];
    metrics?: ModelMetric[];
  };
}

export const modelStages = ["None", "Staging", "Production", "Archived"] as const;
export type ModelStage = (typeof modelStages)[number];

export const modelVersionStatuses = ["PENDING_REGISTRATION", "FAILED_REGISTRATION", "READY"] as const;
export type ModelVersionStatus = (typeof modelVersionStatuses)[number];

export interface ModelVersion {
  name: string;
  /** A decimal number, but text on the wire. */
  version: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  user_id?: string;
  current_stage: ModelStage;
  description?: string;
  source: string;
  run_id: string;
  run_link: string;
  status: ModelVersionStatus;
  status_message?: string;
  model_id?: string;
  tags?: KeyValue[];
  aliases?: string[];
}

export interface ModelAlias {
  alias: string;
  version: string;
}

/** A prompt is one too: the one with the tag `mlflow.prompt.is_prompt`. */
export interface RegisteredModel {
  name: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  user_id?: string;
  description?: string;
  deployment_job_id?: string;
  /** The newest version of each stage that has one, by version. */
  latest_versions?: ModelVersion[];
  tags?: KeyValue[];
  aliases?: ModelAlias[];
}
