import type { KeyValue, LoggedModel, LoggedModelStatus } from "../domain/entities.ts";
import { ApiError, invalid, notFound } from "../domain/errors.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { beingPurged, experimentNotActive } from "./experiments.ts";
import { hydrateLoggedModels, type LoggedModelRow } from "./logged_model_rows.ts";
import type { Sql } from "./sql.ts";
import { toObject } from "./tags.ts";

export interface NewLoggedModel {
  model_id: string;
  experiment_id: string;
  name: string;
  model_type: string;
  source_run_id: string;
  params: readonly KeyValue[];
  tags: readonly KeyValue[];
}

/** A model whose files are still to come: LOGGED_MODEL_PENDING. */
export async function createLoggedModel(sql: Sql, model: NewLoggedModel, now: number): Promise<LoggedModel> {
  const [row] = await sql<LoggedModelRow[]>`
    insert into weir.logged_models (model_id, experiment_id, name, model_type, source_run_id, artifact_uri,
      creation_timestamp_ms, last_updated_timestamp_ms, params, tags)
    select ${model.model_id}, experiment_id, ${model.name}, ${model.model_type}, ${model.source_run_id},
      regexp_replace(artifact_location, '/?$', ${`/models/${model.model_id}/artifacts`}), ${now}, ${now},
      ${sql.json(toObject(model.params))}, ${sql.json(toObject(model.tags))}
    from weir.experiments
    where experiment_id = ${experimentNumber(model.experiment_id)} and lifecycle_stage = 'active'
    returning *`;
  if (!row) throw await experimentNotActive(sql, model.experiment_id);
  return await hydrateLoggedModel(sql, row);
}

/** RESOURCE_DOES_NOT_EXIST for an unknown model, and for a deleted one unless `allow_deleted`. */
export async function getLoggedModel(sql: Sql, model_id: string, allow_deleted = false): Promise<LoggedModel> {
  const [row] = await sql<LoggedModelRow[]>`
    select * from weir.logged_models where model_id = ${model_id} and (${allow_deleted} or lifecycle_stage = 'active')`;
  if (!row) throw unknownModel(model_id);
  return await hydrateLoggedModel(sql, row);
}

/** BAD_REQUEST when one of these models was never made. Deleted ones will do. */
export async function checkModelsExist(sql: Sql, model_ids: readonly string[]): Promise<void> {
  const known = await sql<{ model_id: string }[]>`
    select model_id from weir.logged_models where model_id = any(${[...model_ids]}::text[])`;
  const missing = model_ids.find((model_id) => !known.some((row) => row.model_id === model_id));
  if (missing !== undefined) throw new ApiError("BAD_REQUEST", unknownModel(missing).message);
}

/** The models that a run made, by name. */
export async function modelsOfRun(sql: Sql, run_id: string): Promise<{ model_id: string; name: string }[]> {
  return await sql<{ model_id: string; name: string }[]>`
    select model_id, name from weir.logged_models
    where lifecycle_stage = 'active' and (source_run_id = ${run_id} or model_id in (
      select model_id from weir.model_outputs where run = (select run from weir.runs where run_id = ${run_id})))
    order by name, model_id`;
}

export async function finalizeLoggedModel(
  sql: Sql,
  model_id: string,
  status: LoggedModelStatus,
  now: number,
): Promise<LoggedModel> {
  const [row] = await sql<LoggedModelRow[]>`
    update weir.logged_models set status = ${status}, last_updated_timestamp_ms = ${now}
    where model_id = ${model_id} and lifecycle_stage = 'active' returning *`;
  if (!row) throw unknownModel(model_id);
  return await hydrateLoggedModel(sql, row);
}

export async function deleteLoggedModel(sql: Sql, model_id: string, now: number): Promise<void> {
  const rows = await sql`
    update weir.logged_models set lifecycle_stage = 'deleted', last_updated_timestamp_ms = ${now}, deleted_time = ${now}
    where model_id = ${model_id} and lifecycle_stage = 'active' returning 1`;
  if (rows.length === 0) throw unknownModel(model_id);
}

