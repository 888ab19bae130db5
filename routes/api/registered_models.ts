import { deleteModelAlias, modelVersionByAlias, setModelAlias } from "../../db/model_aliases.ts";
import { searchRegisteredModels } from "../../db/registered_model_search.ts";
import {
  createRegisteredModel,
  deleteRegisteredModel,
  deleteRegisteredModelTag,
  getLatestVersions,
  getRegisteredModel,
  renameRegisteredModel,
  setRegisteredModelTag,
  updateRegisteredModel,
} from "../../db/registered_models.ts";
import { anyone, create, edit, read, remove } from "../../domain/permissions.ts";
import { type Change, checkTexts } from "../../domain/registry.ts";
import { Nothing } from "../../wire/answers.ts";
import { ModelVersions, OneModelVersion } from "../../wire/model_versions.ts";
import * as wire from "../../wire/registered_models.ts";
import { endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";

export const registeredModelEndpoints = [
  endpoint({
    method: "POST",
    path: "registered-models/create",
    summary: "Makes a registered model, to which versions can be added.",
    input: wire.CreateRegisteredModel,
    output: wire.OneRegisteredModel,
    access: create.registered_model,
    handle: async (services, model) => ({
      registered_model: await createRegisteredModel(services.sql, model, changeBy(services)),
    }),
  }),
  endpoint({
    method: "POST",
    path: "registered-models/rename",
    summary: "Renames a registered model, and with it its versions.",
    input: wire.RenameRegisteredModel,
    output: wire.OneRegisteredModel,
    access: edit.registered_model,
    handle: async (services, { name, new_name, comment }) => ({
      registered_model: await renameRegisteredModel(services.sql, name, new_name, changeBy(services, comment)),
    }),
  }),
  endpoint({
    method: "PATCH",
    path: "registered-models/update",
    summary: "Sets the description of a registered model.",
    input: wire.UpdateRegisteredModel,
    output: wire.OneRegisteredModel,
    access: edit.registered_model,
    handle: async (services, { name, comment, ...fields }) => ({
      registered_model: await updateRegisteredModel(services.sql, name, fields, changeBy(services, comment)),
    }),
  }),
  endpoint({
    method: "DELETE",
    path: "registered-models/delete",
    summary: "Deletes a registered model with its versions, tags and aliases, for good.",
    input: wire.DeleteRegisteredModel,
    output: Nothing,
    access: remove.registered_model,
    handle: (services, { name, comment }) => deleteRegisteredModel(services.sql, name, changeBy(services, comment)),
  }),
  endpoint({
    method: "GET",
    path: "registered-models/get",
    summary: "Answers a registered model with its aliases and the latest version of each stage.",
    input: wire.RegisteredModelByName,
    output: wire.OneRegisteredModel,
    access: read.registered_model,
    handle: async ({ sql }, { name }) => ({ registered_model: await getRegisteredModel(sql, name) }),
  }),
  // MLflow's R client searches by POST, which MLflow's own server does not take.
  ...(["GET", "POST"] as const).map((method) =>
    endpoint({
      method,
      path: "registered-models/search",
      summary: "Finds registered models by a filter, page by page; prompts only if the filter speaks of them.",
      input: wire.SearchRegisteredModels,
      output: wire.RegisteredModels,
      access: read.registered_model,
      handle: async ({ sql }, query) => {
        const { registered_models, next_page_token } = await searchRegisteredModels(sql, query);
        return {
          ...(registered_models.length > 0 && { registered_models }),
          ...(next_page_token && { next_page_token }),
        };
      },
    })
  ),
  ...(["POST", "GET"] as const).map((method) =>
    endpoint({
      method,
      path: "registered-models/get-latest-versions",
      summary: "Answers the latest version of each of the stages, or of every stage when none is named.",
      input: wire.LatestVersions,
      output: ModelVersions,
      access: read.registered_model,
      handle: async ({ sql }, { name, stages }) => {
        const model_versions = await getLatestVersions(sql, name, stages);
        return { ...(model_versions.length > 0 && { model_versions }) };
      },
    })
  ),
  endpoint({
    method: "POST",
    path: "registered-models/set-tag",
    summary: "Sets a tag of a registered model.",
    input: wire.SetRegisteredModelTag,
    output: Nothing,
    access: edit.registered_model,
    handle: (services, { name, ...tag }) => setRegisteredModelTag(services.sql, name, tag, changeBy(services)),
  }),
  endpoint({
    method: "DELETE",
    path: "registered-models/delete-tag",
    summary: "Deletes a tag of a registered model, if it is there.",
    input: wire.DeleteRegisteredModelTag,
    output: Nothing,
    access: edit.registered_model,
    handle: (services, { name, key }) => deleteRegisteredModelTag(services.sql, name, key, changeBy(services)),
  }),
  endpoint({
    method: "POST",
    path: "registered-models/alias",
    summary: "Gives an alias to a version, or moves it there.",
    input: wire.SetModelAlias,
    output: Nothing,
    access: edit.registered_model,
    handle: (services, { comment, ...alias }) => setModelAlias(services.sql, alias, changeBy(services, comment)),
  }),
  endpoint({
    method: "DELETE",
    path: "registered-models/alias",
    summary: "Takes an alias away, if it is there.",
    input: wire.DeleteModelAlias,
    output: Nothing,
    access: edit.registered_model,
    handle: (services, { name, alias, comment }) =>
      deleteModelAlias(services.sql, name, alias, changeBy(services, comment)),
  }),
  endpoint({
    method: "GET",
    path: "registered-models/alias",
    summary: "Answers the version that an alias stands for; `latest` is the newest.",
    input: wire.ModelAliasByName,
    output: OneModelVersion,
    access: read.registered_model,
    handle: async ({ sql }, { name, alias }) => ({ model_version: await modelVersionByAlias(sql, name, alias) }),
  }),
];

/** Who changes the registry now, and why. */
export function changeBy({ now }: Pick<Services, "now">, comment?: string): Change {
  checkTexts({ comment });
  return { who: anyone.kind, now: now(), ...(comment !== undefined && { comment }) };
}
