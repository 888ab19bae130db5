import { newRunId } from "../domain/ids.ts";
import { copiedFromKey, type RunChange } from "../domain/run_changes.ts";
import type { Fragment } from "./filter_sql.ts";
import { type LockedRun, lockRuns } from "./run_changes.ts";
import { lockFamily } from "./run_family.ts";
import { activeExperiment, shareDatasets } from "./run_move.ts";
import type { Sql } from "./sql.ts";

/**
 * Copies active runs, with those nested in them, into an active experiment: params, tags, metrics with all points, inputs, logs, and which
 * models they made. Files stay with the run that they are of, which a tag names: a copy has a place of its own for files, so that
 * neither deleting nor writing to one of the two touches the other. A copy of a run that has not ended is a killed one. `tx` is to be
 * a transaction.
 */
export async function copyRunsTo(
  tx: Sql,
  run_ids: readonly string[],
  to: string,
  now: number,
): Promise<Extract<RunChange, { act: "copied" }>> {
  const chosen = await lockRuns(tx, run_ids);
  const family = await lockFamily(tx, chosen.map(({ run_id }) => run_id), ["active"]);
  const experiment = await activeExperiment(tx, to);
  const ids = new Map(family.map(({ run_id }) => [run_id, newRunId()]));
  const copies = await insertCopies(tx, family, ids, experiment, now);
  for (const [run, copy] of copies) await copyPoints(tx, run, copy, experiment);
  await copyLinks(tx, copies, experiment);
  await copyLogs(tx, copies);
  return { act: "copied", to, chosen: chosen.length, copies: [...ids.values()] };
}

/** Answers the numbers of the copies by those of the runs. */
async function insertCopies(
  tx: Sql,
  family: readonly LockedRun[],
  ids: ReadonlyMap<string, string>,
  experiment: number,
  now: number,
): Promise<[run: number, copy: number][]> {
  const rows = await tx<{ run: number; copy: number }[]>`
    with asked as (
      select run, run_id, tags from unnest(
        ${family.map(({ run }) => run)}::bigint[], ${family.map(({ run_id }) => ids.get(run_id) ?? "")}::text[],
        ${family.map((run) => JSON.stringify(tagsOfCopy(run, ids)))}::text[]) as t (run, run_id, tags)
    ), made as (
      insert into weir.runs (run_id, experiment_id, run_name, user_id, status, start_time, end_time, artifact_uri, params, tags)
      select a.run_id, e.experiment_id, r.run_name, r.user_id,
        case when r.status in ('RUNNING', 'SCHEDULED') then 'KILLED' else r.status end, r.start_time,
        case when r.status in ('RUNNING', 'SCHEDULED') then ${now}::bigint else r.end_time end,
        regexp_replace(e.artifact_location, '/?$', '/' || a.run_id || '/artifacts'),
        r.params, a.tags::jsonb
      from asked a join weir.runs r using (run) join weir.experiments e on e.experiment_id = ${experiment}
      order by r.run
      returning run, run_id
    )
    select asked.run, made.run as copy from asked join made using (run_id)`;
  return rows.map(({ run, copy }) => [run, copy]);
}

const parentKey = "mlflow.parentRunId";

/** A copy is nested in the copy of its parent; where that was not copied, in none. */
function tagsOfCopy({ run_id, tags }: LockedRun, ids: ReadonlyMap<string, string>): Record<string, string> {
  const { [parentKey]: parent, ...others } = tags;
  const copy = parent === undefined ? undefined : ids.get(parent);
  return { ...others, [copiedFromKey]: run_id, ...(copy !== undefined && { [parentKey]: copy }) };
}

/** One statement sees each point once, although points move from batches to chunks meanwhile. */
async function copyPoints(tx: Sql, run: number, copy: number, experiment: number): Promise<void> {
  await tx`
    with batches as (
      insert into weir.metric_batches (run, keys, bodies)
      select ${copy}::bigint, keys, bodies from weir.metric_batches where run = ${run} order by batch
    ), chunks as (
      insert into weir.metric_chunks (run, key, count, first_step, last_step, first_time, last_time, body, summary)
      select ${copy}::bigint, key, count, first_step, last_step, first_time, last_time, body, summary
      from weir.metric_chunks where run = ${run} order by seq
    )
    insert into weir.latest_metrics (run, key, experiment_id, value, step, timestamp)
    select ${copy}::bigint, key, ${experiment}::bigint, value, step, timestamp
    from weir.latest_metrics where run = ${run} order by key`;
}

/** What the runs printed: one statement sees a log and its blocks as they were at one moment. */
async function copyLogs(tx: Sql, copies: readonly [run: number, copy: number][]): Promise<void> {
  const runs = copies.map(([run]) => run);
  const copied = tx`unnest(${runs}::bigint[], ${copies.map(([, copy]) => copy)}::bigint[]) as copied (run, copy)`;
  const copyOf = (row: Fragment) => tx`jsonb_populate_record(${row}, jsonb_build_object('run', copied.copy)) as c`;
  await tx`
    with logs as (
      insert into weir.run_logs
      select c.* from ${copied} join weir.run_logs l using (run) cross join lateral ${copyOf(tx`l`)}
    )
    insert into weir.run_log_blocks
    select c.* from ${copied} join weir.run_log_blocks b using (run) cross join lateral ${copyOf(tx`b`)}`;
}

async function copyLinks(tx: Sql, copies: readonly [run: number, copy: number][], experiment: number): Promise<void> {
  const runs = copies.map(([run]) => run);
  const copied = tx`unnest(${runs}::bigint[], ${copies.map(([, copy]) => copy)}::bigint[]) as copied (run, copy)`;
  await shareDatasets(tx, runs, experiment);
  await tx`
    insert into weir.dataset_inputs (run, dataset, tags)
    select copied.copy, there.dataset, i.tags from ${copied}
    join weir.dataset_inputs i using (run) join weir.datasets here using (dataset)
    join weir.datasets there on there.experiment_id = ${experiment} and there.name = here.name and there.digest = here.digest
    on conflict do nothing`;
  await tx`
    insert into weir.model_inputs (run, model_id)
    select copied.copy, m.model_id from ${copied} join weir.model_inputs m using (run)`;
  await tx`
    insert into weir.model_outputs (run, model_id, step)
    select copied.copy, m.model_id, m.step from ${copied} join weir.model_outputs m using (run) order by m.seq`;
}
