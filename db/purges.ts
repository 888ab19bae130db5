import { notFound } from "../domain/errors.ts";
import type { BinIds, Purge, PurgeItem } from "../domain/purges.ts";
import type { Fragment } from "./filter_sql.ts";
import { isLater, newestPage, type PageAsked } from "./newest_page.ts";
import { type Sql, transaction } from "./sql.ts";

/** Milliseconds that a server has a purge for itself without saying that it is still at it. */
const lease = 30_000;
/** Milliseconds that purges are remembered after their end. */
const retention = 90 * 24 * 3600 * 1000;

/** Milliseconds since the epoch by the clock of the database: that of several servers may differ. */
export const nowSql = (sql: Sql): Fragment => sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

type Nullable = "asked" | "total" | "error" | "started_time" | "ended_time" | "next_attempt";
type PurgeRow = Omit<Purge, Nullable> & { [field in Nullable]-?: Exclude<Purge[field], undefined> | null };

const shown = (sql: Sql): Fragment =>
  sql`p.purge_id, p.asked, p.until, p.force, p.automatic, p.state, p.cancelling, p.total, p.done, p.files, p.bytes, p.error,
    p.created_time, p.started_time, p.ended_time,
    case when p.state = 'running' and not p.leased then p.next_attempt end as next_attempt,
    (select count(*) from weir.purge_items i where i.purge_id = p.purge_id and i.state = 'kept') as kept`;

function toPurge({ asked, total, error, started_time, ended_time, next_attempt, ...row }: PurgeRow): Purge {
  return {
    ...row,
    ...(asked !== null && { asked }),
    ...(total !== null && { total }),
    ...(error !== null && { error }),
    ...(started_time !== null && { started_time }),
    ...(ended_time !== null && { ended_time }),
    ...(next_attempt !== null && { next_attempt }),
  };
}

/** What to purge. `until` in milliseconds since the epoch: what was deleted later is left. */
export interface NewPurge {
  /** Absent: all that is in the bin. */
  asked?: BinIds | undefined;
  until: number;
  force?: boolean;
  automatic?: boolean;
}

/** Queues a purge. Undefined for an automatic one while another is there. */
export async function createPurge(
  sql: Sql,
  { asked, until, force = false, automatic = false }: NewPurge,
): Promise<Purge | undefined> {
  const ids = asked === undefined ? null : { ...asked };
  const [row] = await sql<PurgeRow[]>`
    insert into weir.purges as p (purge_id, asked, until, force, automatic, next_attempt, created_time)
    values (gen_random_uuid()::text, ${ids === null ? null : sql.json(ids)}, ${until}, ${force}, ${automatic},
      ${nowSql(sql)}, ${nowSql(sql)})
    on conflict (automatic) where automatic and state in ('queued', 'running') do nothing
    returning ${shown(sql)}`;
  return row && toPurge(row);
}

/** RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getPurge(sql: Sql, purge_id: string): Promise<Purge> {
  const [row] = await sql<PurgeRow[]>`select ${shown(sql)} from weir.purges p where purge_id = ${purge_id}`;
  if (!row) throw notFound(`Purge with ID '${purge_id}' not found.`);
  return toPurge(row);
}

/** What a purge has to say of single things: first what is kept. */
export async function purgeItems(sql: Sql, purge_id: string, most: number): Promise<PurgeItem[]> {
  return await sql<PurgeItem[]>`
    select kind, id, experiment_id::text, name, state, reason from weir.purge_items where purge_id = ${purge_id}
    order by state = 'done', state = 'waiting', kind, name collate "C", id limit ${most}`;
}

/** A page of purges, newest first. */
export async function listPurges(sql: Sql, asked: PageAsked): Promise<{ purges: Purge[]; next_page_token?: string }> {
  const rows = await sql<(PurgeRow & { number: number })[]>`
    select ${shown(sql)}, p.number from weir.purges p
    where ${isLater(sql, sql`p.number`, asked)} order by p.number desc limit ${asked.max_results + 1}`;
  const { page: purges, ...next } = newestPage(rows, asked, toPurge);
  return { purges, ...next };
}

