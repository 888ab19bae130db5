import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { localStore } from "./local.ts";
import type { S3Options } from "./s3_bucket.ts";
import type { ArtifactStore } from "./store.ts";
import type { AzureOptions } from "./wasbs.ts";

export interface StoreOptions {
  s3?: S3Options;
  azure?: AzureOptions;
}

/**
 * The store at `root`: `s3://bucket/prefix`, `wasbs://container@account.blob.core.windows.net/prefix`, or a folder by its path or
 * `file:` URL. Throws an Error of one sentence when there cannot be such a store; whether a remote one answers is told by its
 * `check()`.
 */
export async function openStore(root: string, { s3 = {}, azure = {} }: StoreOptions = {}): Promise<ArtifactStore> {
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
    case "wasbs":
      return (await import("./azure.ts")).azureStore(root, azure);
    default:
      throw new Error(
        `The artifact root ${root} cannot be used: it must be a folder, a file: URL, s3://bucket/prefix or ` +
          "wasbs://container@account.blob.core.windows.net/prefix.",
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
