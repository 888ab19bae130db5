import { searchLoggedModels } from "../../db/logged_model_search.ts";
import {
  createLoggedModel,
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  getLoggedModel,
  logLoggedModelParams,
  setLoggedModelTags,
} from "../../db/logged_models.ts";
import type { KeyValue, LoggedModel } from "../../domain/entities.ts";
import { invalid } from "../../domain/errors.ts";
import { newModelId } from "../../domain/ids.ts";
import { checkLength, limits, truncate } from "../../domain/names.ts";
import { edit, read, remove } from "../../domain/permissions.ts";
import { printableMetric } from "../../domain/run_json.ts";
import { randomName } from "../../domain/run_name.ts";
import {
  CreateLoggedModel,
  DeleteLoggedModelTag,
  FinalizeLoggedModel,
  GetLoggedModel,
  LoggedModelById,
  LogLoggedModelParams,
  SearchLoggedModels,
  SetLoggedModelTags,
} from "../../wire/logged_models.ts";
import { endpoint } from "../endpoint.ts";

export const loggedModelEndpoints = [
  endpoint({
    method: "POST",
    path: "logged-models",
    input: CreateLoggedModel,
    access: edit.experiment,
    handle: async ({ sql, now }, { name, params, ...model }) => {
      if (name) checkModelName(name);
      const stored = { ...model, model_id: newModelId(), name: name || randomName(), params: storedParams(params) };
      return modelJson(await createLoggedModel(sql, stored, now()));
    },
  }),
  endpoint({
    method: "GET",
    path: "logged-models/{model_id}",
    input: GetLoggedModel,
    access: read.logged_model,
    handle: async ({ sql }, { model_id, allow_deleted }) =>
      modelJson(await getLoggedModel(sql, model_id, allow_deleted)),
  }),
  endpoint({
    method: "PATCH",
    path: "logged-models/{model_id}",
    input: FinalizeLoggedModel,
    access: edit.logged_model,
    handle: async ({ sql, now }, { model_id, status }) => {
      const final = status ?? "LOGGED_MODEL_STATUS_UNSPECIFIED";
      return modelJson(await finalizeLoggedModel(sql, model_id, final, now()));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "logged-models/{model_id}",
    input: LoggedModelById,
    access: remove.logged_model,
    handle: ({ sql, now }, { model_id }) => deleteLoggedModel(sql, model_id, now()),
  }),
  endpoint({
    method: "POST",
    path: "logged-models/search",
    input: SearchLoggedModels,
    access: read.logged_model,
    handle: async ({ sql }, query) => {
      const { models, next_page_token } = await searchLoggedModels(sql, query);
      return {
        ...(models.length > 0 && { models: models.map((model) => modelJson(model).model) }),
        ...(next_page_token && { next_page_token }),
      };
    },
  }),
  endpoint({
    method: "PATCH",
    path: "logged-models/{model_id}/tags",
    input: SetLoggedModelTags,
    access: edit.logged_model,
    handle: ({ sql }, { model_id, tags }) => setLoggedModelTags(sql, model_id, tags),
  }),
  endpoint({
    method: "DELETE",
    path: "logged-models/{model_id}/tags/{tag_key}",
    input: DeleteLoggedModelTag,
    access: edit.logged_model,
    handle: ({ sql }, { model_id, tag_key }) => deleteLoggedModelTag(sql, model_id, tag_key),
  }),
  endpoint({
    method: "POST",
    path: "logged-models/{model_id}/params",
    input: LogLoggedModelParams,
    access: edit.logged_model,
    handle: ({ sql }, { model_id, params }) => logLoggedModelParams(sql, model_id, storedParams(params)),
  }),
];

/** A logged model as it travels. */
export function modelJson({ info, data: { metrics, ...data } }: LoggedModel): { model: object } {
  return { model: { info, data: { ...data, ...(metrics && { metrics: metrics.map(printableMetric) }) } } };
}

function checkModelName(name: string): void {
  if (!/[/:.%"']/.test(name)) return;
  throw invalid(
    `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the following ` +
      `characters: ('/', ':', '.', '%', '"', "'")`,
  );
}

const storedParams = (params: readonly KeyValue[]): KeyValue[] =>
  params.map(({ key, value }) => {
    checkLength(key, limits.key, "key");
    return { key, value: truncate(value, limits.paramValue) };
  });
