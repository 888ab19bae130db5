import type { BinKind, PurgeItem } from "../domain/purges.ts";
import type { Fragment } from "./filter_sql.ts";
import { idOf, inScope, nameOf, type PurgeScope, setAside, tableOf } from "./purge_scope.ts";
import { nowSql } from "./purges.ts";
import { type Sql, transaction } from "./sql.ts";

/**
 * What a purge is at has its id: committed before anything is removed, so that nobody restores it from then on, and whoever takes
 * the purge over knows what may be gone in part.
 */

/** A run or logged model that is being purged. */
export interface Taken {
  kind: "run" | "logged_model";
  id: string;
  name: string;
  experiment_id: number;
  artifact_uri: string;
}

export type Purging = PurgeScope & { purge_id: string };

/** Takes the experiments of a purge, unless another one has them. */
export async function takeExperiments(sql: Sql, purge: Purging): Promise<void> {
  await sql`
    update weir.experiments t set purge_id = ${purge.purge_id}
    where ${inScope(sql, "experiment", purge)} and t.purge_id is null
      and not ${setAside(sql, "experiment", purge.purge_id)}`;
}

/** Takes some runs or logged models: those that were asked for, or those of the experiments that were taken. None when none are left. */
export async function takeSome(
  sql: Sql,
  purge: Purging,
  kind: Taken["kind"],
  whose: "asked" | "experiments",
  most: number,
): Promise<Taken[]> {
  const { purge_id } = purge;
  const which: Fragment = whose === "asked"
    ? inScope(sql, kind, purge)
    : sql`t.experiment_id in (select experiment_id from weir.experiments where purge_id = ${purge_id})`;
  return await sql<Taken[]>`
    update ${tableOf(sql, kind)} set purge_id = ${purge_id}, lifecycle_stage = 'deleted',
      deleted_time = coalesce(t.deleted_time, ${nowSql(sql)})
    where ${idOf(sql, kind)} = any(array(
      select ${idOf(sql, kind)} from ${tableOf(sql, kind)}
      where ${which} and (t.purge_id is null or t.purge_id = ${purge_id}) and not ${setAside(sql, kind, purge_id)}
      limit ${most} for update skip locked))
    returning ${kind}::text as kind, ${idOf(sql, kind)} as id, ${
    nameOf(sql, kind)
  } as name, t.experiment_id, t.artifact_uri`;
}

/** Notes why things are kept, and gives them back to the bin. */
export async function keepItems(
  sql: Sql,
  purge_id: string,
  kind: Taken["kind"],
  items: readonly (Taken & { reason: string })[],
): Promise<void> {
  if (items.length === 0) return;
  const ids = items.map(({ id }) => id);
  await transaction(sql, async (tx) => {
    await noteItems(tx, purge_id, "kept", items);
    await tx`
      update ${tableOf(tx, kind)} set purge_id = null
      where ${idOf(tx, kind)} = any(${ids}::text[]) and t.purge_id = ${purge_id}`;
  });
}

type Noted = Pick<PurgeItem, "id" | "name" | "reason"> & { kind: BinKind; experiment_id: number };

/** Notes what a purge has to say of things, in the place of what it said before. */
export async function noteItems(
  sql: Sql,
  purge_id: string,
  state: "kept" | "done",
  items: readonly Noted[],
): Promise<void> {
  if (items.length === 0) return;
  await sql`
    insert into weir.purge_items (purge_id, kind, id, experiment_id, name, state, reason)
    select ${purge_id}, kind, id, experiment_id, name, ${state}, reason
    from jsonb_to_recordset(${
    sql.json(plain(items))
  }) as item (kind text, id text, experiment_id bigint, name text, reason text)
    on conflict (purge_id, kind, id) do update set state = excluded.state, reason = excluded.reason, next_attempt = null`;
}

/** Notes that things could not be removed, and leaves them for later. `pause` in milliseconds by the number of attempts so far. */
export async function postponeItems(
  sql: Sql,
  purge_id: string,
  items: readonly Noted[],
  pause: (attempts: number) => number,
): Promise<void> {
  if (items.length === 0) return;
  const pauses = Array.from({ length: 21 }, (_, index) => Math.round(pause(index + 1)));
  await sql`
    insert into weir.purge_items as i (purge_id, kind, id, experiment_id, name, state, reason, attempts, next_attempt)
    select ${purge_id}, kind, id, experiment_id, name, 'waiting', reason, 1, ${nowSql(sql)} + (${pauses}::bigint[])[1]
    from jsonb_to_recordset(${
    sql.json(plain(items))
  }) as item (kind text, id text, experiment_id bigint, name text, reason text)
    on conflict (purge_id, kind, id) do update set state = 'waiting', reason = excluded.reason, attempts = i.attempts + 1,
      next_attempt = ${nowSql(sql)} + (${pauses}::bigint[])[least(i.attempts + 1, 21)]`;
}

const plain = (items: readonly Noted[]) =>
  items.map(({ kind, id, name, experiment_id, reason }) => ({ kind, id, name, experiment_id, reason }));

/** What waits for another attempt: how long, in milliseconds, how often it went wrong, and what did last. */
export async function waitingItems(
  sql: Sql,
  purge_id: string,
): Promise<{ pause: number; attempts: number; reason: string } | undefined> {
  const [row] = await sql<{ pause: number; attempts: number; reason: string }[]>`
    select greatest(0, next_attempt - ${nowSql(sql)}) as pause, reason,
      (select max(attempts) from weir.purge_items where purge_id = ${purge_id} and state = 'waiting') as attempts
    from weir.purge_items where purge_id = ${purge_id} and state = 'waiting' order by next_attempt limit 1`;
  return row;
}

/** Gives back the experiments that hold something that is kept, once nothing else of them is left to do. */
export async function keepExperiments(sql: Sql, purge_id: string): Promise<void> {
  await sql`
    with held as (
      select e.experiment_id, e.name, count(*) as things from weir.experiments e
      join weir.purge_items i on i.purge_id = ${purge_id} and i.experiment_id = e.experiment_id and i.kind <> 'experiment'
        and i.state = 'kept'
      where e.purge_id = ${purge_id}
      group by e.experiment_id, e.name
      having count(*) = (select count(*) from weir.runs r where r.experiment_id = e.experiment_id)
        + (select count(*) from weir.logged_models m where m.experiment_id = e.experiment_id)
    ), returned as (
      update weir.experiments e set purge_id = null from held where e.experiment_id = held.experiment_id
    )
    insert into weir.purge_items (purge_id, kind, id, experiment_id, name, state, reason)
    select ${purge_id}, 'experiment', experiment_id::text, experiment_id, name, 'kept',
      'It holds what is kept: ' || things || case when things = 1 then ' run or logged model.' else ' runs or logged models.' end
    from held
    on conflict (purge_id, kind, id) do update set state = 'kept', reason = excluded.reason, next_attempt = null`;
}
