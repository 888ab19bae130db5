import type { LifecycleStage } from "../domain/entities.ts";
import type { LockedRun } from "./run_changes.ts";
import type { Sql } from "./sql.ts";

/** Runs with all that are nested in them, at any depth, in the same experiment; locked. Those that are being purged are left. */
export async function lockFamily(
  tx: Sql,
  run_ids: readonly string[],
  stages: readonly LifecycleStage[],
): Promise<LockedRun[]> {
  return await tx<LockedRun[]>`
    select run, run_id, experiment_id::text, run_name, tags from weir.runs
    where run in (${family(tx, run_ids)}) and lifecycle_stage = any(${[...stages]}::text[]) and purge_id is null
    order by run for update`;
}

/** How many active runs are nested in these, beside themselves. */
export async function countNested(sql: Sql, run_ids: readonly string[]): Promise<number> {
  const [row] = await sql<{ nested: number }[]>`
    select count(*)::int as nested from weir.runs
    where run in (${family(sql, run_ids)}) and run_id <> all(${[...run_ids]}::text[]) and lifecycle_stage = 'active'`;
  return row?.nested ?? 0;
}

/** `union` instead of `union all` ends where two runs name each other as their parent. */
const family = (sql: Sql, run_ids: readonly string[]) =>
  sql`
    with recursive family as (
      select run, run_id, experiment_id from weir.runs where run_id = any(${[...run_ids]}::text[])
      union
      select c.run, c.run_id, c.experiment_id from family p join weir.runs c
        on c.tags ? 'mlflow.parentRunId' and c.tags ->> 'mlflow.parentRunId' = p.run_id
        and c.experiment_id = p.experiment_id
    ) select run from family`;
