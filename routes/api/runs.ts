import { invalid } from "../../domain/errors.ts";
import { newRunId } from "../../domain/ids.ts";
import { checkKey, limits, truncate } from "../../domain/names.ts";
import { edit, read, remove } from "../../domain/permissions.ts";
import { printableRun } from "../../domain/run_json.ts";
import { randomName } from "../../domain/run_name.ts";
import type { KeyValue } from "../../domain/entities.ts";
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
import { missingParameter } from "../../wire/message.ts";
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
    input: CreateRun,
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
    input: RunById,
    access: read.run,
    handle: async ({ sql }, input) => ({ run: printableRun(await getRun(sql, runIdOf(input))) }),
  }),
  endpoint({
    method: "POST",
    path: "runs/update",
    input: UpdateRun,
    access: edit.run,
    handle: async ({ sql }, input) => ({ run_info: await updateRun(sql, runIdOf(input), input) }),
  }),
  endpoint({
    method: "POST",
    path: "runs/delete",
    input: RequiredRun,
    access: remove.run,
    handle: ({ sql }, { run_id }) => moveRun(sql, run_id, "deleted"),
  }),
  endpoint({
    method: "POST",
    path: "runs/restore",
    input: RequiredRun,
    access: remove.run,
    handle: ({ sql }, { run_id }) => moveRun(sql, run_id, "active"),
  }),
  endpoint({
    method: "POST",
    path: "runs/search",
    input: SearchRuns,
    access: read.run,
    handle: async ({ sql }, query) => {
      const { runs, ...rest } = await searchRuns(sql, query);
      return runs.length > 0 ? { runs: runs.map(printableRun), ...rest } : {};
    },
  }),
  endpoint({
    method: "POST",
    path: "runs/log-parameter",
    input: LogParam,
    access: edit.run,
    handle: ({ sql }, { key, value, ...run }) => {
      checkKey(key, "key", "Param key");
      return logParam(sql, runIdOf(run), { key, value: truncate(value, limits.paramValue) });
    },
  }),
  endpoint({
    method: "POST",
    path: "runs/set-tag",
    input: SetTag,
    access: edit.run,
    handle: ({ sql }, { key, value, ...run }) => {
      checkKey(key, "key", "key");
      return logParamsAndTags(sql, runIdOf(run), [], [{ key, value: truncate(value, limits.runTagValue) }]);
    },
  }),
  endpoint({
    method: "POST",
    path: "runs/log-model",
    input: LogModel,
    access: edit.run,
    handle: ({ sql }, { run_id, model_json }) => appendModel(sql, run_id, checkedModel(model_json)),
  }),
  endpoint({
    method: "POST",
    path: "runs/delete-tag",
    input: DeleteTag,
    access: edit.run,
    handle: ({ sql }, { run_id, key }) => deleteTag(sql, run_id, key),
  }),
  endpoint({
    method: "POST",
    path: "runs/log-inputs",
    input: LogInputs,
    access: edit.run,
    handle: ({ sql }, { run_id, datasets, models }) => {
      checkInputs(datasets);
      return logInputs(sql, run_id, datasets, models.map((model) => model.model_id));
    },
  }),
  endpoint({
    method: "POST",
    path: "runs/outputs",
    input: LogOutputs,
    access: edit.run,
    handle: ({ sql }, { run_id, models }) => logOutputs(sql, run_id, models),
  }),
];

/** Requests name a run by `run_id`, by its old name `run_uuid`, or by both. */
export function runIdOf({ run_id, run_uuid }: { run_id?: string | undefined; run_uuid?: string | undefined }): string {
  const id = run_id || run_uuid;
  if (!id) throw missingParameter("run_id");
  return id;
}

function nameOfRun(run_name: string, tags: readonly KeyValue[]): string {
  const tagged = tags.findLast((tag) => tag.key === "mlflow.runName")?.value;
  if (run_name && tagged && run_name !== tagged) {
    throw invalid(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values ` +
        `(run_name='${run_name}', mlflow.runName='${tagged}').`,
    );
  }
  return run_name || tagged || randomName();
}
