import type { ArtifactStores } from "../artifacts/stores.ts";
import { ownHome } from "../artifacts/stores.ts";
import type { FileLog } from "../db/file_log.ts";
import { usedUploads } from "../db/project_uploads.ts";
import { isUnreachable, type Sql } from "../db/sql.ts";
import { sleep } from "../db/upkeep.ts";
import { uploadFolder, uploadOf } from "../domain/projects/packed.ts";

export interface UploadUpkeep {
  sql: Sql;
  artifacts: ArtifactStores;
  files: FileLog;
  log: (level: "info" | "error", message: string) => void;
}

/** Milliseconds that an uploaded project stays that nothing names: somebody may be about to run it. */
const unused = 24 * 3600 * 1000;
/** Milliseconds between two looks. */
const pause = 3600 * 1000;

/** Removes uploaded projects that nothing names any more, until `signal`. */
export async function keepUploads(terms: UploadUpkeep, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(pause, signal);
    if (signal.aborted) return;
    try {
      await removeUnusedUploads(terms, Date.now() - unused);
    } catch (error) {
      if (!isUnreachable(error)) {
        terms.log(
          "error",
          `Uploaded projects could not be looked after: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
  }
}

/** Removes those that were uploaded before a time (ms since the epoch) and that nothing names. Answers how many. */
export async function removeUnusedUploads(
  { sql, artifacts: { own }, files }: Omit<UploadUpkeep, "log">,
  before: number,
): Promise<number> {
  const old: { path: string; sha256: string }[] = [];
  for await (const { path, last_modified } of own.walk(uploadFolder)) {
    const upload = uploadOf(ownHome + path);
    if (upload && last_modified.getTime() < before) old.push({ path, sha256: upload.sha256 });
  }
  if (old.length === 0) return 0;
  const used = await usedUploads(sql);
  const left = old.filter(({ sha256 }) => !used.has(sha256));
  for (const { path } of left) await files.removal(ownHome + path, () => own.remove(path));
  return left.length;
}
