import type { KeyValue, Run, RunInfo, RunStatus } from "../domain/entities.ts";
import { type ApiError, invalid, notFound } from "../domain/errors.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { beingPurged, experimentNotActive } from "./experiments.ts";
import { hydrateRuns, type RunRow, toRun, toRunInfo } from "./run_rows.ts";
import type { Sql } from "./sql.ts";
import { toObject } from "./tags.ts";

/** A run about to start. Times in ms since the epoch. */
export interface NewRun {
  run_id: string;
  experiment_id: string;
  run_name: string;
  user_id: string;
  start_time: number;
  tags: readonly KeyValue[];
  /** Default RUNNING. */
  status?: RunStatus;
}

/** Starts a run. RESOURCE_DOES_NOT_EXIST or INVALID_PARAMETER_VALUE when its experiment is missing or deleted. */
export async function createRun(sql: Sql, run: NewRun): Promise<Run> {
  const [row] = await sql<RunRow[]>`
    insert into weir.runs (run_id, experiment_id, run_name, user_id, status, start_time, artifact_uri, tags)
    select ${run.run_id}, experiment_id, ${run.run_name}, ${run.user_id}, ${run.status ?? "RUNNING"}, ${run.start_time},
      regexp_replace(artifact_location, '/?$', ${`/${run.run_id}/artifacts`}),
      ${sql.json({ ...toObject(run.tags), "mlflow.runName": run.run_name })}
    from weir.experiments
    where experiment_id = ${experimentNumber(run.experiment_id)} and lifecycle_stage = 'active'
    returning *`;
  if (!row) throw await experimentNotActive(sql, run.experiment_id);
  return toRun(row);
}

/** With metrics, params, tags, inputs and outputs; deleted ones too. RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getRun(sql: Sql, run_id: string): Promise<Run> {
  const [run] = await hydrateRuns(sql, [await runRow(sql, run_id)]);
  return run!;
}

/** The runs that exist among these, in this order. */
export async function getRuns(sql: Sql, run_ids: readonly string[]): Promise<Run[]> {
  const rows = await sql<RunRow[]>`select * from weir.runs where run_id = any(${[...run_ids]}::text[])`;
  const runs = new Map((await hydrateRuns(sql, rows)).map((run) => [run.info.run_id, run]));
  return run_ids.flatMap((run_id) => runs.get(run_id) ?? []);
}

export async function getRunInfo(sql: Sql, run_id: string): Promise<RunInfo> {
  return toRunInfo(await runRow(sql, run_id));
}

async function runRow(sql: Sql, run_id: string): Promise<RunRow> {
  const [row] = await sql<RunRow[]>`select * from weir.runs where run_id = ${run_id}`;
  if (!row) throw unknownRun(run_id);
  return row;
}

export interface RunChange {
  status?: RunStatus | undefined;
  end_time?: number | undefined;
  /** Empty is as good as absent. */
  run_name?: string | undefined;
}

/** Changes an active run and answers its info. Any status may follow any other. */
export async function updateRun(sql: Sql, run_id: string, change: RunChange): Promise<RunInfo> {
  const run_name = change.run_name || null;
  const [row] = await sql<RunRow[]>`
    update weir.runs set
      status = coalesce(${change.status ?? null}, status),
      end_time = coalesce(${change.end_time ?? null}, end_time),
      run_name = coalesce(${run_name}, run_name),
      tags = case when ${run_name}::text is null then tags else tags || jsonb_build_object('mlflow.runName', ${run_name}::text) end
    where run_id = ${run_id} and lifecycle_stage = 'active'
    returning *`;
  if (!row) throw await activeRunMissing(sql, run_id);
  return toRunInfo(row);
}

/**
 * Moves a run to the bin or restores it; to the state that it is in already is fine. INVALID_PARAMETER_VALUE for restoring one that
 * is being purged, or whose experiment is. `now` in ms since the epoch.
 */
export async function moveRun(sql: Sql, run_id: string, to: "active" | "deleted", now: number): Promise<void> {
  const rows = await sql`
    update weir.runs r set lifecycle_stage = ${to},
      deleted_time = ${to === "active" ? sql`null` : sql`coalesce(r.deleted_time, ${now}::bigint)`}
    from weir.experiments e
    where r.run_id = ${run_id} and e.experiment_id = r.experiment_id
      and (${to} = 'deleted' or (r.purge_id is null and e.purge_id is null))
    returning 1`;
  if (rows.length > 0) return;
  await runRow(sql, run_id);
  throw beingPurged("run", run_id);
}

