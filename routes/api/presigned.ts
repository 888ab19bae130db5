import { z } from "zod";
import { getLoggedModel } from "../../db/logged_models.ts";
import { getRunInfo } from "../../db/runs.ts";
import { artifactPath } from "../../domain/artifact_path.ts";
import { ApiError, invalid } from "../../domain/errors.ts";
import { schemeOf } from "../../domain/uri.ts";
import { edit, read } from "../../domain/permissions.ts";
import { PresignDownload, PresignUpload } from "../../wire/artifacts.ts";
import { endpoint } from "../endpoint.ts";

/** Seconds: what cloud stores allow at most, seven days. */
const longestExpiration = 604_800;

/** URLs at which a client could reach a store itself. This server hands out none: it keeps the artifacts of others behind itself. */
export const presignedEndpoints = [
  endpoint({
    method: "POST",
    path: "artifacts/presigned-upload-url",
    summary: "Refuses a URL to upload an artifact to: they go through this server.",
    input: PresignUpload,
    output: z.never(),
    access: edit.run,
    handle: async ({ sql }, { run_id, model_id, path }) => {
      if ((run_id === "") === (model_id === "")) throw invalid("Exactly one of run_id and model_id must be provided.");
      artifactPath(path);
      const { artifact_uri } = run_id ? await getRunInfo(sql, run_id) : (await getLoggedModel(sql, model_id)).info;
      throw noPresigned("upload", "", artifact_uri);
    },
  }),
  endpoint({
    method: "POST",
    path: "artifacts/presigned-download-url",
    summary: "Refuses a URL to download an artifact from: they come through this server.",
    input: PresignDownload,
    output: z.never(),
    access: read.run,
    handle: async ({ sql }, { run_id, path, expiration }) => {
      artifactPath(path);
      if (expiration < 1 || expiration > longestExpiration) {
        throw invalid(`expiration must be between 1 and ${longestExpiration} seconds (got ${expiration}).`);
      }
      const { artifact_uri } = await getRunInfo(sql, run_id);
      throw noPresigned("download", "runs with ", artifact_uri);
    },
  }),
];

function noPresigned(what: "upload" | "download", whose: "" | "runs with ", artifact_uri: string): ApiError {
  const scheme = schemeOf(artifact_uri);
  if (!["http", "https", "mlflow-artifacts"].includes(scheme)) {
    return new ApiError("NOT_IMPLEMENTED", `Presigned ${what} is not supported for the current artifact repository`);
  }
  const needed = whose === "" ? "a direct" : "a run with a direct";
  return invalid(
    `Presigned ${what} is not supported for ${whose}proxied artifact storage (artifact URI scheme: ${scheme}). ` +
      `This endpoint requires ${needed} cloud storage artifact URI.`,
  );
}