/** Asks a purge to end: at once when nobody has begun it, else after what is under way. One that has ended is left as it is. */
export async function cancelPurge(sql: Sql, purge_id: string): Promise<Purge> {
  await sql`
    update weir.purges set cancelling = true, next_attempt = case when leased then next_attempt else ${nowSql(sql)} end,
      state = case when state = 'queued' then 'cancelled' else state end,
      ended_time = case when state = 'queued' then ${nowSql(sql)} end
    where purge_id = ${purge_id} and state in ('queued', 'running')`;
  return await getPurge(sql, purge_id);
}

/** A purge that is the caller's, until it has not said for half a minute that it is still at it. */
export interface ClaimedPurge extends Purge {
  claims: number;
  /** That went wrong, one after the other. */
  attempts: number;
}

/** Takes the purge that has waited longest; undefined when none is due. */
export async function claimPurge(sql: Sql): Promise<ClaimedPurge | undefined> {
  const [row] = await sql<(PurgeRow & { claims: number; attempts: number })[]>`
    update weir.purges p set state = 'running', leased = true, claims = claims + 1,
      started_time = coalesce(started_time, ${nowSql(sql)}), next_attempt = ${nowSql(sql)} + ${lease}::bigint
    where purge_id = (
      select purge_id from weir.purges where state in ('queued', 'running') and next_attempt <= ${nowSql(sql)}
      order by next_attempt limit 1 for update skip locked)
    returning ${shown(sql)}, p.claims, p.attempts`;
  return row && { ...toPurge(row), claims: row.claims, attempts: row.attempts };
}

type Claim = Pick<ClaimedPurge, "purge_id" | "claims">;

/** Only who claimed it last. */
const mine = (sql: Sql, { purge_id, claims }: Claim): Fragment =>
  sql`purge_id = ${purge_id} and claims = ${claims} and state = 'running' and leased`;

/** Says that the caller is still at it. Answers whether it is to go on; `lost` when somebody else has it by now. */
export async function renewClaim(sql: Sql, claim: Claim): Promise<"on" | "cancelling" | "lost"> {
  const [row] = await sql<{ cancelling: boolean }[]>`
    update weir.purges set next_attempt = ${nowSql(sql)} + ${lease}::bigint where ${
    mine(sql, claim)
  } returning cancelling`;
  return row === undefined ? "lost" : row.cancelling ? "cancelling" : "on";
}

export async function setTotal(sql: Sql, claim: Claim, total: number): Promise<void> {
  await sql`update weir.purges set total = ${total} where ${mine(sql, claim)}`;
}

/** Gives a purge back for so many milliseconds, with what went wrong, if anything did. */
export async function releasePurge(
  sql: Sql,
  claim: Claim,
  { pause, attempts = 0, error }: { pause: number; attempts?: number; error?: string | undefined },
): Promise<void> {
  await sql`
    update weir.purges set leased = false, next_attempt = ${nowSql(sql)} + ${Math.round(pause)}::bigint,
      attempts = ${attempts}, error = coalesce(${error ?? null}, error)
    where ${mine(sql, claim)}`;
}

/** Ends a purge. What it was at and did not remove is in the bin again. */
export async function endPurge(
  sql: Sql,
  claim: Claim,
  state: "done" | "failed" | "cancelled",
  error?: string,
): Promise<void> {
  await transaction(sql, async (tx) => {
    const ended = await tx`
      update weir.purges set state = ${state}, leased = false, ended_time = ${nowSql(tx)},
        error = case when ${state === "done"} then null else coalesce(${error ?? null}, error) end,
        total = case when ${state === "done"} then done + (
          select count(*) from weir.purge_items i where i.purge_id = purges.purge_id and i.state = 'kept') else total end
      where ${mine(tx, claim)} returning 1`;
    if (ended.length === 0) return;
    await tx`update weir.experiments set purge_id = null where purge_id = ${claim.purge_id}`;
    await tx`update weir.runs set purge_id = null where purge_id = ${claim.purge_id}`;
    await tx`update weir.logged_models set purge_id = null where purge_id = ${claim.purge_id}`;
  });
}

/** Forgets what ended three months ago. */
export async function removeOldPurges(sql: Sql): Promise<void> {
  await sql`delete from weir.purges where ended_time < ${nowSql(sql)} - ${retention}::bigint`;
}
