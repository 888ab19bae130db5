import type { Hono } from "hono";
import { promptSource, resolveSource } from "../../db/model_version_sources.ts";
import { searchModelVersions } from "../../db/model_version_search.ts";
import {
  createModelVersion,
  deleteModelVersion,
  deleteModelVersionTag,
  downloadUri,
  getModelVersion,
  setModelVersionTag,
  transitionModelVersion,
  updateModelVersion,
} from "../../db/model_versions.ts";
import { getRunInfo } from "../../db/runs.ts";
import { toObject } from "../../db/tags.ts";
import { artifactFolder, artifactPath } from "../../domain/artifact_path.ts";
import { runSource } from "../../domain/model_source.ts";
import { create, edit, read, remove } from "../../domain/permissions.ts";
import { isPrompt } from "../../domain/registry.ts";
import { Nothing } from "../../wire/answers.ts";
import { missingParameter, parseMessage } from "../../wire/message.ts";
import * as wire from "../../wire/model_versions.ts";
import { artifactPlace, joinPaths } from "../artifact_place.ts";
import { download } from "../download.ts";
import { authorize } from "../caller.ts";
import { endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";
import { changeBy } from "./registered_models.ts";

export const modelVersionEndpoints = [
  endpoint({
    method: "POST",
    path: "model-versions/create",
    summary: "Adds a version to a registered model.",
    input: wire.CreateModelVersion,
    output: wire.OneModelVersion,
    access: create.model_version,
    handle: async (services, { source, run_id, model_id, ...version }) => {
      const asked = { source, run_id, model_id };
      const origin = isPrompt(toObject(version.tags)) ? promptSource(asked) : await resolveSource(services.sql, asked);
      return {
        model_version: await createModelVersion(services.sql, { ...version, ...origin }, changeBy(services)),
      };
    },
  }),
  endpoint({
    method: "PATCH",
    path: "model-versions/update",
    summary: "Sets the description of a version, or takes it away.",
    input: wire.UpdateModelVersion,
    output: wire.OneModelVersion,
    access: edit.model_version,
    handle: async (services, { comment, ...version }) => ({
      model_version: await updateModelVersion(services.sql, version, changeBy(services, comment)),
    }),
  }),
  endpoint({
    method: "POST",
    path: "model-versions/transition-stage",
    summary: "Moves a version to a stage, and the versions that are there to the archive if that is wanted.",
    input: wire.TransitionStage,
    output: wire.OneModelVersion,
    access: edit.model_version,
    handle: async (services, { comment, ...transition }) => ({
      model_version: await transitionModelVersion(services.sql, transition, changeBy(services, comment)),
    }),
  }),
  endpoint({
    method: "DELETE",
    path: "model-versions/delete",
    summary: "Deletes a version with its tags and aliases. Its number is not given out again.",
    input: wire.DeleteModelVersion,
    output: Nothing,
    access: remove.model_version,
    handle: (services, { name, version, comment }) =>
      deleteModelVersion(services.sql, name, version, changeBy(services, comment)),
  }),
  endpoint({
    method: "GET",
    path: "model-versions/get",
    summary: "Answers a version with its tags and aliases.",
    input: wire.VersionByNumber,
    output: wire.OneModelVersion,
    access: read.model_version,
    handle: async ({ sql }, { name, version }) => ({ model_version: await getModelVersion(sql, name, version) }),
  }),
  endpoint({
    method: "GET",
    path: "model-versions/search",
    summary: "Finds versions by a filter, page by page; those of prompts only if the filter speaks of them.",
    input: wire.SearchModelVersions,
    output: wire.ModelVersions,
    access: read.model_version,
    handle: async ({ sql }, query) => {
      const { model_versions, next_page_token } = await searchModelVersions(sql, query);
      return { ...(model_versions.length > 0 && { model_versions }), ...(next_page_token && { next_page_token }) };
    },
  }),
  endpoint({
    method: "GET",
    path: "model-versions/get-download-uri",
    summary: "Answers where the files of a version are.",
    input: wire.DownloadUri,
    output: wire.ArtifactUri,
    access: read.model_version,
    handle: async ({ sql }, { name, version }) => ({ artifact_uri: await downloadUri(sql, name, version) }),
  }),
  endpoint({
    method: "POST",
    path: "model-versions/set-tag",
    summary: "Sets a tag of a version.",
    input: wire.SetModelVersionTag,
    output: Nothing,
    access: edit.model_version,
    handle: (services, tag) => setModelVersionTag(services.sql, tag, changeBy(services)),
  }),
  endpoint({
    method: "DELETE",
    path: "model-versions/delete-tag",
    summary: "Deletes a tag of a version, if it is there.",
    input: wire.DeleteModelVersionTag,
    output: Nothing,
    access: edit.model_version,
    handle: (services, tag) => deleteModelVersionTag(services.sql, tag, changeBy(services)),
  }),
];

/** Serves a file of a version, as MLflow's pages and ours ask for it; of the server's own store only. */
export function mountVersionFiles(app: Hono, services: Services): void {
  app.get("/model-versions/get-artifact", async (context) => {
    authorize(read.model_version, context);
    const { path, ...query } = context.req.query();
    if (path === undefined) throw missingParameter("path");
    const { name, version } = parseMessage(wire.DownloadUri, query);
    const below = artifactPath(path);
    const { store, folder } = await versionPlace(services, await downloadUri(services.sql, name, version));
    return download(store, joinPaths(folder, below), context.req.raw);
  });
}

/** The store and the folder of a version's files. What is named by its run is where the run keeps its files. */
export async function versionPlace(services: Services, uri: string) {
  const run = runSource(uri);
  if (!run) return artifactPlace(services, uri);
  const { artifact_uri } = await getRunInfo(services.sql, run.run_id);
  const place = await artifactPlace(services, artifact_uri);
  return { ...place, folder: joinPaths(place.folder, artifactFolder(run.path)) };
}
