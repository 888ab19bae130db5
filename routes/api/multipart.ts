import type { ArtifactStore, DirectAccess } from "../../artifacts/store.ts";
import { longestSigned } from "../../artifacts/store.ts";
import { ownHome } from "../../artifacts/stores.ts";
import { artifactFolder, artifactPath } from "../../domain/artifact_path.ts";
import { ApiError, invalid, notFound } from "../../domain/errors.ts";
import { edit, read } from "../../domain/permissions.ts";
import { Nothing } from "../../wire/answers.ts";
import {
  AbortUpload,
  CompleteUpload,
  PresignedFile,
  PresignedGet,
  StartedUpload,
  StartUpload,
} from "../../wire/artifacts.ts";
import { missingParameter } from "../../wire/message.ts";
import { joinPaths } from "../artifact_place.ts";
import { endpoint } from "../endpoint.ts";

/** S3's limit. */
const mostParts = 10_000;

/** How clients move big files of the server's own store past the server: in parts, each at a URL of the store. */
export const multipartEndpoints = [
  endpoint({
    method: "POST",
    namespace: "mlflow-artifacts",
    path: "mpu/create/{artifact_path}",
    summary: "Begins an upload in parts straight to the store, and answers a URL for each part, good for 15 minutes.",
    input: StartUpload,
    output: StartedUpload,
    access: edit.artifact,
    handle: async ({ artifacts: { own } }, { artifact_path, path, num_parts }) => {
      const at = landing(artifact_path, path);
      const direct = directOf(own, "upload");
      checkNumber("num_parts", num_parts);
      const { upload_id, credentials } = await direct.startUpload(at, num_parts);
      return { ...(upload_id !== "" && { upload_id }), credentials: credentials.map(withHeaders) };
    },
  }),
  endpoint({
    method: "POST",
    namespace: "mlflow-artifacts",
    path: "mpu/complete/{artifact_path}",
    summary: "Makes one file of the parts that were uploaded.",
    input: CompleteUpload,
    output: Nothing,
    access: edit.artifact,
    handle: async ({ artifacts: { own }, files }, { artifact_path, path, upload_id, parts }) => {
      const at = landing(artifact_path, path);
      if (parts.length === 0) throw missingParameter("parts");
      const direct = directOf(own, "upload");
      checkNumber("the number of parts", parts.length);
      parts.forEach(({ part_number }, i) => checkNumber(`parts[${i}].part_number`, part_number));
      await files.upload(ownHome + at, () => direct.completeUpload(at, upload_id, parts));
    },
  }),
  endpoint({
    method: "POST",
    namespace: "mlflow-artifacts",
    path: "mpu/abort/{artifact_path}",
    summary: "Drops an upload in parts with what was uploaded of it.",
    input: AbortUpload,
    output: Nothing,
    access: edit.artifact,
    handle: async ({ artifacts: { own } }, { artifact_path, path, upload_id }) => {
      const at = landing(artifact_path, path);
      await directOf(own, "upload").abortUpload(at, upload_id);
    },
  }),
  endpoint({
    method: "GET",
    namespace: "mlflow-artifacts",
    path: "presigned/{artifact_path}",
    summary: "Answers a URL at which a file can be had straight from the store, in ranges too, good for 15 minutes.",
    input: PresignedFile,
    output: PresignedGet,
    access: read.artifact,
    handle: async ({ artifacts: { own } }, { artifact_path }) => {
      const path = artifactPath(artifact_path);
      const file = await directOf(own, "download").signDownload(path, longestSigned);
      if (!file) throw notFound(`No such artifact: '${path}'`);
      return file;
    },
  }),
];

/** Where an upload goes: `path` is that of the file on the client's machine, whichever system that runs. */
function landing(folder: string, path: string): string {
  const below = artifactFolder(folder);
  if (below === "") throw invalid("Invalid path");
  const separator = /^(?:[a-z]:|\\\\)/i.test(path) ? /[\\/]/ : "/";
  return artifactPath(joinPaths(below, artifactPath(path.split(separator).at(-1)!)));
}

function directOf({ direct }: ArtifactStore, what: "upload" | "download"): DirectAccess {
  if (direct) return direct;
  throw new ApiError("NOT_IMPLEMENTED", `Multipart ${what} is not supported for the current artifact repository`);
}

function checkNumber(what: string, number: number): void {
  if (number < 1 || number > mostParts) throw invalid(`${what} must be between 1 and ${mostParts} (got ${number}).`);
}

/** As MLflow prints them: an empty map is left out. */
export const withHeaders = <Signed extends { headers: Record<string, string> }>(
  { headers, ...rest }: Signed,
): Omit<Signed, "headers"> & Partial<Pick<Signed, "headers">> => ({
  ...rest,
  ...(Object.keys(headers).length > 0 && { headers }),
});
