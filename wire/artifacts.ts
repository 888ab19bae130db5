import { int64, message, name, text } from "./message.ts";
import { ofRun } from "./runs.ts";

export const ListArtifacts = ofRun({
  path: text.exactOptional(),
  page_token: text.exactOptional(),
});
export const ListModelArtifacts = message({
  model_id: name,
  artifact_directory_path: text.exactOptional(),
  page_token: text.exactOptional(),
});
/** `expiration` in seconds. */
export const PresignUpload = message({
  run_id: text.default(""),
  model_id: text.default(""),
  path: name,
  expiration: int64.default(900),
});
export const PresignDownload = message({ run_id: name, path: name, expiration: int64.default(900) });
