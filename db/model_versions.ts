import type { KeyValue, ModelStage, ModelVersion } from "../domain/entities.ts";
import {
  type Change,
  checkModelName,
  checkRegistryTag,
  checkTagKey,
  checkTexts,
  entityOf,
  isPrompt,
  ownTags,
  parseActiveStage,
  parseStage,
  promptTextTag,
  unknownModel,
  unknownVersion,
  versionNumber,
} from "../domain/registry.ts";
import { noteEvent } from "./audit.ts";
import { noteRegistration } from "./logged_models.ts";
import type { ResolvedSource } from "./model_version_sources.ts";
import { changeModel } from "./registered_models.ts";
import { hydrateModelVersions, type ModelVersionRow, type RegisteredModelRow } from "./registry_rows.ts";
import { type Sql, transaction } from "./sql.ts";
import { toObject } from "./tags.ts";

/** Versions of models and prompts by name and number. A change locks the model first, so that no two wait for each other. */

export interface NewModelVersion extends ResolvedSource {
  name: string;
  run_link: string;
  description: string;
  tags: readonly KeyValue[];
}

/** A version with the next number of its model: ready at once. RESOURCE_DOES_NOT_EXIST for an unknown model. */
export function createModelVersion(sql: Sql, version: NewModelVersion, change: Change): Promise<ModelVersion> {
  const { name, source, run_id } = version;
  checkModelName(name);
  checkTexts({ description: version.description, run_link: version.run_link });
  version.tags.forEach(checkRegistryTag);
  const tags = toObject(version.tags);
  return transaction(sql, async (tx) => {
    const [row] = await tx<ModelVersionRow[]>`
      with numbered as (
        update weir.registered_models set last_version = last_version + 1, last_updated_timestamp = ${change.now}
        where name = ${name} returning model, last_version)
      insert into weir.model_versions (model, version, source, storage_location, run_id, run_link, model_id, description,
        tags, creation_timestamp, last_updated_timestamp)
      select model, last_version, ${source}, ${version.storage_location ?? null}, ${run_id}, ${version.run_link},
        ${version.model_id ?? null}, ${version.description}, ${tx.json(tags)}, ${change.now}, ${change.now}
      from numbered returning *, ${name}::text as name`;
    if (!row) throw unknownModel(name);
    if (row.model_id !== null) await noteRegistration(tx, row.model_id, name, row.version);
    await noteCreation(tx, row, change);
    return await hydrated(tx, row);
  });
}

async function noteCreation(tx: Sql, row: ModelVersionRow, change: Change): Promise<void> {
  const { name, version, source, run_id, model_id, tags } = row;
  const prompt = isPrompt(tags);
  const told = { name, version: String(version) };
  const description = row.description || null;
  const { [promptTextTag]: template = null, ...own } = ownTags(tags);
  await noteEvent(tx, change, {
    entity: entityOf("model_version", prompt),
    action: "created",
    name,
    version,
    detail: { source, run_id, ...(model_id !== null && { model_id }), description: row.description, tags },
    payload: prompt
      ? { ...told, template, tags: own, description }
      : { ...told, source, run_id: run_id || null, tags, description },
  });
}

/** RESOURCE_DOES_NOT_EXIST for an unknown version, here and in what follows. */
export async function getModelVersion(sql: Sql, name: string, version: string): Promise<ModelVersion> {
  return await hydrated(sql, await modelVersionRow(sql, name, version));
}

/** Where clients load the files of a version from. */
export async function downloadUri(sql: Sql, name: string, version: string): Promise<string> {
  const { storage_location, source } = await modelVersionRow(sql, name, version);
  return storage_location ?? source;
}

/** Sets the description, or takes it away. */
export function updateModelVersion(
  sql: Sql,
  { name, version, description = null }: { name: string; version: string; description?: string | null | undefined },
  change: Change,
): Promise<ModelVersion> {
  checkTexts({ description });
  return changeVersion(sql, name, version, async (tx, { tags }, before) => {
    const [row] = await tx<ModelVersionRow[]>`
      update weir.model_versions set description = ${description}, last_updated_timestamp = ${change.now}
      where model = ${before.model} and version = ${before.version} returning *, ${name}::text as name`;
    await noteEvent(tx, change, {
      entity: entityOf("model_version", isPrompt(tags)),
      action: "updated",
      name,
      version: before.version,
      detail: { description: { from: before.description, to: description } },
    });
    return await hydrated(tx, row ?? before);
  });
}

export interface Transition {
  name: string;
  version: string;
  stage: string;
  /** Whether the versions that are in the stage make room. */
  archive_existing_versions: boolean;
}

/** Moves a version to a stage. INVALID_PARAMETER_VALUE for an unknown stage, and for archiving from one that is not active. */
export function transitionModelVersion(sql: Sql, transition: Transition, change: Change): Promise<ModelVersion> {
  const { name, version, archive_existing_versions } = transition;
  const stage = archive_existing_versions ? parseActiveStage(transition.stage) : parseStage(transition.stage);
  return changeVersion(sql, name, version, async (tx, model, before) => {
    if (archive_existing_versions) await archiveOthers(tx, model, before, stage, change);
    const [row] = await tx<ModelVersionRow[]>`
      update weir.model_versions set current_stage = ${stage}, last_updated_timestamp = ${change.now}
      where model = ${before.model} and version = ${before.version} returning *, ${name}::text as name`;
    await tx`
      update weir.registered_models set last_updated_timestamp = ${change.now} where model = ${before.model}`;
    await noteStage(tx, model, before, stage, change);
    return await hydrated(tx, row ?? before);
  });
}

