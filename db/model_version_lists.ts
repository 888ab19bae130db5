import type { LoggedModel, ModelStage, ModelVersion } from "../domain/entities.ts";
import type { SourcedVersion } from "../domain/version_source.ts";
import { hydrateLoggedModels, type LoggedModelRow } from "./logged_model_rows.ts";
import { registeredModelRow } from "./registered_models.ts";
import { hydrateModelVersions, type ModelVersionRow } from "./registry_rows.ts";
import { getRuns } from "./runs.ts";
import type { Sql } from "./sql.ts";

/** Lists of versions for pages, which search by words. */

export interface VersionSearch {
  stage?: ModelStage | undefined;
  /** What the number, the description, an alias or a tag holds, in any case. */
  search?: string | undefined;
  /** Only versions below this one. */
  before?: number | undefined;
  max_results: number;
}

/** A page of a model's versions, newest first, whether more follow, and how many there are in all. RESOURCE_DOES_NOT_EXIST for an unknown model. */
export async function versionPage(
  sql: Sql,
  name: string,
  { stage, search = "", before, max_results }: VersionSearch,
): Promise<{ versions: ModelVersion[]; more: boolean; total: number }> {
  const { model } = await registeredModelRow(sql, name);
  const pattern = `%${search.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const [rows, [counted]] = await Promise.all([
    sql<ModelVersionRow[]>`
      select v.*, ${name}::text as name from weir.model_versions v
      where model = ${model} and ${stage === undefined ? sql`true` : sql`current_stage = ${stage}`}
        and ${before === undefined ? sql`true` : sql`version < ${Math.min(before, 2 ** 31 - 1)}`}
        and ${
      search === "" ? sql`true` : sql`(version::text = ${search} or description ilike ${pattern}
          or exists (select from jsonb_each_text(v.tags) t where t.key ilike ${pattern} or t.value ilike ${pattern})
          or exists (select from weir.model_aliases a
            where a.model = v.model and a.version = v.version and a.alias ilike ${pattern}))`
    }
      order by version desc limit ${max_results + 1}`,
    sql<{ total: number }[]>`select count(*)::int as total from weir.model_versions where model = ${model}`,
  ]);
  return {
    versions: await hydrateModelVersions(sql, rows.slice(0, max_results)),
    more: rows.length > max_results,
    total: counted?.total ?? 0,
  };
}

/** The versions of these numbers that there are, in that order. RESOURCE_DOES_NOT_EXIST for an unknown model. */
export async function versionsByNumber(sql: Sql, name: string, numbers: readonly number[]): Promise<ModelVersion[]> {
  const { model } = await registeredModelRow(sql, name);
  const rows = await sql<ModelVersionRow[]>`
    select *, ${name}::text as name from weir.model_versions
    where model = ${model} and version = any(${[...numbers]}::integer[])`;
  const found = new Map((await hydrateModelVersions(sql, rows)).map((version) => [Number(version.version), version]));
  return numbers.flatMap((number) => found.get(number) ?? []);
}

/** What versions were made of, as far as it is there: deleted runs too, deleted logged models not. */
export async function withSources(sql: Sql, versions: readonly ModelVersion[]): Promise<SourcedVersion[]> {
  const run_ids = [...new Set(versions.map(({ run_id }) => run_id).filter((id) => id !== ""))];
  const model_ids = [...new Set(versions.flatMap(({ model_id }) => model_id ?? []))];
  const [runs, models] = await Promise.all([getRuns(sql, run_ids), loggedModels(sql, model_ids)]);
  return versions.map((version) => {
    const run = runs.find(({ info }) => info.run_id === version.run_id);
    const logged_model = models.find(({ info }) => info.model_id === version.model_id);
    return { version, ...(run && { run }), ...(logged_model && { logged_model }) };
  });
}

async function loggedModels(sql: Sql, model_ids: readonly string[]): Promise<LoggedModel[]> {
  if (model_ids.length === 0) return [];
  const rows = await sql<LoggedModelRow[]>`
    select * from weir.logged_models where model_id = any(${[...model_ids]}::text[]) and lifecycle_stage = 'active'`;
  return await hydrateLoggedModels(sql, rows);
}
