import { day, type Purge } from "../domain/purges.ts";
import { idOf, inScope, tableOf } from "./purge_scope.ts";
import { createPurge, nowSql } from "./purges.ts";
import type { Sql } from "./sql.ts";

/** Asks to purge what has been in the bin for so many days, unless nothing has. What had to be kept is tried again after a day. */
export async function createAutomaticPurge(sql: Sql, now: number, days: number): Promise<Purge | undefined> {
  const until = now - days * day;
  for (const kind of ["experiment", "run", "logged_model"] as const) {
    const [due] = await sql`
      select from ${tableOf(sql, kind)} where ${inScope(sql, kind, { until })} and not exists (
        select from weir.purge_items i join weir.purges p using (purge_id)
        where i.kind = ${kind} and i.id = ${idOf(sql, kind)} and i.state = 'kept' and p.automatic
          and p.created_time > ${nowSql(sql)} - ${day}::bigint)
      limit 1`;
    if (due) return await createPurge(sql, { until, automatic: true });
  }
  return undefined;
}
