import type { DatasetInput, ModelOutput } from "../domain/entities.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { activeRunMissing } from "./runs.ts";
import { type Sql, transaction } from "./sql.ts";
import { toObject } from "./tags.ts";

/**
 * Records what a run was given. A dataset is one by experiment, name and digest, and keeps its first content; repeats of an
 * input are ignored.
 */
export async function logInputs(
  sql: Sql,
  run_id: string,
  datasets: readonly DatasetInput[],
  model_ids: readonly string[],
): Promise<void> {
  await transaction(sql, async (tx) => {
    const { run, experiment_id } = await activeRun(tx, run_id);
    for (const { dataset, tags } of datasets) {
      await tx`
        insert into weir.datasets (experiment_id, name, digest, source_type, source, schema, profile)
        values (${experiment_id}, ${dataset.name}, ${dataset.digest}, ${dataset.source_type}, ${dataset.source},
          ${dataset.schema ?? null}, ${dataset.profile ?? null})
        on conflict (experiment_id, name, digest) do nothing`;
      await tx`
        insert into weir.dataset_inputs (run, dataset, tags)
        select ${run}, dataset, ${tx.json(toObject(tags ?? []))} from weir.datasets
        where experiment_id = ${experiment_id} and name = ${dataset.name} and digest = ${dataset.digest}
        on conflict do nothing`;
    }
    await tx`
      insert into weir.model_inputs (run, model_id) select ${run}, unnest(${[
      ...model_ids,
    ]}::text[]) on conflict do nothing`;
  });
}

/** Records which logged models a run made, and at which step. A repeat is ignored: clients send a request again whose answer was lost. */
export async function logOutputs(sql: Sql, run_id: string, models: readonly ModelOutput[]): Promise<void> {
  await transaction(sql, async (tx) => {
    const { run } = await activeRun(tx, run_id);
    await tx`
      insert into weir.model_outputs (run, model_id, step)
      select ${run}, model_id, step from unnest(
        ${models.map((model) => model.model_id)}::text[], ${models.map((model) => model.step)}::bigint[]
      ) with ordinality as new (model_id, step, position)
      where not exists (
        select from weir.model_outputs o where o.run = ${run} and o.model_id = new.model_id and o.step = new.step)
      order by position`;
  });
}

async function activeRun(sql: Sql, run_id: string): Promise<{ run: number; experiment_id: number }> {
  const [row] = await sql<{ run: number; experiment_id: number }[]>`
    select run, experiment_id from weir.runs where run_id = ${run_id} and lifecycle_stage = 'active' for key share`;
  if (!row) throw await activeRunMissing(sql, run_id);
  return row;
}

export interface DatasetSummary {
  experiment_id: string;
  name: string;
  digest: string;
  context?: string;
}

/** The datasets that runs of these experiments were given, once for each context. */
export async function datasetSummaries(sql: Sql, experiment_ids: readonly string[]): Promise<DatasetSummary[]> {
  const rows = await sql<(DatasetSummary & { context: string | null })[]>`
    select distinct d.experiment_id::text, d.name, d.digest, i.tags ->> 'mlflow.data.context' as context
    from weir.datasets d join weir.dataset_inputs i using (dataset)
    where d.experiment_id = any(${experiment_ids.map(experimentNumber)}::bigint[])
    order by 1, 2, 3, 4 limit 1000`;
  return rows.map(({ context, ...summary }) => ({ ...summary, ...(context !== null && { context }) }));
}
