import { enumeration, int64, list, message, name, text } from "./message.ts";

const viewTypes = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const;
/** Absent: ACTIVE_ONLY. */
export const viewType = enumeration(viewTypes, 1).default("ACTIVE_ONLY").transform((view) => view ?? "ACTIVE_ONLY");

export const CreateExperiment = message({
  name,
  artifact_location: text.exactOptional(),
  tags: list(message({ key: text.default(""), value: text.default("") })),
});
export const ExperimentById = message({ experiment_id: name });
export const ExperimentByName = message({ experiment_name: name });
export const UpdateExperiment = message({ experiment_id: name, new_name: name });
export const SetExperimentTag = message({ experiment_id: name, key: name, value: text.default("") });
export const DeleteExperimentTag = message({ experiment_id: name, key: name });
export const SearchExperiments = message({
  max_results: int64.default(0),
  page_token: text.exactOptional(),
  filter: text.exactOptional(),
  order_by: list(text),
  view_type: viewType,
});
export const SearchDatasets = message({ experiment_ids: list(text) });
