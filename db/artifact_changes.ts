import { type ArtifactFile, forgetBelow, noteFile } from "./artifact_files.ts";
import type { Sql } from "./sql.ts";

/** Uploads and removals under way: what a server that dies in between leaves to be compared. */

/** Says that a file or folder is about to change, and answers the change's number. */
export async function beginChange(sql: Sql, uri: string): Promise<number> {
  // It has to outlive this process, not a loss of power: no need to wait for the disk.
  const [row] = await sql<{ change: number }[]>`
    insert into weir.artifact_changes (uri) values (${uri})
    returning change, set_config('synchronous_commit', 'off', true)`;
  return row!.change;
}

/** Notes the file that a change stored. */
export async function endUpload(sql: Sql, change: number, file: ArtifactFile): Promise<void> {
  await sql`with ended as (${ended(sql, change)}) ${noteFile(sql, file)}`;
}

/** Forgets the files that a change removed. */
export async function endRemoval(sql: Sql, change: number, uri: string): Promise<void> {
  await sql`with ended as (${ended(sql, change)}) ${forgetBelow(sql, uri)}`;
}

/** Says that store and notes agree again. */
export async function endChange(sql: Sql, change: number): Promise<void> {
  await ended(sql, change);
}

const ended = (sql: Sql, change: number) => sql`delete from weir.artifact_changes where change = ${change}`;

/** Says that this server is still at these. */
export async function keepChanges(sql: Sql, changes: readonly number[]): Promise<void> {
  if (changes.length === 0) return;
  await sql`update weir.artifact_changes set seen_at = now() where change = any(${[...changes]}::bigint[])`;
}

/** Changes whose server has not been heard of for so many seconds. */
export async function abandonedChanges(sql: Sql, seconds: number): Promise<{ change: number; uri: string }[]> {
  return await sql<{ change: number; uri: string }[]>`
    select change, uri from weir.artifact_changes where seen_at < now() - make_interval(secs => ${seconds})
    order by change limit 100`;
}

/** Whether one of the changes under way is about a file, or about a folder that it lies in. */
export async function isChanging(sql: Sql, uri: string): Promise<boolean> {
  const [found] = await sql`
    select from weir.artifact_changes where uri = ${uri} or starts_with(${uri}, uri || '/') limit 1`;
  return found !== undefined;
}
