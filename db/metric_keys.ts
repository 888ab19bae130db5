import type { Sql } from "./sql.ts";

/** Names known to this process. Numbers never change, so a dictionary is never stale; one that grows too large is begun anew. */
const known = new WeakMap<object, Map<string, number>>();
const mostKnown = 200_000;

/** The dictionary numbers of metric names; unknown names are added. `pool` is the database that the dictionary belongs to. */
export async function metricKeys(pool: Sql, names: Iterable<string>): Promise<ReadonlyMap<string, number>> {
  const last = known.get(pool);
  // Not emptied: whoever has it still reads it.
  const dictionary = last && last.size <= mostKnown ? last : new Map<string, number>();
  known.set(pool, dictionary);
  const unknown = [...new Set(names)].filter((name) => !dictionary.has(name)).sort();
  if (unknown.length === 0) return dictionary;
  await pool`insert into weir.metric_keys (name) select unnest(${unknown}::text[]) on conflict do nothing`;
  const rows = await pool<{ key: number; name: string }[]>`
    select key, name from weir.metric_keys where name = any(${unknown}::text[])`;
  for (const { key, name } of rows) dictionary.set(name, key);
  return dictionary;
}
