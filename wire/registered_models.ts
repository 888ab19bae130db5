import { z } from "zod";
import { registryActions, registryEntities } from "../domain/registry_events.ts";
import { KeyValue } from "./answers.ts";
import { int64, list, message, name, text } from "./message.ts";
import { comment, ModelVersion, registryTag } from "./model_versions.ts";

export const CreateRegisteredModel = message({
  name,
  tags: list(registryTag),
  description: text.default(""),
  deployment_job_id: text.default(""),
});
export const RegisteredModelByName = message({ name });
export const UpdateRegisteredModel = message({
  name,
  description: text.default(""),
  deployment_job_id: text.exactOptional(),
  comment,
});
export const RenameRegisteredModel = message({ name, new_name: name, comment });
export const DeleteRegisteredModel = message({ name, comment });
export const SearchRegisteredModels = message({
  filter: text.exactOptional(),
  max_results: int64.default(100),
  order_by: list(text),
  page_token: text.exactOptional(),
});
export const LatestVersions = message({ name, stages: list(text) });
export const SetRegisteredModelTag = message({ name, key: name, value: text.default("") });
export const DeleteRegisteredModelTag = message({ name, key: name });
export const SetModelAlias = message({ name, alias: name, version: name, comment });
export const DeleteModelAlias = message({ name, alias: name, comment });
export const ModelAliasByName = message({ name, alias: name });

/** Beyond MLflow. */
export const RegistryHistory = message({
  name,
  version: text.exactOptional(),
  max_results: int64.default(100),
  page_token: text.exactOptional(),
});

export const RegisteredModel = z.object({
  name: z.string(),
  creation_timestamp: z.int(),
  last_updated_timestamp: z.int(),
  user_id: z.string().exactOptional(),
  description: z.string().exactOptional(),
  deployment_job_id: z.string().exactOptional(),
  latest_versions: z.array(ModelVersion).exactOptional(),
  tags: z.array(KeyValue).exactOptional(),
  aliases: z.array(z.object({ alias: z.string(), version: z.string() })).exactOptional(),
}).meta({ id: "RegisteredModel" });

export const OneRegisteredModel = z.object({ registered_model: RegisteredModel });
export const RegisteredModels = z.object({
  registered_models: z.array(RegisteredModel).exactOptional(),
  next_page_token: z.string().exactOptional(),
});

export const HistoryEntry = z.object({
  time: z.int().describe("Milliseconds since the epoch."),
  who: z.string(),
  entity: z.enum(registryEntities),
  action: z.enum(registryActions),
  name: z.string().describe("Of the model at that time."),
  version: z.string().exactOptional(),
  comment: z.string().exactOptional().describe("Why, as the change said."),
  detail: z.record(z.string(), z.unknown()).describe("What was there and what is, by action."),
}).meta({ id: "RegistryHistoryEntry" });

export const HistoryPage = z.object({
  entries: z.array(HistoryEntry),
  next_page_token: z.string().exactOptional(),
});
