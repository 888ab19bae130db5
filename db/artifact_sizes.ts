import type { ArtifactTotals } from "./artifact_files.ts";
import type { Sql } from "./sql.ts";

/** How much lies below folders of artifact stores, as pages show it. */

/** How much lies in each file or folder in a folder, by its name. All that is below it is read: 20,000 files take some 30 ms. */
export async function sizesIn(sql: Sql, folder: string): Promise<Map<string, ArtifactTotals>> {
  const rows = await sql<(ArtifactTotals & { name: string })[]>`
    select split_part(substr(uri, ${
    [...folder].length + 2
  }), '/', 1) as name, count(*) as files, sum(size)::bigint as bytes
    from weir.artifact_files where uri > ${`${folder}/`} and uri < ${`${folder}0`} group by name`;
  return new Map(rows.map(({ name, files, bytes }) => [name, { files, bytes }]));
}

/** How much lies below each of these folders, which hold those of runs, models and traces; one with nothing is left out. */
export async function totalsBelow(sql: Sql, folders: readonly string[]): Promise<Map<string, ArtifactTotals>> {
  const rows = await sql<(ArtifactTotals & { folder: string })[]>`
    select asked.folder, below.files, below.bytes
    from unnest(${[...new Set(folders)]}::text[]) as asked (folder), lateral (
      select sum(files)::bigint as files, sum(bytes)::bigint as bytes from weir.artifact_totals
      where folder > (asked.folder || '/') collate "C" and folder < (asked.folder || '0') collate "C") below
    where below.files > 0`;
  return new Map(rows.map(({ folder, files, bytes }) => [folder, { files, bytes }]));
}
