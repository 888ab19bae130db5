import { invalid, notFound } from "../domain/errors.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { newRunId } from "../domain/ids.ts";
import { mostChanged, type NotedChange, type RunChange, runsOf } from "../domain/run_changes.ts";
import { activeRunMissing } from "./runs.ts";
import type { Sql } from "./sql.ts";

/** What was done to many runs at once: noted in the transaction that does it, so that it can be undone. */

/** Days in which it can be undone, in milliseconds. */
const kept = 7 * 86_400_000;

/** Answers the id of the note; forgets old ones. */
export async function noteChange(tx: Sql, experiment_id: string, change: RunChange, now: number): Promise<string> {
  const change_id = newRunId();
  const { act, ...detail } = change;
  await tx`
    with gone as (delete from weir.run_changes where created_time < ${now - kept}::bigint)
    insert into weir.run_changes (change_id, experiment_id, act, runs, detail, created_time)
    values (${change_id}, ${experimentNumber(experiment_id)}, ${act}, ${runsOf(change)}, ${tx.json(detail)}, ${now})`;
  return change_id;
}

interface ChangeRow {
  change_id: string;
  experiment_id: string;
  runs: number;
  change: RunChange;
  undone: boolean;
}

/** Undefined when there is none, or none any more. */
export async function getChange(sql: Sql, change_id: string): Promise<NotedChange | undefined> {
  const [row] = await sql<ChangeRow[]>`
    select change_id, experiment_id::text, runs, jsonb_build_object('act', act) || detail as change,
      undone_time is not null as undone
    from weir.run_changes where change_id = ${change_id}`;
  return row;
}

/** Marks a change as undone, and answers what it was. RESOURCE_DOES_NOT_EXIST or INVALID_PARAMETER_VALUE when it cannot be undone. */
export async function takeChange(tx: Sql, change_id: string, now: number): Promise<NotedChange> {
  const rows = await tx`
    update weir.run_changes set undone_time = ${now}
    where change_id = ${change_id} and undone_time is null returning 1`;
  const noted = await getChange(tx, change_id);
  if (noted === undefined) throw notFound(`There is no change with the id ${change_id} any more to be undone.`);
  if (rows.length === 0) throw invalid(`The change ${change_id} was undone already.`);
  return noted;
}

/** A run that nobody else changes until the transaction ends. */
export interface LockedRun {
  run: number;
  run_id: string;
  experiment_id: string;
  run_name: string;
  tags: Record<string, string>;
}

/**
 * Locks active runs, in one order for everybody. RESOURCE_DOES_NOT_EXIST or INVALID_PARAMETER_VALUE when one of them is not there or
 * deleted, and when they are none or too many.
 */
export async function lockRuns(tx: Sql, run_ids: readonly string[]): Promise<LockedRun[]> {
  const ids = [...new Set(run_ids)];
  if (ids.length === 0) throw invalid("No run was chosen.");
  if (ids.length > mostChanged) throw invalid(`At most ${mostChanged} runs can be changed at once. Got ${ids.length}.`);
  const rows = await tx<LockedRun[]>`
    select run, run_id, experiment_id::text, run_name, tags from weir.runs
    where run_id = any(${ids}::text[]) and lifecycle_stage = 'active' order by run for update`;
  if (rows.length === ids.length) return rows;
  const found = new Set(rows.map(({ run_id }) => run_id));
  throw await activeRunMissing(tx, ids.find((run_id) => !found.has(run_id)) ?? "");
}
