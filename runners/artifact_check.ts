import { type ArtifactPlace, type ArtifactStores, ownHome } from "../artifacts/stores.ts";
import type { ArtifactStore, WalkedFile } from "../artifacts/store.ts";
import { isChanging } from "../db/artifact_changes.ts";
import { forgetFile, ownerExists, recordedFile, recordedFiles, recordFile } from "../db/artifact_files.ts";
import type { Pool } from "../db/sql.ts";
import { type CheckStep, type CheckSummary, type Finding, merged } from "../domain/artifact_check.ts";
import { artifactOwner } from "../domain/artifact_owner.ts";
import { ApiError } from "../domain/errors.ts";

export interface Checked {
  sql: Pool;
  artifacts: ArtifactStores;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** Files between two words of progress. */
const stride = 1000;
/** Uploads that began before that and never ended have been given up: milliseconds. No signed URL holds as long. */
export const unfinishedAge = 24 * 60 * 60 * 1000;

/**
 * Compares the own store with what is noted of it, file by file, and yields what differs. `repair` makes the notes follow the store
 * and removes what unfinished uploads left; files are never removed. What is uploaded or removed meanwhile is no finding.
 */
export async function* checkArtifacts(checked: Checked, repair: boolean): AsyncGenerator<CheckStep> {
  const { artifacts: { own }, now } = checked;
  const summary: CheckSummary = {
    files: 0,
    bytes: 0,
    not_recorded: 0,
    missing: 0,
    other_size: 0,
    no_owner: 0,
    repaired: 0,
    unfinished_removed: repair ? await own.removeUnfinished(new Date(now() - unfinishedAge)) : 0,
  };
  const place: ArtifactPlace = { store: own, folder: "", home: ownHome };
  for await (const { finding, size } of compared(checked, place)) {
    if (size !== null) {
      summary.files++;
      summary.bytes += size;
      if (summary.files % stride === 0) yield { progress: { ...summary } };
    }
    if (!finding) continue;
    summary[finding.finding]++;
    yield { finding };
    if (repair && await mend(checked, place, finding)) summary.repaired++;
  }
  yield { summary };
}

/** Compares one file, or what lies in a folder, and makes the notes follow the store. */
export async function settle(checked: Checked, uri: string): Promise<void> {
  const place = await checked.artifacts.at(uri);
  if (!place) return;
  const { store, folder, home } = place;
  const file = folder === "" ? undefined : await fileAt(store, folder);
  // Of one that was replaced by as many other bytes, the checksum is old.
  if (file) await note(checked, home + folder, file);
  else await forgetFile(checked.sql, home + folder);
  for await (const { finding } of compared(checked, place)) {
    if (finding) await mend(checked, place, finding);
  }
}

interface Compared {
  /** Bytes in the store; null where there is no file. */
  size: number | null;
  finding?: Finding;
}

async function* compared(checked: Checked, { store, folder, home }: ArtifactPlace): AsyncGenerator<Compared> {
  const owner = ownerCheck(checked.sql);
  const root = (home + folder).replace(/\/$/, "");
  for await (const { found, noted } of merged(named(store.walk(folder), home), recordedFiles(checked.sql, root))) {
    const uri = found?.uri ?? noted?.uri ?? "";
    const size = found?.size ?? null;
    const recorded_size = noted?.size ?? null;
    if (size !== recorded_size) {
      const finding = await confirmed(checked.sql, store, uri, uri.slice(home.length));
      yield { size, ...(finding && { finding }) };
    } else if (!await owner(uri)) yield { size, finding: { finding: "no_owner", uri, size, recorded_size } };
    else yield { size };
  }
}

async function* named(files: AsyncIterable<WalkedFile>, home: string): AsyncGenerator<{ uri: string; size: number }> {
  for await (const { path, size } of files) yield { uri: home + path, size };
}

/** Asks for each folder once: files of one come one after the other. */
function ownerCheck(sql: Pool): (uri: string) => Promise<boolean> {
  let [folder, there] = ["", false];
  return async (uri) => {
    const owner = artifactOwner(uri);
    if (owner && owner.folder !== folder) [folder, there] = [owner.folder, await ownerExists(sql, owner)];
    return owner !== undefined && there;
  };
}

/** What differs still, now that both sides are asked again: lists are read page by page, while others upload and remove. */
async function confirmed(sql: Pool, store: ArtifactStore, uri: string, path: string): Promise<Finding | undefined> {
  if (await isChanging(sql, uri)) return undefined;
  const file = await fileAt(store, path);
  const [size, recorded_size] = [file?.size ?? null, (await recordedFile(sql, uri))?.size ?? null];
  if (size === recorded_size || await isChanging(sql, uri)) return undefined;
  const finding = size === null ? "missing" : recorded_size === null ? "not_recorded" : "other_size";
  return { finding, uri, size, recorded_size };
}

/** Its size and version, where there is a file. */
async function fileAt(store: ArtifactStore, path: string): Promise<{ size: number; etag: string } | undefined> {
  try {
    const file = await store.get(path, { start: 0, end: 0 });
    await file?.stream.cancel();
    return file && { size: file.total, etag: file.etag };
  } catch (error) {
    // A folder.
    if (error instanceof ApiError && error.code === "INVALID_PARAMETER_VALUE") return undefined;
    throw error;
  }
}

async function mend(checked: Checked, { store, home }: ArtifactPlace, { finding, uri }: Finding): Promise<boolean> {
  if (finding === "no_owner") return false;
  const file = await fileAt(store, uri.slice(home.length));
  if (file) await note(checked, uri, file);
  else await forgetFile(checked.sql, uri);
  return true;
}

const note = ({ sql, now }: Checked, uri: string, { size, etag }: { size: number; etag: string }): Promise<void> =>
  recordFile(sql, { uri, size, checksum: `etag:${etag}`, stored_at: now() });
