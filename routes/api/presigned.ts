import { type DirectAccess, longestSigned } from "../../artifacts/store.ts";
import { getLoggedModel } from "../../db/logged_models.ts";
import { getRunInfo } from "../../db/runs.ts";
import { artifactPath } from "../../domain/artifact_path.ts";
import { ApiError, invalid, notFound } from "../../domain/errors.ts";
import { edit, read } from "../../domain/permissions.ts";
import { schemeOf } from "../../domain/uri.ts";
import { PresignDownload, PresignedDownload, PresignedUpload, PresignUpload } from "../../wire/artifacts.ts";
import { joinPaths } from "../artifact_place.ts";
import { endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";
import { withHeaders } from "./multipart.ts";

/** Seconds: what cloud stores allow at most, seven days. URLs of this server hold for 15 minutes even so. */
const longestExpiration = 604_800;

/** URLs at which a client reaches the store of a run or logged model itself, where that is not this server's own. */
export const presignedEndpoints = [
  endpoint({
    method: "POST",
    path: "artifacts/presigned-upload-url",
    summary:
      "Answers a URL of a cloud store to PUT an artifact to, with the headers to send, good for 15 minutes at most.",
    input: PresignUpload,
    output: PresignedUpload,
    access: edit.run,
    handle: async (services, { run_id, model_id, path, expiration }) => {
      if ((run_id === "") === (model_id === "")) throw invalid("Exactly one of run_id and model_id must be provided.");
      const file = artifactPath(path);
      checkExpiration(expiration);
      const { artifact_uri } = run_id
        ? await getRunInfo(services.sql, run_id)
        : (await getLoggedModel(services.sql, model_id)).info;
      const { direct, folder } = await directPlace(services, "upload", artifact_uri);
      const { url, headers } = await direct.signUpload(joinPaths(folder, file), Math.min(expiration, longestSigned));
      return withHeaders({ presigned_url: url, headers });
    },
  }),
  endpoint({
    method: "POST",
    path: "artifacts/presigned-download-url",
    summary: "Answers a URL of a cloud store to GET an artifact from, good for 15 minutes at most.",
    input: PresignDownload,
    output: PresignedDownload,
    access: read.run,
    handle: async (services, { run_id, path, expiration }) => {
      const file = artifactPath(path);
      checkExpiration(expiration);
      const { artifact_uri } = await getRunInfo(services.sql, run_id);
      const { direct, folder } = await directPlace(services, "download", artifact_uri);
      const signed = await direct.signDownload(joinPaths(folder, file), Math.min(expiration, longestSigned));
      if (!signed) throw notFound(`No such artifact: '${file}'`);
      const { url, headers, file_size } = signed;
      return withHeaders({ presigned_url: url, headers, file_size });
    },
  }),
];

function checkExpiration(expiration: number): void {
  if (expiration >= 1 && expiration <= longestExpiration) return;
  throw invalid(`expiration must be between 1 and ${longestExpiration} seconds (got ${expiration}).`);
}

/** A folder in a store that clients may reach. INVALID_PARAMETER_VALUE where its artifacts go through this server. */
async function directPlace(
  { artifacts }: Pick<Services, "artifacts">,
  what: "upload" | "download",
  artifact_uri: string,
): Promise<{ direct: DirectAccess; folder: string }> {
  const scheme = schemeOf(artifact_uri);
  if (["http", "https", "mlflow-artifacts"].includes(scheme)) {
    const [whose, needed] = what === "upload" ? ["", "a direct"] : ["runs with ", "a run with a direct"];
    throw invalid(
      `Presigned ${what} is not supported for ${whose}proxied artifact storage (artifact URI scheme: ${scheme}). ` +
        `This endpoint requires ${needed} cloud storage artifact URI.`,
    );
  }
  const place = await artifacts.at(artifact_uri);
  if (place?.store.direct) return { direct: place.store.direct, folder: place.folder };
  throw new ApiError("NOT_IMPLEMENTED", `Presigned ${what} is not supported for the current artifact repository`);
}
