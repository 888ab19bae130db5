import { type ArtifactOwner, artifactOwner } from "../domain/artifact_owner.ts";
import type { Fragment } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

/** What is known of files in artifact stores. A URI is that of the store followed by the path in it. */

/** A file that was stored. */
export interface ArtifactFile {
  uri: string;
  /** Bytes. */
  size: number;
  /** `sha256:<hex>` or `etag:<text>`. */
  checksum: string;
  /** Milliseconds since the epoch. */
  stored_at: number;
}

/** How much lies below a folder. */
export interface ArtifactTotals {
  files: number;
  bytes: number;
}

/** The folder whose sums a file counts in: that of its run, model or trace, or else the one that it lies in. */
const folderOf = (uri: string): string => artifactOwner(uri)?.folder ?? uri.slice(0, uri.lastIndexOf("/"));

/** Notes a file that is in its store now. */
export async function recordFile(sql: Sql, file: ArtifactFile): Promise<void> {
  await noteFile(sql, file);
}

export const noteFile = (sql: Sql, { uri, size, checksum, stored_at }: ArtifactFile): Fragment =>
  sql`
    insert into weir.artifact_files (uri, folder, size, checksum, stored_at)
    values (${uri}, ${folderOf(uri)}, ${size}, ${checksum}, ${stored_at})
    on conflict (uri) do update set size = excluded.size, checksum = excluded.checksum, stored_at = excluded.stored_at`;

/** Forgets a file, or all files below a folder. */
export const forgetBelow = (sql: Sql, uri: string): Fragment =>
  // "0" comes right after "/".
  sql`delete from weir.artifact_files where uri = ${uri} or (uri > ${`${uri}/`} and uri < ${`${uri}0`})`;

/** Forgets one file, and nothing below it. */
export async function forgetFile(sql: Sql, uri: string): Promise<void> {
  await sql`delete from weir.artifact_files where uri = ${uri}`;
}

/** How much lies in each of these folders of runs, models or traces. One that is not there has nothing. */
export async function totalsOf(sql: Sql, folders: readonly string[]): Promise<Map<string, ArtifactTotals>> {
  const rows = await sql<(ArtifactTotals & { folder: string })[]>`
    select folder, files, bytes from weir.artifact_totals where folder = any(${[...folders]}::text[])`;
  return new Map(rows.map(({ folder, files, bytes }) => [folder, { files, bytes }]));
}

/** What is noted of the files below a folder, in the order of their URIs' bytes, so many at a time. */
export async function* recordedFiles(sql: Sql, folder: string, atOnce = 1000): AsyncGenerator<ArtifactFile> {
  const rows = (after: string) =>
    sql<ArtifactFile[]>`
    select uri, size, checksum, stored_at from weir.artifact_files
    where uri > ${after} and uri < ${`${folder}0`} order by uri limit ${atOnce}`;
  let after = `${folder}/`;
  for (;;) {
    const page = await rows(after);
    yield* page;
    const last = page.at(-1);
    if (page.length < atOnce || last === undefined) return;
    after = last.uri;
  }
}

/** What is noted of one file. */
export async function recordedFile(sql: Sql, uri: string): Promise<ArtifactFile | undefined> {
  const [file] = await sql<ArtifactFile[]>`
    select uri, size, checksum, stored_at from weir.artifact_files where uri = ${uri}`;
  return file;
}

/** Whether the run, model or trace is there, in the bin too. */
export async function ownerExists(sql: Sql, { kind, id }: ArtifactOwner): Promise<boolean> {
  const [owner] = kind === "run"
    ? await sql`select from weir.runs where run_id = ${id}`
    : kind === "trace"
    ? await sql`select from weir.traces where trace_id = ${id}`
    : await sql`select from weir.logged_models where model_id = ${id}`;
  return owner !== undefined;
}
