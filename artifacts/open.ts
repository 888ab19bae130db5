import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { localStore } from "./local.ts";
import type { S3Options } from "./s3.ts";
import type { ArtifactStore } from "./store.ts";

export interface StoreOptions {
  s3?: S3Options;
}

/**
 * The store at `root`: `s3://bucket/prefix`, or a folder by its path or `file:` URL. Throws an Error of one sentence when there
 * cannot be such a store; whether an S3 store answers is told by its `check()`.
 */
export async function openStore(root: string, { s3 = {} }: StoreOptions = {}): Promise<ArtifactStore> {
  // One letter before the colon is a drive of Windows.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(root)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return await localStore(resolve(root));
    case "file":
      return await localStore(folderOf(root));
    case "s3":
      // Only here, because loading the SDK takes longer than starting everything else.
      return (await import("./s3.ts")).s3Store(root, s3);
    default:
      throw new Error(
        `The artifact root ${root} cannot be used: it must be a folder, a file: URL or s3://bucket/prefix.`,
      );
  }
}

function folderOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new Error(`The artifact root ${url} is not the URL of a folder of this machine.`, { cause: error });
  }
}
