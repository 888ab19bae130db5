import { type KeyValue, modelStages, type ModelVersion, type RegisteredModel } from "../domain/entities.ts";
import {
  type Change,
  checkModelName,
  checkNewModelName,
  checkRegistryTag,
  checkTagKey,
  checkTexts,
  entityOf,
  isPrompt,
  nameTaken,
  ownTags,
  parseStage,
  unknownModel,
} from "../domain/registry.ts";
import { noteEvent } from "./audit.ts";
import {
  hydrateModelVersions,
  hydrateRegisteredModels,
  latestVersions,
  type RegisteredModelRow,
} from "./registry_rows.ts";
import { type Sql, transaction } from "./sql.ts";
import { toObject } from "./tags.ts";

/** Registered models and prompts by name. Each change is written down in its own transaction (weir.audit_log). */

export interface NewRegisteredModel {
  name: string;
  description: string;
  deployment_job_id: string;
  tags: readonly KeyValue[];
}

/** RESOURCE_ALREADY_EXISTS when a model or a prompt has the name. */
export function createRegisteredModel(sql: Sql, model: NewRegisteredModel, change: Change): Promise<RegisteredModel> {
  const { name, description, deployment_job_id } = model;
  checkNewModelName(name);
  checkTexts({ description, deployment_job_id });
  model.tags.forEach(checkRegistryTag);
  const tags = toObject(model.tags);
  const prompt = isPrompt(tags);
  return transaction(sql, async (tx) => {
    const [row] = await tx<RegisteredModelRow[]>`
      insert into weir.registered_models
        (name, description, deployment_job_id, tags, creation_timestamp, last_updated_timestamp)
      values (${name}, ${description}, ${deployment_job_id}, ${tx.json(tags)}, ${change.now}, ${change.now})
      on conflict (name) do nothing returning *`;
    if (!row) throw nameTaken(name, { prompt: await isPromptName(tx, name) }, { prompt });
    await noteEvent(tx, change, {
      entity: entityOf("registered_model", prompt),
      action: "created",
      name,
      detail: { description, tags },
      payload: { name, tags: prompt ? ownTags(tags) : tags, description },
    });
    return await hydrated(tx, row);
  });
}

/** RESOURCE_DOES_NOT_EXIST for an unknown name, here and in what follows. */
export async function getRegisteredModel(sql: Sql, name: string): Promise<RegisteredModel> {
  return await hydrated(sql, await registeredModelRow(sql, name));
}

/** The newest version of each of the stages, or of every stage when none is named. */
export async function getLatestVersions(
  sql: Sql,
  name: string,
  stages: readonly string[] = [],
): Promise<ModelVersion[]> {
  const { model } = await registeredModelRow(sql, name);
  const wanted = stages.length > 0 ? [...new Set(stages.map(parseStage))] : modelStages;
  return await hydrateModelVersions(sql, await latestVersions(sql, [model], wanted));
}

/** Sets the description; the id of a deployment job only when one is given. */
export function updateRegisteredModel(
  sql: Sql,
  name: string,
  { description, deployment_job_id }: { description: string; deployment_job_id?: string | undefined },
  change: Change,
): Promise<RegisteredModel> {
  checkTexts({ description, deployment_job_id });
  return changeModel(sql, name, async (tx, model) => {
    const [row] = await tx<RegisteredModelRow[]>`
      update weir.registered_models set description = ${description}, last_updated_timestamp = ${change.now},
        deployment_job_id = coalesce(${deployment_job_id ?? null}, deployment_job_id)
      where model = ${model.model} returning *`;
    await noteEvent(tx, change, {
      entity: entityOf("registered_model", isPrompt(model.tags)),
      action: "updated",
      name,
      detail: { description: { from: model.description ?? "", to: description } },
    });
    return await hydrated(tx, row ?? model);
  });
}

