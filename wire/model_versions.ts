import { z } from "zod";
import { modelStages, modelVersionStatuses } from "../domain/entities.ts";
import { KeyValue } from "./answers.ts";
import { bool, int64, list, message, name, text } from "./message.ts";

/** A tag of the registry. What is missing is empty, and then refused by the rules of its key. */
export const registryTag = message({ key: text.default(""), value: text.default("") });

/** Why a change was made. Beyond MLflow. */
export const comment = text.exactOptional();

export const CreateModelVersion = message({
  name,
  source: name,
  run_id: text.exactOptional(),
  tags: list(registryTag),
  run_link: text.default(""),
  description: text.default(""),
  model_id: text.exactOptional(),
});
export const VersionByNumber = message({ name, version: name });
/** MLflow has no rule for these fields. */
export const DownloadUri = message({ name: text.default(""), version: text.default("") });
export const UpdateModelVersion = message({ name, version: name, description: text.exactOptional(), comment });
export const TransitionStage = message({
  name,
  version: name,
  stage: name,
  archive_existing_versions: bool.default(false),
  comment,
});
export const DeleteModelVersion = message({ name, version: name, comment });
export const SetModelVersionTag = message({ name, version: name, key: name, value: text.default("") });
export const DeleteModelVersionTag = message({ name, version: name, key: name });
export const SearchModelVersions = message({
  filter: text.exactOptional(),
  max_results: int64.default(200_000),
  order_by: list(text),
  page_token: text.exactOptional(),
});

export const ModelVersion = z.object({
  name: z.string(),
  version: z.string(),
  creation_timestamp: z.int(),
  last_updated_timestamp: z.int(),
  user_id: z.string().exactOptional(),
  current_stage: z.enum(modelStages),
  description: z.string().exactOptional(),
  source: z.string(),
  run_id: z.string(),
  run_link: z.string(),
  status: z.enum(modelVersionStatuses),
  status_message: z.string().exactOptional(),
  model_id: z.string().exactOptional(),
  tags: z.array(KeyValue).exactOptional(),
  aliases: z.array(z.string()).exactOptional(),
}).meta({ id: "ModelVersion" });

export const OneModelVersion = z.object({ model_version: ModelVersion });
export const ModelVersions = z.object({
  model_versions: z.array(ModelVersion).exactOptional(),
  next_page_token: z.string().exactOptional(),
});
export const ArtifactUri = z.object({ artifact_uri: z.string() });
