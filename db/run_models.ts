import type { RunModel } from "../domain/runs_view.ts";
import type { Sql } from "./sql.ts";

/** What models these runs made, by run id: registered versions by name, the newest first, then models that were only logged. */
export async function modelsOfRuns(sql: Sql, run_ids: readonly string[]): Promise<Map<string, RunModel[]>> {
  const rows = await sql<{ run_id: string; name: string; version: number | null }[]>`
    with asked as (select unnest(${[...run_ids]}::text[]) as run_id), logged as (
      select source_run_id as run_id, model_id, name from weir.logged_models
      where source_run_id = any(${[...run_ids]}::text[]) and lifecycle_stage = 'active'
    )
    select run_id, name, version, version is null as unregistered from asked join weir.model_versions v using (run_id)
      join weir.registered_models m using (model)
    union all
    select run_id, name, null, true from logged
    where not exists (select from weir.model_versions v where v.model_id = logged.model_id)
    order by unregistered, name, version desc`;
  const models = new Map<string, RunModel[]>();
  for (const { run_id, name, version } of rows) {
    const list = models.get(run_id) ?? [];
    models.set(run_id, [...list, { name, ...(version !== null && { version: String(version) }) }]);
  }
  return models;
}
