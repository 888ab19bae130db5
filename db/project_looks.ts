import { ApiError, notFound } from "../domain/errors.ts";
import { newRunId } from "../domain/ids.ts";
import { type AskedLook, freshLook, longestLook, type ProjectLook } from "../domain/projects/look.ts";
import type { Fragment } from "./filter_sql.ts";
import { leaseSql } from "./job_rows.ts";
import { nowSql } from "./purges.ts";
import { type Sql, transaction } from "./sql.ts";

interface LookRow {
  look_id: string;
  uri: string;
  version: string;
  created_time: number;
  found: ProjectLook | null;
  reason: string | null;
}

const shownLook = (sql: Sql): Fragment => sql`look_id, uri, version, created_time, found, reason`;

const toLook = ({ found, reason, ...row }: LookRow): AskedLook => ({
  ...row,
  ...(found !== null && { found }),
  ...(reason !== null && { reason }),
});

/** Times that a look is begun: it may be what ends its workers. */
const mostAttempts = 3;
/** Milliseconds that looks are kept. */
const retention = 24 * 3600 * 1000;

/** Asks workers to look at a project, unless one did lately. `again`: whatever was found before. */
export async function askLook(
  sql: Sql,
  { uri, version, again }: { uri: string; version: string; again: boolean },
): Promise<AskedLook> {
  const [known] = again ? [] : await sql<LookRow[]>`
    select ${shownLook(sql)} from weir.project_looks
    where md5(uri) = md5(${uri}) and uri = ${uri} and version = ${version} and reason is null
      and created_time > ${nowSql(sql)} - ${freshLook}::bigint
    order by created_time desc limit 1`;
  if (known) return toLook(known);
  const [row] = await sql<LookRow[]>`
    insert into weir.project_looks (look_id, uri, version, created_time)
    values (${newRunId()}, ${uri}, ${version}, ${nowSql(sql)}) returning ${shownLook(sql)}`;
  return toLook(row!);
}

/** RESOURCE_DOES_NOT_EXIST when there is none, or none any more. */
export async function getLook(sql: Sql, look_id: string): Promise<AskedLook> {
  const [row] = await sql<LookRow[]>`select ${shownLook(sql)} from weir.project_looks where look_id = ${look_id}`;
  if (!row) throw notFound(`Look with ID '${look_id}' not found.`);
  return toLook(row);
}

const waiting = (sql: Sql): Fragment =>
  sql`found is null and reason is null and (leased_until is null or leased_until < ${nowSql(sql)})
    and created_time > ${nowSql(sql)} - ${freshLook}::bigint`;

/** Makes the oldest look that waits the worker's, for as long as one may take. */
export async function claimLook(sql: Sql, worker_id: string): Promise<AskedLook | undefined> {
  return await transaction(sql, async (tx) => {
    await tx`
      update weir.project_looks set reason = 'Three workers began to look, and did not come back.'
      where ${waiting(tx)} and attempts >= ${mostAttempts}`;
    const [row] = await tx<LookRow[]>`
      update weir.project_looks
      set owner = ${worker_id}, leased_until = ${leaseSql(tx, 2 * longestLook)}, attempts = attempts + 1
      where look_id = (
        select look_id from weir.project_looks where ${waiting(tx)}
        order by created_time limit 1 for update skip locked
      ) returning ${shownLook(tx)}`;
    return row && toLook(row);
  });
}

/** Notes what a worker found, or why nothing. RESOURCE_CONFLICT when the look is not its own any more. */
export async function answerLook(
  sql: Sql,
  { worker_id, look_id }: { worker_id: string; look_id: string },
  { found, reason }: { found?: ProjectLook | undefined; reason?: string | undefined },
): Promise<void> {
  const rows = await sql`
    update weir.project_looks
    set found = ${found === undefined ? null : JSON.stringify(found)}::text::jsonb, reason = ${reason ?? null}
    where look_id = ${look_id} and owner = ${worker_id} returning 1`;
  if (rows.length > 0) return;
  await getLook(sql, look_id);
  throw new ApiError("RESOURCE_CONFLICT", `Look '${look_id}' is not this worker's any more.`);
}

/** Whether some look waits for a worker. */
export async function isLookDue(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ due: boolean }[]>`
    select exists (select from weir.project_looks where ${waiting(sql)}) as due`;
  return row?.due ?? false;
}

/** Forgets looks of days before. */
export async function removeOldLooks(sql: Sql): Promise<void> {
  await sql`delete from weir.project_looks where created_time < ${nowSql(sql)} - ${retention}::bigint`;
}
