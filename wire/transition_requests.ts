import { z } from "zod";
import { modelStages } from "../domain/entities.ts";
import { requestStates } from "../domain/transition_requests.ts";
import { bool, enumeration, int64, message, name, text } from "./message.ts";
import { comment } from "./model_versions.ts";

/** Requests for transitions. Beyond MLflow. */

export const CreateTransitionRequest = message({
  name,
  version: name,
  stage: text.exactOptional(),
  alias: text.exactOptional(),
  archive_existing_versions: bool.default(false),
  comment,
});
export const ListTransitionRequests = message({
  name,
  version: text.exactOptional(),
  state: enumeration(requestStates),
  max_results: int64.default(100),
  page_token: text.exactOptional(),
});
export const TransitionRequestById = message({ request_id: name });
export const ApproveTransitionRequest = message({
  request_id: name,
  comment,
  /** As the request says, when left out. */
  archive_existing_versions: bool.exactOptional(),
});
export const DecideTransitionRequest = message({ request_id: name, comment });

export const TransitionRequest = z.object({
  request_id: z.string(),
  name: z.string().describe("Of the registered model."),
  version: z.string(),
  stage: z.enum(modelStages).exactOptional().describe("Where the version is to go; or an alias is asked for."),
  alias: z.string().exactOptional(),
  archive_existing_versions: z.boolean(),
  state: z.enum(requestStates),
  who: z.string().describe("Who asks."),
  comment: z.string().exactOptional(),
  creation_timestamp: z.int(),
  decided_by: z.string().exactOptional(),
  decision_comment: z.string().exactOptional(),
  decision_timestamp: z.int().exactOptional(),
}).meta({ id: "TransitionRequest" });

export const OneTransitionRequest = z.object({ transition_request: TransitionRequest });
export const TransitionRequests = z.object({
  transition_requests: z.array(TransitionRequest),
  next_page_token: z.string().exactOptional(),
});
