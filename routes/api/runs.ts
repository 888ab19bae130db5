import { newRunId } from "../../domain/ids.ts";
import { checkKey, limits, truncate } from "../../domain/names.ts";
import { edit, read, remove } from "../../domain/permissions.ts";
import { printableRun } from "../../domain/run_json.ts";
import { nameOfRun } from "../../domain/run_name.ts";
import { logInputs, logOutputs } from "../../db/inputs.ts";
import { searchRuns } from "../../db/run_search.ts";
import {
  appendModel,
  createRun,
  deleteTag,
  getRun,
  logParam,
  logParamsAndTags,
  moveRun,
  updateRun,
} from "../../db/runs.ts";
import { checkInputs } from "../../domain/inputs.ts";
import { checkedModel } from "../../domain/model_json.ts";
import { Nothing, OneRun, Runs, UpdatedRun } from "../../wire/answers.ts";
import {
  CreateRun,
  DeleteTag,
  LogInputs,
  LogModel,
  LogOutputs,
  LogParam,
  RequiredRun,
  RunById,
  SearchRuns,
  SetTag,
  UpdateRun,
} from "../../wire/runs.ts";
import { endpoint } from "../endpoint.ts";

export const runEndpoints = [
  endpoint({
    method: "POST",
    path: "runs/create",
    summary: "Starts a run.",
    input: CreateRun,
    output: OneRun,
    access: edit.experiment,
    handle: async ({ sql }, { tags, run_name, ...run }) => {
      const name = nameOfRun(run_name, tags);
      const created = await createRun(sql, { ...run, run_id: newRunId(), run_name: name, tags });
      return { run: printableRun(created) };
    },
  }),
  endpoint({
    method: "GET",
    path: "runs/get",
    summary: "Answers a run with its params, tags, inputs, outputs and the latest value of each metric.",
    input: RunById,
    output: OneRun,
    access: read.run,
    handle: async ({ sql }, input) => ({ run: printableRun(await getRun(sql, input.run_id)) }),
  }),
  endpoint({
    method: "POST",
    path: "runs/update",
    summary: "Changes a run's status, end or name.",
    input: UpdateRun,
    output: UpdatedRun,
    access: edit.run,
    handle: async ({ sql }, input) => ({ run_info: await updateRun(sql, input.run_id, input) }),
  }),
  endpoint({
    method: "POST",
    path: "runs/delete",
    summary: "Moves a run to the bin, until it is restored or purged.",
    input: RequiredRun,
    output: Nothing,
    access: remove.run,
    handle: ({ sql, now }, { run_id }) => moveRun(sql, run_id, "deleted", now()),
  }),
  endpoint({
    method: "POST",
    path: "runs/restore",
    summary: "Restores a deleted run.",
    input: RequiredRun,
    output: Nothing,
    access: remove.run,
    handle: ({ sql, now }, { run_id }) => moveRun(sql, run_id, "active", now()),
  }),
  endpoint({
    method: "POST",
    path: "runs/search",
    summary: "Finds runs of experiments by a filter, in order, page by page.",
    input: SearchRuns,
    output: Runs,
    access: read.run,
    handle: async ({ sql }, query) => {
      const { runs, ...rest } = await searchRuns(sql, query);
      return runs.length > 0 ? { runs: runs.map(printableRun), ...rest } : {};
    },
  }),
  endpoint({
    method: "POST",
    path: "runs/log-parameter",
    summary: "Logs a param, whose value stays as it is from then on.",
    input: LogParam,
    output: Nothing,
    access: edit.run,
    handle: ({ sql }, { run_id, key, value }) => {
      checkKey(key, "key", "Param key");
      return logParam(sql, run_id, { key, value: truncate(value, limits.paramValue) });
    },
  }),
  endpoint({
    method: "POST",
    path: "runs/set-tag",
    summary: "Sets a tag of a run.",
    input: SetTag,
    output: Nothing,
    access: edit.run,
    handle: ({ sql }, { run_id, key, value }) => {
      checkKey(key, "key", "key");
      return logParamsAndTags(sql, run_id, [], [{ key, value: truncate(value, limits.runTagValue) }]);
    },
  }),
  endpoint({
    method: "POST",
    path: "runs/log-model",
    summary: "Notes the `MLmodel` of a model that was saved below the run's artifacts, as clients before MLflow 3 do.",
    input: LogModel,
    output: Nothing,
    access: edit.run,
    handle: ({ sql }, { run_id, model_json }) => appendModel(sql, run_id, checkedModel(model_json)),
  }),
  endpoint({
    method: "POST",
    path: "runs/delete-tag",
    summary: "Removes a tag of a run.",
    input: DeleteTag,
    output: Nothing,
    access: edit.run,
    handle: ({ sql }, { run_id, key }) => deleteTag(sql, run_id, key),
  }),
  endpoint({
    method: "POST",
    path: "runs/log-inputs",
    summary: "Notes which datasets and models a run was given.",
    input: LogInputs,
    output: Nothing,
    access: edit.run,
    handle: ({ sql }, { run_id, datasets, models }) => {
      checkInputs(datasets);
      return logInputs(sql, run_id, datasets, models.map((model) => model.model_id));
    },
  }),
  endpoint({
    method: "POST",
    path: "runs/outputs",
    summary: "Notes which models a run made.",
    input: LogOutputs,
    output: Nothing,
    access: edit.run,
    handle: ({ sql }, { run_id, models }) => logOutputs(sql, run_id, models),
  }),
];
