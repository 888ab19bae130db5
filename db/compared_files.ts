import type { KnownFile } from "../domain/compared_files.ts";
import type { Sql } from "./sql.ts";

export interface FileRow {
  path: string;
  /** How many of the folders have it, and how many different files they have there. */
  folders: number;
  versions: number;
  base: KnownFile | undefined;
  other: KnownFile | undefined;
}

interface SidesRow {
  path: string;
  folders: number;
  versions: number;
  base_size: number | null;
  base_checksum: string | null;
  other_size: number | null;
  other_checksum: string | null;
}

/**
 * What is noted of the files below these folders (URIs without a slash at the end), by path: those of `base` and `other`, which are two
 * of them, and how many have the path. At most so many paths, those first in which there is a difference.
 */
export async function filesSideBySide(
  sql: Sql,
  folders: readonly string[],
  { base, other }: { base: string; other: string },
  most: number,
): Promise<FileRow[]> {
  const rows = await sql<SidesRow[]>`
    with files as (
      select o.folder, substr(f.uri, length(o.folder) + 2) as path, f.size, f.checksum
      from unnest(${[...folders]}::text[]) as o (folder)
      join weir.artifact_files f on f.uri > o.folder || '/' collate "C" and f.uri < o.folder || '0' collate "C"
    ), sides as (
      select path, count(*)::int as folders, count(distinct checksum)::int as versions,
        max(size) filter (where folder = ${base}) as base_size, max(checksum) filter (where folder = ${base}) as base_checksum,
        max(size) filter (where folder = ${other}) as other_size, max(checksum) filter (where folder = ${other}) as other_checksum
      from files group by path
    )
    select * from sides order by base_checksum is not distinct from other_checksum, path limit ${most}`;
  return rows.map(({ path, folders, versions, ...side }) => ({
    path,
    folders,
    versions,
    base: known(side.base_size, side.base_checksum),
    other: known(side.other_size, side.other_checksum),
  }));
}

const known = (size: number | null, checksum: string | null): KnownFile | undefined =>
  size === null ? undefined : { size, checksum: checksum ?? undefined };