/** Renames a model, and with it its versions. RESOURCE_ALREADY_EXISTS when the new name is taken. */
export async function renameRegisteredModel(
  sql: Sql,
  name: string,
  new_name: string,
  change: Change,
): Promise<RegisteredModel> {
  checkNewModelName(new_name, "new_name");
  checkModelName(name);
  const taken = nameTaken(new_name, { prompt: false }, { prompt: false });
  const work = transaction(sql, async (tx) => {
    // One after the other: those who swap names would otherwise wait for each other in a circle.
    await tx`select pg_advisory_xact_lock(hashtextextended('weir rename', 0))`;
    const rows = await tx<RegisteredModelRow[]>`
      select * from weir.registered_models where name in (${name}, ${new_name}) for update`;
    const model = rows.find((row) => row.name === name);
    if (!model) throw unknownModel(name);
    if (rows.some((row) => row.name === new_name && row.model !== model.model)) throw taken;
    const [row] = await tx<RegisteredModelRow[]>`
      update weir.registered_models set name = ${new_name}, last_updated_timestamp = ${change.now}
      where model = ${model.model} returning *`;
    await tx`update weir.model_versions set last_updated_timestamp = ${change.now} where model = ${model.model}`;
    await noteEvent(tx, change, {
      entity: entityOf("registered_model", isPrompt(model.tags)),
      action: "renamed",
      name: new_name,
      detail: { from: name, to: new_name },
    });
    return await hydrated(tx, row ?? model);
  });
  return await work.catch((error: unknown) => {
    throw isUniqueViolation(error) ? taken : error;
  });
}

/** Deletes a model with its versions, tags and aliases, for good. */
export function deleteRegisteredModel(sql: Sql, name: string, change: Change): Promise<void> {
  return changeModel(sql, name, async (tx, model) => {
    await tx`delete from weir.registered_models where model = ${model.model}`;
    await noteEvent(tx, change, {
      entity: entityOf("registered_model", isPrompt(model.tags)),
      action: "deleted",
      name,
      detail: { last_version: model.last_version },
    });
  });
}

export function setRegisteredModelTag(sql: Sql, name: string, tag: KeyValue, change: Change): Promise<void> {
  const { key, value } = tag;
  checkModelName(name);
  checkRegistryTag(tag);
  return changeModel(sql, name, async (tx, model) => {
    const tags = { ...model.tags, [key]: value };
    await tx`update weir.registered_models set tags = ${tx.json(tags)} where model = ${model.model}`;
    // Whether it is a prompt is asked afterwards, as in MLflow: the tag itself may make it one.
    const prompt = isPrompt(tags);
    await noteEvent(tx, change, {
      entity: entityOf("registered_model_tag", prompt),
      action: "set",
      name,
      detail: { key, ...(Object.hasOwn(model.tags, key) && { from: model.tags[key] }), to: value },
      ...(prompt && { payload: { name, key, value } }),
    });
  });
}

/** Nothing happens when there is no such tag. */
export function deleteRegisteredModelTag(sql: Sql, name: string, key: string, change: Change): Promise<void> {
  checkModelName(name);
  checkTagKey(key);
  return changeModel(sql, name, async (tx, model) => {
    if (!Object.hasOwn(model.tags, key)) return;
    await tx`update weir.registered_models set tags = tags - ${key}::text where model = ${model.model}`;
    const { [key]: from, ...rest } = model.tags;
    const prompt = isPrompt(rest);
    await noteEvent(tx, change, {
      entity: entityOf("registered_model_tag", prompt),
      action: "deleted",
      name,
      detail: { key, from },
      ...(prompt && { payload: { name, key } }),
    });
  });
}

/** Does work on a model whose row is locked until its end: changes of one model happen one after the other. */
export function changeModel<T>(
  sql: Sql,
  name: string,
  work: (tx: Sql, model: RegisteredModelRow) => Promise<T>,
  missing = unknownModel,
): Promise<T> {
  checkModelName(name);
  return transaction(sql, async (tx) => {
    const [model] = await tx<RegisteredModelRow[]>`
      select * from weir.registered_models where name = ${name} for update`;
    if (!model) throw missing(name);
    return await work(tx, model);
  });
}

export async function registeredModelRow(sql: Sql, name: string): Promise<RegisteredModelRow> {
  checkModelName(name);
  const [row] = await sql<RegisteredModelRow[]>`select * from weir.registered_models where name = ${name}`;
  if (!row) throw unknownModel(name);
  return row;
}

async function isPromptName(sql: Sql, name: string): Promise<boolean> {
  const [row] = await sql<{ tags: Record<string, string> }[]>`
    select tags from weir.registered_models where name = ${name}`;
  return isPrompt(row?.tags ?? {});
}

async function hydrated(sql: Sql, row: RegisteredModelRow): Promise<RegisteredModel> {
  const [model] = await hydrateRegisteredModels(sql, [row]);
  return model!;
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "23505";
