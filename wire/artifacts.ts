import { z } from "zod";
import { int64, list, message, name, text } from "./message.ts";
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
/** A folder of exactly one of a run, a logged model, and a version of a registered model. */
export const ZipArtifacts = message({
  run_id: text.default(""),
  run_uuid: text.exactOptional(),
  model_id: text.default(""),
  name: text.default(""),
  version: text.default(""),
  path: text.default(""),
}, { run_uuid: "run_id" });

/** A file for a frame of a page; `part` names what a notebook holds. */
export const ShowArtifact = message({
  run_id: text.default(""),
  model_id: text.default(""),
  name: text.default(""),
  version: text.default(""),
  path: name,
  part: text.default(""),
});

/** `artifact_path` stands in the URL: the folder; `path` in the body: a file of the client's, whose bare name the file gets. */
const inUrl = z.string();
const ofUpload = { artifact_path: inUrl, path: name };

export const StartUpload = message({ ...ofUpload, num_parts: int64 });
export const CompleteUpload = message({
  ...ofUpload,
  upload_id: text.default(""),
  parts: list(message({ part_number: int64.default(0), etag: text.default("") })),
});
export const AbortUpload = message({ ...ofUpload, upload_id: text.default("") });
export const PresignedFile = message({ artifact_path: inUrl });

/** That the client must send along. */
const headers = z.record(z.string(), z.string());

export const StartedUpload = z.object({
  upload_id: z.string().exactOptional(),
  credentials: z.array(z.object({ url: z.string(), part_number: z.int(), headers: headers.exactOptional() })),
});
export const PresignedGet = z.object({ url: z.string(), headers, file_size: z.int() });
export const PresignedUpload = z.object({ presigned_url: z.string(), headers: headers.exactOptional() });
export const PresignedDownload = PresignedUpload.extend({ file_size: z.int() });
