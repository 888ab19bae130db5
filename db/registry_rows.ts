import {
  type ModelAlias,
  type ModelStage,
  modelStages,
  type ModelVersion,
  type ModelVersionStatus,
  type RegisteredModel,
} from "../domain/entities.ts";
import type { Sql } from "./sql.ts";
import { toPairs } from "./tags.ts";

/** A row of weir.registered_models. */
export interface RegisteredModelRow {
  model: number;
  name: string;
  description: string | null;
  user_id: string;
  deployment_job_id: string | null;
  creation_timestamp: number;
  last_updated_timestamp: number;
  last_version: number;
  tags: Record<string, string>;
}

/** A row of weir.model_versions with the name of its model. */
export interface ModelVersionRow {
  model: number;
  name: string;
  version: number;
  user_id: string;
  current_stage: ModelStage;
  description: string | null;
  source: string;
  storage_location: string | null;
  run_id: string;
  run_link: string;
  model_id: string | null;
  status: ModelVersionStatus;
  status_message: string | null;
  creation_timestamp: number;
  last_updated_timestamp: number;
  tags: Record<string, string>;
}

/** Models with their aliases and the newest version of each stage, in the order of their rows. */
export async function hydrateRegisteredModels(
  sql: Sql,
  rows: readonly RegisteredModelRow[],
): Promise<RegisteredModel[]> {
  if (rows.length === 0) return [];
  const models = rows.map(({ model }) => model);
  const [aliases, latest] = await Promise.all([aliasesOf(sql, models), latestVersions(sql, models, modelStages)]);
  const versions = Map.groupBy(latest, ({ model }) => model);
  return rows.map((row) => toRegisteredModel(row, aliases.get(row.model) ?? [], versions.get(row.model) ?? []));
}

/** Versions with their aliases, in the order of their rows. */
export async function hydrateModelVersions(sql: Sql, rows: readonly ModelVersionRow[]): Promise<ModelVersion[]> {
  if (rows.length === 0) return [];
  const aliases = await aliasesOf(sql, [...new Set(rows.map(({ model }) => model))]);
  return rows.map((row) => toModelVersion(row, aliases.get(row.model) ?? []));
}

/** The newest version of each of the stages that has one, by model and version. One look into an index for each. */
export async function latestVersions(
  sql: Sql,
  models: readonly number[],
  stages: readonly ModelStage[],
): Promise<ModelVersionRow[]> {
  return await sql<ModelVersionRow[]>`
    select v.*, m.name
    from weir.registered_models m
    cross join unnest(${[...stages]}::text[]) as stages (stage)
    cross join lateral (
      select * from weir.model_versions
      where model = m.model and current_stage = stage
      order by version desc limit 1) v
    where m.model = any(${[...models]}::bigint[])
    order by m.model, v.version`;
}

interface AliasRow {
  model: number;
  alias: string;
  version: number;
}

async function aliasesOf(sql: Sql, models: readonly number[]): Promise<Map<number, AliasRow[]>> {
  const rows = await sql<AliasRow[]>`
    select model, alias, version from weir.model_aliases
    where model = any(${[...models]}::bigint[]) order by model, alias collate "C"`;
  return Map.groupBy(rows, ({ model }) => model);
}

function toRegisteredModel(
  row: RegisteredModelRow,
  aliases: readonly AliasRow[],
  latest: readonly ModelVersionRow[],
): RegisteredModel {
  const tags = toPairs(row.tags);
  return {
    name: row.name,
    creation_timestamp: row.creation_timestamp,
    last_updated_timestamp: row.last_updated_timestamp,
    ...(row.user_id !== "" && { user_id: row.user_id }),
    // MLflow prints an empty description of a version, but not that of a model.
    ...(row.description && { description: row.description }),
    ...(row.deployment_job_id && { deployment_job_id: row.deployment_job_id }),
    ...(latest.length > 0 && { latest_versions: latest.map((version) => toModelVersion(version, aliases)) }),
    ...(tags.length > 0 && { tags }),
    ...(aliases.length > 0 && { aliases: aliases.map(toAlias) }),
  };
}

const toAlias = ({ alias, version }: AliasRow): ModelAlias => ({ alias, version: String(version) });

function toModelVersion(row: ModelVersionRow, aliasesOfModel: readonly AliasRow[]): ModelVersion {
  const tags = toPairs(row.tags);
  const aliases = aliasesOfModel.filter(({ version }) => version === row.version).map(({ alias }) => alias);
  return {
    name: row.name,
    version: String(row.version),
    creation_timestamp: row.creation_timestamp,
    last_updated_timestamp: row.last_updated_timestamp,
    ...(row.user_id !== "" && { user_id: row.user_id }),
    current_stage: row.current_stage,
    ...(row.description !== null && { description: row.description }),
    source: row.source,
    run_id: row.run_id,
    run_link: row.run_link,
    status: row.status,
    ...(row.status_message !== null && { status_message: row.status_message }),
    ...(row.model_id !== null && { model_id: row.model_id }),
    ...(tags.length > 0 && { tags }),
    ...(aliases.length > 0 && { aliases }),
  };
}
