import type { z } from "zod";
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
import { LoggedModels, Nothing, OneLoggedModel } from "../../wire/answers.ts";
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
import { missingParameter } from "../../wire/message.ts";
import { endpoint } from "../endpoint.ts";

export const loggedModelEndpoints = [
  endpoint({
    method: "POST",
    path: "logged-models",
    summary: "Makes a logged model, pending until it is finalized.",
    input: CreateLoggedModel,
    output: OneLoggedModel,
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
    summary: "Answers a logged model.",
    input: GetLoggedModel,
    output: OneLoggedModel,
    access: read.logged_model,
    handle: async ({ sql }, { model_id, allow_deleted }) =>
      modelJson(await getLoggedModel(sql, model_id, allow_deleted)),
  }),
  endpoint({
    method: "PATCH",
    path: "logged-models/{model_id}",
    summary: "Finalizes a logged model: its files are there, or failed to come.",
    input: FinalizeLoggedModel,
    output: OneLoggedModel,
    access: edit.logged_model,
    handle: async ({ sql, now }, { model_id, status }) => {
      if (status === undefined) throw missingParameter("status");
      return modelJson(await finalizeLoggedModel(sql, model_id, status, now()));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "logged-models/{model_id}",
    summary: "Moves a logged model to the bin, until it is restored or purged.",
    input: LoggedModelById,
    output: Nothing,
    access: remove.logged_model,
    handle: ({ sql, now }, { model_id }) => deleteLoggedModel(sql, model_id, now()),
  }),
  endpoint({
    method: "POST",
    path: "logged-models/search",
    summary: "Finds logged models of experiments by a filter, in order, page by page.",
    input: SearchLoggedModels,
    output: LoggedModels,
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
    summary: "Sets tags of a logged model.",
    input: SetLoggedModelTags,
    output: Nothing,
    access: edit.logged_model,
    handle: ({ sql }, { model_id, tags }) => setLoggedModelTags(sql, model_id, tags),
  }),
  endpoint({
    method: "DELETE",
    path: "logged-models/{model_id}/tags/{tag_key}",
    summary: "Removes a tag of a logged model.",
    input: DeleteLoggedModelTag,
    output: Nothing,
    access: edit.logged_model,
    handle: ({ sql }, { model_id, tag_key }) => deleteLoggedModelTag(sql, model_id, tag_key),
  }),
  endpoint({
    method: "POST",
    path: "logged-models/{model_id}/params",
    summary: "Logs params of a logged model.",
    input: LogLoggedModelParams,
    output: Nothing,
    access: edit.logged_model,
    handle: ({ sql }, { model_id, params }) => logLoggedModelParams(sql, model_id, storedParams(params)),
  }),
];

/** A logged model as it travels. */
export function modelJson({ info, data: { metrics, ...data } }: LoggedModel): z.output<typeof OneLoggedModel> {
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
