import { moment, written } from "./live.ts";
import type { Sql } from "./sql.ts";

/** A look at what is done to the registry. */
export interface RegistryLook {
  /** From this transaction on nothing is sure to be seen. */
  transaction: number;
  /** What was written since the look before, newest first: the numbers of the log's entries and the models that they are about. */
  entries: { entry: number; names: string[] }[];
  /** There may be more than these. */
  more: boolean;
}

/** Entries that a look reads: more than happen between two of them. */
const mostEntries = 500;

/** The end of the audit log, as far as it was written from transaction `since` on. An entry about a new name tells of the old one, too. */
export async function lookAtRegistry(sql: Sql, since: number): Promise<RegistryLook> {
  const [row] = await sql<{ transaction: number; entries: RegistryLook["entries"] }[]>`
    with ${moment(sql)}, newest as (
      select entry, xmin, array_remove(array[name, case when action = 'renamed' then detail ->> 'from' end], null) as names
      from weir.audit_log order by entry desc limit ${mostEntries}
    )
    select oldest as transaction, coalesce((
      select json_agg(json_build_object('entry', entry, 'names', names) order by entry desc) from newest where ${
    written(sql, sql`newest`, since)
  }), '[]') as entries
    from moment`;
  const { transaction, entries } = row!;
  return { transaction, entries, more: entries.length === mostEntries };
}