/** Takes a model out of the bin; one that is not in it is fine. INVALID_PARAMETER_VALUE for one that is being purged. */
export async function restoreLoggedModel(sql: Sql, model_id: string, now: number): Promise<void> {
  const rows = await sql`
    update weir.logged_models m set lifecycle_stage = 'active', last_updated_timestamp_ms = ${now}, deleted_time = null
    from weir.experiments e
    where m.model_id = ${model_id} and e.experiment_id = m.experiment_id and m.lifecycle_stage = 'deleted'
      and m.purge_id is null and e.purge_id is null
    returning 1`;
  if (rows.length > 0) return;
  const [row] = await sql<{ lifecycle_stage: string }[]>`
    select lifecycle_stage from weir.logged_models where model_id = ${model_id}`;
  if (!row) throw unknownModel(model_id);
  if (row.lifecycle_stage === "deleted") throw beingPurged("logged model", model_id);
}

export async function setLoggedModelTags(sql: Sql, model_id: string, tags: readonly KeyValue[]): Promise<void> {
  const rows = await sql`
    update weir.logged_models set tags = tags || ${sql.json(toObject(tags))}
    where model_id = ${model_id} and lifecycle_stage = 'active' returning 1`;
  if (rows.length === 0) throw unknownModel(model_id);
}

export async function deleteLoggedModelTag(sql: Sql, model_id: string, key: string): Promise<void> {
  const rows = await sql`
    update weir.logged_models set tags = tags - ${key}::text
    where model_id = ${model_id} and lifecycle_stage = 'active' and tags ? ${key}::text returning 1`;
  if (rows.length > 0) return;
  await getLoggedModel(sql, model_id);
  throw notFound(`No tag with key '${key}' found for model with ID '${model_id}'.`);
}

/** Adds params. INVALID_PARAMETER_VALUE when one was logged with another value; nothing is written then. */
export async function logLoggedModelParams(sql: Sql, model_id: string, params: readonly KeyValue[]): Promise<void> {
  const added = sql.json(toObject(params));
  const rows = await sql`
    update weir.logged_models set params = params || ${added}
    -- As for the params of runs.
    where model_id = ${model_id} and lifecycle_stage = 'active' and params || ${added} = ${added}::jsonb || params
    returning 1`;
  if (rows.length > 0) return;
  const { data } = await getLoggedModel(sql, model_id);
  const known = new Map(data.params?.map(({ key, value }) => [key, value]));
  const changed = params.find(({ key, value }) => known.has(key) && known.get(key) !== value);
  throw invalid(
    `Changing param values is not allowed. Param with key='${changed?.key}' was already logged for model '${model_id}'.`,
  );
}

/** The tag of a logged model in which clients look for the versions that it is registered as. */
const versionsTag = "mlflow.modelVersions";

/** Adds a version to the tag of the logged model that it was made of, as JSON in the spacing of Python. */
export async function noteRegistration(tx: Sql, model_id: string, name: string, version: number): Promise<void> {
  const [row] = await tx<{ known: string | null }[]>`
    select tags ->> ${versionsTag} as known from weir.logged_models
    where model_id = ${model_id} and lifecycle_stage = 'active' for no key update`;
  if (!row) return;
  const entry = `{"name": ${JSON.stringify(name)}, "version": ${version}}`;
  const known = listed(row.known ?? "");
  const value = `[${known === "" ? entry : `${known}, ${entry}`}]`;
  await tx`
    update weir.logged_models set tags = tags || ${tx.json({ [versionsTag]: value })} where model_id = ${model_id}`;
}

/** What stands in a JSON list; nothing for what is none, for anybody may set the tag. */
function listed(json: string): string {
  try {
    return Array.isArray(JSON.parse(json)) ? json.trim().slice(1, -1).trim() : "";
  } catch {
    return "";
  }
}

async function hydrateLoggedModel(sql: Sql, row: LoggedModelRow): Promise<LoggedModel> {
  const [model] = await hydrateLoggedModels(sql, [row]);
  return model!;
}

export const unknownModel = (model_id: string): ApiError => notFound(`Logged model with ID '${model_id}' not found.`);
