import { z } from "zod";
import { loggedModelStatuses } from "../domain/entities.ts";
import { bool, enumeration, int64, keyValue, list, message, name, text } from "./message.ts";

const pairs = list(keyValue);
export const CreateLoggedModel = message({
  experiment_id: name,
  name: text.exactOptional(),
  model_type: text.default(""),
  source_run_id: text.default(""),
  params: pairs,
  tags: pairs,
});
export const GetLoggedModel = message({ model_id: name, allow_deleted: bool.default(false) });
export const LoggedModelById = message({ model_id: name });
export const FinalizeLoggedModel = message({ model_id: name, status: enumeration(loggedModelStatuses) });
export const LogLoggedModelParams = message({ model_id: name, params: pairs });
export const SetLoggedModelTags = message({ model_id: name, tags: pairs });
export const DeleteLoggedModelTag = message({ model_id: name, tag_key: name });
export const SearchLoggedModels = message({
  experiment_ids: z.array(text),
  filter: text.exactOptional(),
  datasets: list(message({ dataset_name: name, dataset_digest: text.exactOptional() })),
  max_results: int64.default(50),
  order_by: list(message({
    field_name: text.default(""),
    ascending: bool.default(true),
    dataset_name: text.exactOptional(),
    dataset_digest: text.exactOptional(),
  })),
  page_token: text.exactOptional(),
});
