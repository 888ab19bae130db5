import { needsFilesOf } from "../domain/purges.ts";
import type { Fragment } from "./filter_sql.ts";
import type { Taken } from "./purge_takes.ts";
import type { Sql } from "./sql.ts";

/** The versions of registered models that need the files of runs and logged models. */

interface Pointer {
  id: string;
  name: string;
  version: number;
  source: string;
  storage_location: string | null;
}

/** Of these, those that a version of a registered model needs the files of, and the reason to keep them: which version. */
export async function heldByVersions<Owner extends Omit<Taken, "name">>(
  sql: Sql,
  owners: readonly Owner[],
): Promise<(Owner & { reason: string })[]> {
  if (owners.length === 0) return [];
  const pointers = Map.groupBy(await pointersAt(sql, owners), ({ id }) => id);
  return owners.flatMap((owner) => {
    const held = pointers.get(owner.id)?.find(({ source, storage_location }) =>
      needsFilesOf(source, owner) || (storage_location !== null && needsFilesOf(storage_location, owner))
    );
    return held
      ? { ...owner, reason: `Version ${held.version} of the registered model ${held.name} needs its files.` }
      : [];
  });
}

/** Versions that name an owner, or whose source begins as its URI does. */
async function pointersAt(sql: Sql, owners: readonly Omit<Taken, "name">[]): Promise<Pointer[]> {
  const begins = (column: Fragment): Fragment =>
    // As much as the index has. The last character of Unicode: nothing that begins so comes after it.
    sql`left(${column}, 256) collate "C" >= left(o.uri, 256)
      and left(${column}, 256) collate "C" < left(o.uri, 256) || chr(1114111)`;
  return await sql<Pointer[]>`
    with owner as materialized (
      select id, uri from unnest(${owners.map(({ id }) => id)}::text[],
        ${owners.map(({ artifact_uri }) => artifact_uri)}::text[]) as t (id, uri)
    ), pointer as (
      select o.id, v.model, v.version from owner o join weir.model_versions v on v.run_id = o.id and v.run_id <> ''
      union
      select o.id, v.model, v.version from owner o join weir.model_versions v on v.model_id = o.id
      union
      select o.id, v.model, v.version from owner o join weir.model_versions v on ${begins(sql`v.source`)}
      union
      select o.id, v.model, v.version from owner o
      join weir.model_versions v on v.storage_location is not null and ${begins(sql`v.storage_location`)}
    )
    select p.id, m.name, p.version, v.source, v.storage_location
    from pointer p join weir.model_versions v using (model, version) join weir.registered_models m using (model)
    order by m.name, p.version`;
}
