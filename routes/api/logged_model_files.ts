import type { Hono } from "hono";
import { getLoggedModel } from "../../db/logged_models.ts";
import { artifactPath } from "../../domain/artifact_path.ts";
import { ApiError } from "../../domain/errors.ts";
import { read } from "../../domain/permissions.ts";
import { Files } from "../../wire/answers.ts";
import { ListModelArtifacts } from "../../wire/artifacts.ts";
import { artifactPlace, joinPaths, listBelow } from "../artifact_place.ts";
import { download } from "../download.ts";
import { authorize } from "../caller.ts";
import { endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";

export const loggedModelFileEndpoints = [
  endpoint({
    method: "GET",
    path: "logged-models/{model_id}/artifacts/directories",
    summary: "Lists the files and folders in a folder of a logged model's artifacts.",
    input: ListModelArtifacts,
    output: Files,
    access: read.logged_model,
    handle: async (services, { model_id, artifact_directory_path = "" }) => {
      const { info } = await getLoggedModel(services.sql, model_id);
      return await listBelow(services, info.artifact_uri, artifact_directory_path);
    },
  }),
];

/** Serves a file of a logged model, as MLflow's pages ask for it. */
export function mountModelFiles(app: Hono, services: Services): void {
  app.get("/ajax-api/2.0/mlflow/logged-models/:model_id/artifacts/files", async (context) => {
    authorize(read.logged_model, context);
    const path = context.req.query("artifact_file_path");
    if (!path) throw new ApiError("BAD_REQUEST", 'Request must include the "artifact_file_path" query parameter.');
    const asked = artifactPath(path);
    const { info } = await getLoggedModel(services.sql, context.req.param("model_id"));
    const { store, folder } = await artifactPlace(services, info.artifact_uri);
    return await download(store, joinPaths(folder, asked), context.req.raw);
  });
}
