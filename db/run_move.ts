import { invalid } from "../domain/errors.ts";
import { experimentNumber } from "../domain/experiments.ts";
import type { RunChange } from "../domain/run_changes.ts";
import { experimentNotActive } from "./experiments.ts";
import { type LockedRun, lockRuns } from "./run_changes.ts";
import { lockFamily } from "./run_family.ts";
import type { Sql } from "./sql.ts";

/**
 * Moves active runs, with those nested in them and the logged models that they made, to another active experiment. They keep their
 * ids, history and files: `artifact_uri` says where the files are, and they stay there. Their traces stay where they are, for the
 * place of a trace's files follows from its experiment. `tx` is to be a transaction.
 */
export async function moveRunsTo(
  tx: Sql,
  run_ids: readonly string[],
  to: string,
): Promise<Extract<RunChange, { act: "moved" }>> {
  const chosen = (await lockRuns(tx, run_ids)).filter(({ experiment_id }) => experiment_id !== to);
  if (chosen.length === 0) throw invalid(`The chosen runs are in the experiment ${to} already.`);
  // Deleted children too, so that a restored one finds its parent.
  const family = await lockFamily(tx, chosen.map(({ run_id }) => run_id), ["active", "deleted"]);
  await carry(tx, family, to);
  return {
    act: "moved",
    to,
    chosen: chosen.length,
    from: Object.fromEntries(family.map(({ run_id, experiment_id }) => [run_id, experiment_id])),
  };
}

/** Moves runs back to where they were, those that are still where the change brought them. Answers how many. */
export async function moveRunsBack(tx: Sql, change: Extract<RunChange, { act: "moved" }>): Promise<number> {
  const runs = await tx<LockedRun[]>`
    select run, run_id, experiment_id::text, run_name, tags from weir.runs
    where run_id = any(${Object.keys(change.from)}::text[]) and experiment_id = ${experimentNumber(change.to)}
      and purge_id is null order by run for update`;
  const homes = Map.groupBy(runs, ({ run_id }) => change.from[run_id] ?? change.to);
  for (const [home, those] of homes) await carry(tx, those, home);
  return runs.length;
}

async function carry(tx: Sql, runs: readonly LockedRun[], to: string): Promise<void> {
  const experiment = await activeExperiment(tx, to);
  const numbers = runs.map(({ run }) => run);
  await tx`update weir.runs set experiment_id = ${experiment} where run = any(${numbers}::bigint[])`;
  // Points that are being written now would be noted under the old experiment (db/metric_log.ts): they go first, or wait.
  await tx`lock table weir.latest_metrics in share row exclusive mode`;
  await tx`update weir.latest_metrics set experiment_id = ${experiment} where run = any(${numbers}::bigint[])`;
  await shareDatasets(tx, numbers, experiment);
  await tx`
    update weir.dataset_inputs i set dataset = there.dataset
    from weir.datasets here join weir.datasets there on there.experiment_id = ${experiment}
      and there.name = here.name and there.digest = here.digest
    where i.run = any(${numbers}::bigint[]) and i.dataset = here.dataset and here.experiment_id <> ${experiment}`;
  await tx`
    with moved as (
      update weir.logged_models set experiment_id = ${experiment}
      where source_run_id = any(${runs.map(({ run_id }) => run_id)}::text[]) and purge_id is null returning model_id
    )
    update weir.logged_model_metrics m set experiment_id = ${experiment} from moved where m.model_id = moved.model_id`;
}

/** The number of an active experiment that stays so until the transaction ends. */
export async function activeExperiment(tx: Sql, experiment_id: string): Promise<number> {
  const number = experimentNumber(experiment_id);
  const rows = await tx`
    select from weir.experiments where experiment_id = ${number} and lifecycle_stage = 'active' for share`;
  if (rows.length === 0) throw await experimentNotActive(tx, experiment_id);
  return number;
}

/** A dataset belongs to an experiment: makes those of these runs known to another one. */
export async function shareDatasets(tx: Sql, runs: readonly number[], experiment: number): Promise<void> {
  await tx`
    insert into weir.datasets (experiment_id, name, digest, source_type, source, schema, profile)
    select distinct on (d.name, d.digest) ${experiment}::bigint, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
    from weir.datasets d where d.dataset in (
      select dataset from weir.dataset_inputs where run = any(${[...runs]}::bigint[]))
    order by d.name, d.digest, d.dataset
    on conflict (experiment_id, name, digest) do nothing`;
}