/**
 * Adds params and sets tags of an active run. A param keeps its first value: INVALID_PARAMETER_VALUE when one comes with another,
 * and nothing is written then.
 */
export async function logParamsAndTags(
  sql: Sql,
  run_id: string,
  params: readonly KeyValue[],
  tags: readonly KeyValue[],
): Promise<void> {
  const newParams = sql.json(toObject(params));
  const newTags = toObject(tags);
  const rows = await sql`
    update weir.runs set params = params || ${newParams}, tags = tags || ${sql.json(newTags)},
      run_name = coalesce(${newTags["mlflow.runName"] ?? null}, run_name)
    -- Equal where no key has two values. A subquery would not be asked again about a row that another writer changed meanwhile.
    where run_id = ${run_id} and lifecycle_stage = 'active' and params || ${newParams} = ${newParams}::jsonb || params
    returning 1`;
  if (rows.length > 0) return;
  const changed = await changedParams(sql, run_id, params);
  throw changed.length > 0 ? paramsChanged(run_id, changed) : await activeRunMissing(sql, run_id);
}

interface ChangedParam {
  key: string;
  old_value: string;
  new_value: string;
}

async function changedParams(sql: Sql, run_id: string, params: readonly KeyValue[]): Promise<ChangedParam[]> {
  return await sql<ChangedParam[]>`
    select new.key, params ->> new.key as old_value, new.value as new_value
    from weir.runs, jsonb_each_text(${sql.json(toObject(params))}::jsonb) as new (key, value)
    where run_id = ${run_id} and lifecycle_stage = 'active' and params ? new.key and params ->> new.key <> new.value`;
}

function paramsChanged(run_id: string, changed: readonly ChangedParam[]): ApiError {
  const list = changed.map(({ key, old_value, new_value }) =>
    `{'key': '${key}', 'old_value': '${old_value}', 'new_value': '${new_value}'}`
  );
  return invalid(
    `Changing param values is not allowed. Params were already logged='[${list.join(", ")}]' for run ID='${run_id}'.`,
  );
}

/** As `logParamsAndTags` for one param, with the words that MLflow has for it. */
export async function logParam(sql: Sql, run_id: string, { key, value }: KeyValue): Promise<void> {
  const rows = await sql`
    update weir.runs set params = params || jsonb_build_object(${key}::text, ${value}::text)
    where run_id = ${run_id} and lifecycle_stage = 'active' and coalesce(params ->> ${key}, ${value}) = ${value}
    returning 1`;
  if (rows.length > 0) return;
  const [changed] = await changedParams(sql, run_id, [{ key, value }]);
  if (!changed) throw await activeRunMissing(sql, run_id);
  throw invalid(
    `Changing param values is not allowed. Param with key='${key}' was already logged with value='${changed.old_value}' ` +
      `for run ID='${run_id}'. Attempted logging new value '${value}'.`,
  );
}

/** Appends to the list of models that clients before MLflow 3 keep in a tag of the run. */
export async function appendModel(sql: Sql, run_id: string, model: object): Promise<void> {
  const key = "mlflow.log-model.history";
  const rows = await sql`
    update weir.runs set tags = tags || jsonb_build_object(${key}::text,
      (coalesce(tags ->> ${key}, '[]')::jsonb || jsonb_build_array(${JSON.stringify(model)}::text::jsonb))::text)
    where run_id = ${run_id} and lifecycle_stage = 'active' returning 1`;
  if (rows.length === 0) throw await activeRunMissing(sql, run_id);
}

/** RESOURCE_DOES_NOT_EXIST when the run has no such tag. */
export async function deleteTag(sql: Sql, run_id: string, key: string): Promise<void> {
  const rows = await sql`
    update weir.runs set tags = tags - ${key}::text
    where run_id = ${run_id} and lifecycle_stage = 'active' and tags ? ${key}::text returning 1`;
  if (rows.length > 0) return;
  const { lifecycle_stage } = await getRunInfo(sql, run_id);
  if (lifecycle_stage === "deleted") throw deletedRun(run_id);
  throw notFound(`No tag with name: ${key} in run with id ${run_id}`);
}

/** Why a run did not take a write: it does not exist, or it is deleted. */
export async function activeRunMissing(sql: Sql, run_id: string): Promise<ApiError> {
  const [row] = await sql`select from weir.runs where run_id = ${run_id}`;
  return row ? deletedRun(run_id) : unknownRun(run_id);
}

export const unknownRun = (run_id: string): ApiError => notFound(`Run with id=${run_id} not found`);

const deletedRun = (run_id: string): ApiError =>
  invalid(`The run ${run_id} must be in the 'active' state. Current state is deleted.`);
