import type { ModelStage, RunStatus } from "../domain/entities.ts";
import type { Sql } from "./sql.ts";

/** What hangs on a run: versions of registered models, traces, the runs above it and those nested in it. */

export interface RegisteredVersion {
  name: string;
  version: number;
  stage: ModelStage;
  aliases: string[];
  model_id: string | null;
}

/** The versions that were registered from a run, or from a model that it logged, the newest first. */
export async function versionsOfRun(
  sql: Sql,
  run_id: string,
  model_ids: readonly string[],
): Promise<RegisteredVersion[]> {
  return await sql<RegisteredVersion[]>`
    select m.name, v.version, v.current_stage as stage, v.model_id,
      array(select alias from weir.model_aliases a where a.model = v.model and a.version = v.version order by alias) as aliases
    from weir.model_versions v join weir.registered_models m using (model)
    where v.run_id = ${run_id} or v.model_id = any(${[...model_ids]}::text[])
    order by v.creation_timestamp desc, m.name limit 50`;
}

/** How many traces name this run as theirs. */
export async function traceCount(sql: Sql, run_id: string): Promise<number> {
  const [row] = await sql<{ traces: number }[]>`
    select count(*)::int as traces from weir.trace_runs where run_id = ${run_id}`;
  return row?.traces ?? 0;
}

export interface FamilyRun {
  run_id: string;
  run_name: string;
  status: RunStatus;
  /** 0 for the run itself, 1 for its children, -1 for its parent. */
  depth: number;
  parent_id: string | null;
}

/** Generations that are followed up and down; runs may name each other in a circle. */
const mostGenerations = 12;

/**
 * The runs above a run and those nested in it, in no order that matters, `most` of the latter at most. Deleted ones are left out below it.
 */
export async function runFamily(sql: Sql, run_id: string, most: number): Promise<FamilyRun[]> {
  return await sql<FamilyRun[]>`
    with recursive above as (
      select run_id, run_name, status, tags ->> 'mlflow.parentRunId' as parent_id, 0 as depth from weir.runs
      where run_id = ${run_id}
      union all
      select p.run_id, p.run_name, p.status, p.tags ->> 'mlflow.parentRunId', depth - 1
      from above a join weir.runs p on p.run_id = a.parent_id where a.depth > ${-mostGenerations} and p.run_id <> ${run_id}
    ), below as (
      select run_id, run_name, status, parent_id, depth from above where depth = 0
      union all
      select * from (
        select c.run_id, c.run_name, c.status, b.run_id, b.depth + 1 from below b join weir.runs c
          on c.tags ? 'mlflow.parentRunId' and c.tags ->> 'mlflow.parentRunId' = b.run_id
        where b.depth < ${mostGenerations} and c.lifecycle_stage = 'active' and c.run_id <> ${run_id}
        order by c.start_time, c.run_id limit ${most + 1}) generation
    )
    select * from (select run_id, run_name, status, parent_id, depth from above where depth < 0) upwards
    union all
    select * from (select run_id, run_name, status, parent_id, depth from below limit ${most + 1}) downwards`;
}
