import type { ModelVersion } from "../domain/entities.ts";
import { invalid, notFound } from "../domain/errors.ts";
import { type Change, checkAlias, checkNewAlias, entityOf, isLatest, isPrompt } from "../domain/registry.ts";
import { noteEvent } from "./audit.ts";
import { changeVersion } from "./model_versions.ts";
import { changeModel, getLatestVersions, registeredModelRow } from "./registered_models.ts";
import { hydrateModelVersions, type ModelVersionRow } from "./registry_rows.ts";
import type { Sql } from "./sql.ts";

/** Gives a version an alias, or moves it there from another. RESOURCE_DOES_NOT_EXIST for an unknown version. */
export function setModelAlias(
  sql: Sql,
  { name, alias, version }: { name: string; alias: string; version: string },
  change: Change,
): Promise<void> {
  checkNewAlias(alias);
  return changeVersion(sql, name, version, async (tx, { tags }, row) => {
    const [before] = await tx<{ version: number }[]>`
      select version from weir.model_aliases where model = ${row.model} and alias = ${alias}`;
    await tx`
      insert into weir.model_aliases (model, alias, version) values (${row.model}, ${alias}, ${row.version})
      on conflict (model, alias) do update set version = excluded.version`;
    await noteEvent(tx, change, {
      entity: entityOf("model_version_alias", isPrompt(tags)),
      action: "created",
      name,
      version: row.version,
      detail: { alias, ...(before && { from: String(before.version) }), to: String(row.version) },
      payload: { name, alias, version: String(row.version) },
    });
  });
}

/** Takes an alias away. Nothing happens when there is none. */
export function deleteModelAlias(sql: Sql, name: string, alias: string, change: Change): Promise<void> {
  checkAlias(alias);
  return changeModel(sql, name, async (tx, { model, tags }) => {
    const [before] = await tx<{ version: number }[]>`
      delete from weir.model_aliases where model = ${model} and alias = ${alias} returning version`;
    if (!before) return;
    await noteEvent(tx, change, {
      entity: entityOf("model_version_alias", isPrompt(tags)),
      action: "deleted",
      name,
      version: before.version,
      detail: { alias, from: String(before.version) },
      payload: { name, alias },
    });
  });
}

/** The version that an alias stands for; `latest`, in any case, is the greatest. INVALID_PARAMETER_VALUE for an unknown alias. */
export async function modelVersionByAlias(sql: Sql, name: string, alias: string): Promise<ModelVersion> {
  checkAlias(alias);
  if (isLatest(alias)) return await latestVersion(sql, name);
  const { model } = await registeredModelRow(sql, name);
  const rows = await sql<ModelVersionRow[]>`
    select v.*, ${name}::text as name
    from weir.model_aliases a join weir.model_versions v using (model, version)
    where a.model = ${model} and a.alias = ${alias}`;
  const [version] = await hydrateModelVersions(sql, rows);
  if (!version) throw invalid(`Registered model alias ${alias} not found.`);
  return version;
}

async function latestVersion(sql: Sql, name: string): Promise<ModelVersion> {
  const version = (await getLatestVersions(sql, name)).at(-1);
  if (!version) throw notFound(`Latest version not found for model ${name}.`);
  return version;
}
