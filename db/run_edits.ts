import type { RunChange } from "../domain/run_changes.ts";
import { lockRuns } from "./run_changes.ts";
import type { Sql } from "./sql.ts";

/** Tags and names of many runs at once. `tx` is to be a transaction: all of them or none. */

const nameKey = "mlflow.runName";

type Change<Act extends RunChange["act"]> = Extract<RunChange, { act: Act }>;

/** Sets a tag of active runs. */
export async function tagRuns(
  tx: Sql,
  run_ids: readonly string[],
  { key, value }: { key: string; value: string },
): Promise<Change<"tagged">> {
  const runs = await lockRuns(tx, run_ids);
  const before = Object.fromEntries(runs.map(({ run_id, tags }) => [run_id, tags[key] ?? null]));
  await setTags(tx, key, Object.fromEntries(runs.map(({ run_id }) => [run_id, value])));
  return { act: "tagged", key, value, before };
}

/** Removes a tag from those of the active runs that have it. */
export async function untagRuns(tx: Sql, run_ids: readonly string[], key: string): Promise<Change<"untagged">> {
  const runs = await lockRuns(tx, run_ids);
  const before = Object.fromEntries(
    runs.flatMap(({ run_id, tags }) => tags[key] === undefined ? [] : [[run_id, tags[key]]]),
  );
  await setTags(tx, key, Object.fromEntries(Object.keys(before).map((run_id) => [run_id, null])));
  return { act: "untagged", key, before };
}

/** Renames active runs. */
export async function renameRuns(tx: Sql, run_ids: readonly string[], name: string): Promise<Change<"renamed">> {
  const runs = await lockRuns(tx, run_ids);
  const before = Object.fromEntries(runs.map(({ run_id, run_name }) => [run_id, run_name]));
  await setTags(tx, nameKey, Object.fromEntries(runs.map(({ run_id }) => [run_id, name])));
  return { act: "renamed", name, before };
}

/** Gives tags back the values that they had, where they still have the one that the change gave them. Answers how many. */
export async function revertTags(
  tx: Sql,
  change: Change<"tagged"> | Change<"untagged"> | Change<"renamed">,
): Promise<number> {
  const key = change.act === "renamed" ? nameKey : change.key;
  const now = change.act === "tagged" ? change.value : change.act === "renamed" ? change.name : undefined;
  const rows = await tx<{ run_id: string; tags: Record<string, string> }[]>`
    select run_id, tags from weir.runs
    where run_id = any(${Object.keys(change.before)}::text[]) and lifecycle_stage = 'active' order by run for update`;
  const same = rows.filter(({ tags }) => tags[key] === now);
  await setTags(tx, key, Object.fromEntries(same.map(({ run_id }) => [run_id, change.before[run_id] ?? null])));
  return same.length;
}

/** `values` by run id; null removes the tag. The tag of the name is the name. */
async function setTags(tx: Sql, key: string, values: Record<string, string | null>): Promise<void> {
  await tx`
    update weir.runs r set
      tags = case when new.value is null then r.tags - ${key}::text
        else r.tags || jsonb_build_object(${key}::text, new.value) end,
      run_name = case when ${key === nameKey} then coalesce(new.value, r.run_name) else r.run_name end
    from jsonb_each_text(${tx.json(values)}::jsonb) as new (run_id, value)
    where r.run_id = new.run_id`;
}