async function archiveOthers(
  tx: Sql,
  model: RegisteredModelRow,
  { version }: ModelVersionRow,
  stage: ModelStage,
  change: Change,
): Promise<void> {
  const archived = await tx<{ version: number }[]>`
    update weir.model_versions set current_stage = 'Archived', last_updated_timestamp = ${change.now}
    where model = ${model.model} and current_stage = ${stage} and version <> ${version} returning version`;
  for (const other of archived.map((row) => row.version).sort((a, b) => a - b)) {
    await noteStage(tx, model, { version: other, current_stage: stage }, "Archived", change, version);
  }
}

async function noteStage(
  tx: Sql,
  { name, tags }: RegisteredModelRow,
  { version, current_stage }: Pick<ModelVersionRow, "version" | "current_stage">,
  to: ModelStage,
  change: Change,
  replaced_by?: number,
): Promise<void> {
  await noteEvent(tx, change, {
    entity: entityOf("model_version", isPrompt(tags)),
    action: "stage_changed",
    name,
    version,
    detail: { from: current_stage, to, ...(replaced_by !== undefined && { replaced_by: String(replaced_by) }) },
  });
}

/** Deletes a version with its tags and aliases. Its number is not given out again. */
export function deleteModelVersion(sql: Sql, name: string, version: string, change: Change): Promise<void> {
  return changeVersion(sql, name, version, async (tx, { tags }, row) => {
    await tx`delete from weir.model_versions where model = ${row.model} and version = ${row.version}`;
    await tx`update weir.registered_models set last_updated_timestamp = ${change.now} where model = ${row.model}`;
    await noteEvent(tx, change, {
      entity: entityOf("model_version", isPrompt(tags)),
      action: "deleted",
      name,
      version: row.version,
      detail: { current_stage: row.current_stage },
    });
  });
}

export interface VersionTag extends KeyValue {
  name: string;
  version: string;
}

export function setModelVersionTag(sql: Sql, { name, version, key, value }: VersionTag, change: Change): Promise<void> {
  checkModelName(name);
  versionNumber(name, version);
  checkRegistryTag({ key, value });
  return changeVersion(sql, name, version, async (tx, { tags }, row) => {
    await tx`
      update weir.model_versions set tags = ${tx.json({ ...row.tags, [key]: value })}
      where model = ${row.model} and version = ${row.version}`;
    await noteEvent(tx, change, {
      entity: entityOf("model_version_tag", isPrompt(tags)),
      action: "set",
      name,
      version: row.version,
      detail: { key, ...(Object.hasOwn(row.tags, key) && { from: row.tags[key] }), to: value },
      payload: { name, version: String(row.version), key, value },
    });
  });
}

/** Nothing happens when there is no such tag. */
export function deleteModelVersionTag(
  sql: Sql,
  { name, version, key }: Omit<VersionTag, "value">,
  change: Change,
): Promise<void> {
  checkModelName(name);
  versionNumber(name, version);
  checkTagKey(key);
  return changeVersion(sql, name, version, async (tx, { tags }, row) => {
    if (!Object.hasOwn(row.tags, key)) return;
    await tx`
      update weir.model_versions set tags = tags - ${key}::text where model = ${row.model} and version = ${row.version}`;
    await noteEvent(tx, change, {
      entity: entityOf("model_version_tag", isPrompt(tags)),
      action: "deleted",
      name,
      version: row.version,
      detail: { key, from: row.tags[key] },
      payload: { name, version: String(row.version), key },
    });
  });
}

/** Does work on a version whose model is locked until its end. */
export function changeVersion<T>(
  sql: Sql,
  name: string,
  version: string,
  work: (tx: Sql, model: RegisteredModelRow, version: ModelVersionRow) => Promise<T>,
): Promise<T> {
  checkModelName(name);
  const number = versionNumber(name, version);
  return changeModel(sql, name, async (tx, model) => {
    const [row] = await tx<ModelVersionRow[]>`
      select *, ${name}::text as name from weir.model_versions where model = ${model.model} and version = ${number}`;
    if (!row) throw unknownVersion(name, number);
    return await work(tx, model, row);
  }, () => unknownVersion(name, number));
}

export async function modelVersionRow(sql: Sql, name: string, version: string): Promise<ModelVersionRow> {
  checkModelName(name);
  const number = versionNumber(name, version);
  const [row] = await sql<ModelVersionRow[]>`
    select v.*, m.name from weir.model_versions v join weir.registered_models m using (model)
    where m.name = ${name} and v.version = ${number}`;
  if (!row) throw unknownVersion(name, number);
  return row;
}

async function hydrated(sql: Sql, row: ModelVersionRow): Promise<ModelVersion> {
  const [version] = await hydrateModelVersions(sql, [row]);
  return version!;
}
