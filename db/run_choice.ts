import type { RunChange } from "../domain/run_changes.ts";
import { invalid } from "../domain/errors.ts";
import { mostChanged } from "../domain/run_changes.ts";
import { moveRun } from "./runs.ts";
import type { Sql } from "./sql.ts";

/** A run that was chosen in a table. */
export interface ChosenRun {
  run_id: string;
  run_name: string;
  tags: string[];
}

/** The active runs among these, in this order, with the keys of their tags. */
export async function chosenRuns(sql: Sql, run_ids: readonly string[]): Promise<ChosenRun[]> {
  return await sql<ChosenRun[]>`
    select r.run_id, r.run_name, array(select jsonb_object_keys(r.tags)) as tags
    from unnest(${[
    ...new Set(run_ids),
  ]}::text[]) with ordinality as asked (run_id, position) join weir.runs r using (run_id)
    where r.lifecycle_stage = 'active' order by position`;
}

/** Moves runs to the bin or restores them: all of them or none, for `tx` is to be a transaction. `now` in ms since the epoch. */
export async function moveRuns(
  tx: Sql,
  run_ids: readonly string[],
  to: "active" | "deleted",
  now: number,
): Promise<RunChange> {
  const runs = [...new Set(run_ids)];
  if (runs.length === 0) throw invalid("No run was chosen.");
  if (runs.length > mostChanged) {
    throw invalid(`At most ${mostChanged} runs can be changed at once. Got ${runs.length}.`);
  }
  for (const run_id of runs.toSorted()) await moveRun(tx, run_id, to, now);
  return { act: to === "deleted" ? "deleted" : "restored", runs };
}
