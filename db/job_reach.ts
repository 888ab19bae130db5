import type { Sql } from "./sql.ts";

/** Generations of nested runs that are looked at. */
const deepest = 20;

/** Whether a run is `ancestor` itself, or nested below it. */
export async function isWithinRun(sql: Sql, run_id: string, ancestor: string): Promise<boolean> {
  if (run_id === ancestor) return true;
  const [row] = await sql<{ within: boolean }[]>`
    with recursive up as (
      select tags ->> 'mlflow.parentRunId' as parent, 1 as depth from weir.runs where run_id = ${run_id}
      union all
      select r.tags ->> 'mlflow.parentRunId', up.depth + 1 from up join weir.runs r on r.run_id = up.parent
      where up.depth < ${deepest} and up.parent <> ${ancestor}
    )
    select exists (select from up where parent = ${ancestor}) as within`;
  return row?.within ?? false;
}

/** The run that made a logged model, where it has one. */
export async function sourceOfModel(sql: Sql, model_id: string): Promise<string | undefined> {
  const [row] = await sql<{ source_run_id: string | null }[]>`
    select source_run_id from weir.logged_models where model_id = ${model_id}`;
  return row?.source_run_id || undefined;
}

/** Where a run or a logged model keeps its artifacts. */
export async function artifactUriOf(sql: Sql, kind: "run" | "logged_model", id: string): Promise<string | undefined> {
  const [row] = kind === "run"
    ? await sql<{ artifact_uri: string }[]>`select artifact_uri from weir.runs where run_id = ${id}`
    : await sql<{ artifact_uri: string }[]>`select artifact_uri from weir.logged_models where model_id = ${id}`;
  return row?.artifact_uri;
}
