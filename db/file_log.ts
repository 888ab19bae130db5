import { ApiError } from "../domain/errors.ts";
import { beginChange, endChange, endRemoval, endUpload, keepChanges } from "./artifact_changes.ts";
import type { ArtifactFile } from "./artifact_files.ts";
import type { Sql } from "./sql.ts";

/** Keeps what is noted of files true to their stores, though one of the two may fail or this process end in between. */
export interface FileLog {
  /** Notes a file that `store` puts in its place. When that fails, nobody knows whether it did: a server compares them later. */
  upload(uri: string, store: () => Promise<Pick<ArtifactFile, "size" | "checksum">>): Promise<void>;
  /** Forgets a file, or what lies in a folder, that `remove` removes. */
  removal(uri: string, remove: () => Promise<void>): Promise<void>;
  /** To be called every half minute or so: says that this process is still at what it began. */
  keepAlive(): Promise<void>;
}

/** `now` in milliseconds since the epoch. */
export function openFileLog(sql: Sql, now: () => number): FileLog {
  const underWay = new Set<number>();
  const during = async (uri: string, work: (change: number) => Promise<void>): Promise<void> => {
    const change = await beginChange(sql, uri);
    underWay.add(change);
    try {
      await work(change);
    } catch (error) {
      // A refusal changed nothing.
      if (error instanceof ApiError && error.status < 500) await endChange(sql, change).catch(() => {});
      throw error;
    } finally {
      underWay.delete(change);
    }
  };
  return {
    upload: (uri, store) =>
      during(uri, async (change) => {
        const receipt = await store();
        await endUpload(sql, change, { uri, ...receipt, stored_at: now() });
      }),
    removal: (uri, remove) =>
      during(uri, async (change) => {
        await remove();
        await endRemoval(sql, change, uri);
      }),
    keepAlive: () => keepChanges(sql, [...underWay]),
  };
}
