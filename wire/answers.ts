import { z } from "zod";
import { loggedModelStatuses, runStatuses } from "../domain/entities.ts";
import type { Int64 } from "../domain/int64.ts";

/**
 * Answers as schemas, which describe and type them. The nouns are those of `domain/entities.ts`; a test of types holds the two
 * together.
 */

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.exactOptional();
const texts = z.string();
const int = z.int();
const lifecycleStage = z.enum(["active", "deleted"]);

/** NaN is a string, an infinity the greatest finite number of its sign: JSON has no form for them. */
const double = z.union([z.number(), z.literal("NaN")]);

const page = { next_page_token: optional(z.string()) };

export const Nothing = z.object({});

export const KeyValue = z.object({ key: texts, value: texts }).meta({ id: "KeyValue" });
const pairs = optional(z.array(KeyValue));

export const Experiment = z.object({
  experiment_id: texts,
  name: texts,
  artifact_location: texts,
  lifecycle_stage: lifecycleStage,
  creation_time: int,
  last_update_time: int,
  tags: pairs,
  workspace: z.literal("default"),
}).meta({ id: "Experiment" });

/** An integer with all its digits, which JavaScript may round when it reads them. */
const int64 = z.custom<Int64>().meta({ type: "integer", format: "int64" });
const metric = { key: texts, value: double, timestamp: int64, step: int64 };

export const Metric = z.object(metric).meta({ id: "Metric" });

export const ModelMetric = z.object({
  ...metric,
  model_id: optional(texts),
  dataset_name: optional(texts),
  dataset_digest: optional(texts),
  run_id: optional(texts),
}).meta({ id: "ModelMetric" });

export const RunInfo = z.object({
  run_id: texts,
  run_uuid: texts,
  run_name: texts,
  experiment_id: texts,
  user_id: texts,
  status: z.enum(runStatuses),
  start_time: int,
  end_time: optional(int),
  artifact_uri: texts,
  lifecycle_stage: lifecycleStage,
}).meta({ id: "RunInfo" });

export const Dataset = z.object({
  name: texts,
  digest: texts,
  source_type: texts,
  source: texts,
  schema: optional(texts),
  profile: optional(texts),
}).meta({ id: "Dataset" });

export const Run = z.object({
  info: RunInfo,
  data: z.object({ metrics: optional(z.array(Metric)), params: pairs, tags: pairs }),
  inputs: z.object({
    dataset_inputs: optional(z.array(z.object({ dataset: Dataset, tags: pairs }))),
    model_inputs: optional(z.array(z.object({ model_id: texts }))),
  }),
  outputs: optional(z.object({ model_outputs: optional(z.array(z.object({ model_id: texts, step: int }))) })),
}).meta({ id: "Run" });

export const FileInfo = z.object({ path: texts, is_dir: z.boolean(), file_size: optional(int) }).meta({
  id: "FileInfo",
});

export const LoggedModel = z.object({
  info: z.object({
    model_id: texts,
    experiment_id: texts,
    name: texts,
    creation_timestamp_ms: int,
    last_updated_timestamp_ms: int,
    artifact_uri: texts,
    status: z.enum(loggedModelStatuses),
    model_type: optional(texts),
    source_run_id: optional(texts),
    status_message: optional(texts),
    tags: pairs,
    registrations: optional(z.array(z.object({ name: texts, version: texts }))),
  }),
  data: z.object({ params: pairs, metrics: optional(z.array(ModelMetric)) }),
}).meta({ id: "LoggedModel" });

export const DatasetSummary = z.object({
  experiment_id: texts,
  name: texts,
  digest: texts,
  context: optional(texts),
}).meta({ id: "DatasetSummary" });

export const ExperimentId = z.object({ experiment_id: texts });
export const OneExperiment = z.object({ experiment: Experiment });
export const Experiments = z.object({ experiments: optional(z.array(Experiment)), ...page });
export const DatasetSummaries = z.object({ dataset_summaries: optional(z.array(DatasetSummary)) });
export const OneRun = z.object({ run: Run });
export const UpdatedRun = z.object({ run_info: RunInfo });
export const Runs = z.object({ runs: optional(z.array(Run)), ...page });
export const Metrics = z.object({ metrics: optional(z.array(Metric)), ...page });
export const OneLoggedModel = z.object({ model: LoggedModel });
export const LoggedModels = z.object({ models: optional(z.array(LoggedModel)), ...page });
export const Files = z.object({ root_uri: texts, files: optional(z.array(FileInfo)) });

export const ServerInfo = z.object({
  store_type: texts,
  workspaces_enabled: z.boolean(),
  trace_archival_enabled: z.boolean(),
  multipart_uploads_enabled: z.boolean(),
  multipart_downloads_enabled: z.boolean(),
  presigned_upload_run_id_supported: z.boolean(),
  presigned_upload_model_id_supported: z.boolean(),
  features_enabled: z.object({ gateway: z.boolean() }),
});
