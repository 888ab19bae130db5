import { Buffer } from "node:buffer";
import { type BlockBlobClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { type Arrival, sendParts, takeIn } from "./arrival.ts";
import {
  type AzureContainer,
  blobAt,
  blockId,
  blockPatience,
  openContainer,
  patience,
  said,
  within,
} from "./azure_container.ts";
import { directAccess } from "./azure_direct.ts";
import { get } from "./azure_download.ts";
import { isFolder, list, remove, removeUnfinished, walk } from "./azure_folders.ts";
import type { ArtifactStore } from "./store.ts";
import { inUtf8Order } from "./utf8_order.ts";
import type { AzureOptions } from "./wasbs.ts";

/** Bytes of a block. A file that is shorter goes in one request. */
const blockSize = 8 * 1024 * 1024;
const blocksInFlight = 2;
/** Azure's limit. */
const mostBlocks = 50_000;

/**
 * The store at `wasbs://container@account.blob.core.windows.net/prefix`. Throws an Error of one sentence for another form of `root`,
 * and without credentials for that account.
 */
export function azureStore(root: string, options: AzureOptions = {}): ArtifactStore {
  const at = openContainer(root, options);
  return {
    put: (path, body, { size, type } = {}) =>
      said(() => takeIn(body, size, (arriving) => send(blobAt(at, path), arriving, size, type))),
    get: (path, range) => said(() => get(at, path, range)),
    list: (path) => said(() => list(at, path)),
    walk: (path) => inUtf8Order(walk(at, path)),
    remove: (path) => said(() => remove(at, path)),
    check: () => check(at),
    removeUnfinished: (before) => said(() => removeUnfinished(at, before)),
    // A URL is signed with the account's key: a SAS token cannot sign another one.
    ...(at.client.credential instanceof StorageSharedKeyCredential && { direct: directAccess(at) }),
  };
}

async function check(at: AzureContainer): Promise<void> {
  try {
    await said(() => isFolder(at, ""));
  } catch (error) {
    const reason = (error instanceof Error ? error.message : `${error}`).replace(/^The artifact store/, "it");
    throw new Error(`The artifact store ${at.url} cannot be used: ${reason}`, { cause: error });
  }
}

/** What was sent of a file that fails stays among the uncommitted blocks, which nobody sees and Azure drops after a week. */
async function send(blob: BlockBlobClient, arriving: Arrival, size?: number, type?: string): Promise<void> {
  const blobHTTPHeaders = type ? { blobContentType: type } : {};
  const upload = crypto.randomUUID();
  const ids: string[] = [];
  const free: ArrayBuffer[] = [];
  let whole = false;
  await sendParts(arriving.parts(blockLength(size), free), blocksInFlight, async (part, number) => {
    const [block, length] = [Buffer.from(part.buffer, part.byteOffset, part.byteLength), part.byteLength];
    whole = number === 1 && length < blockSize;
    if (whole) {
      await within(blockPatience, (abortSignal) => blob.upload(block, length, { blobHTTPHeaders, abortSignal }));
    } else {
      const id = blockId(upload, number);
      ids.push(id);
      await within(blockPatience, (abortSignal) => blob.stageBlock(id, block, length, { abortSignal }));
    }
    free.push(part.buffer);
  });
  if (whole) return;
  await within(patience, (abortSignal) => blob.commitBlockList(ids, { blobHTTPHeaders, abortSignal }));
}

/** Bytes of a block of a file of `size` bytes: no more than the file has, and so many that Azure takes all of them. */
function blockLength(size?: number): number {
  if (size === undefined) return blockSize;
  return size <= blockSize ? size : Math.max(blockSize, Math.ceil(size / mostBlocks));
}
