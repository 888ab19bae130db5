import { Buffer } from "node:buffer";
import { type BlockBlobClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { arrival } from "./arrival.ts";
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
import type { ArtifactStore, Receipt } from "./store.ts";
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
    put: (path, body, { size, type } = {}) => said(() => put(at, path, body, size, type)),
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

async function put(
  at: AzureContainer,
  path: string,
  body: ReadableStream<Uint8Array>,
  size?: number,
  type?: string,
): Promise<Receipt> {
  const reader = body.getReader();
  try {
    const { content, receipt } = arrival(reader, size);
    await send(blobAt(at, path), content, size, type);
    return receipt();
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}

/** What was sent of a file that fails stays among the uncommitted blocks, which nobody sees and Azure drops after a week. */
async function send(
  blob: BlockBlobClient,
  content: ReadableStream<Uint8Array>,
  size?: number,
  type?: string,
): Promise<void> {
  const blobHTTPHeaders = type ? { blobContentType: type } : {};
  const upload = crypto.randomUUID();
  const ids: string[] = [];
  const flying = new Set<Promise<unknown>>();
  const free: Buffer[] = [];
  try {
    for await (const block of blocksOf(content, blockLength(size), free)) {
      const length = block.byteLength;
      if (ids.length === 0 && length < blockSize) {
        await within(blockPatience, (abortSignal) => blob.upload(block, length, { blobHTTPHeaders, abortSignal }));
        return;
      }
      if (flying.size === blocksInFlight) await Promise.race(flying);
      const id = blockId(upload, ids.length);
      ids.push(id);
      const sent = within(blockPatience, (abortSignal) => blob.stageBlock(id, block, length, { abortSignal }))
        .finally(() => flying.delete(sent))
        .then(() => free.push(block));
      sent.catch(() => {});
      flying.add(sent);
    }
    await Promise.all(flying);
    await within(patience, (abortSignal) => blob.commitBlockList(ids, { blobHTTPHeaders, abortSignal }));
  } finally {
    await Promise.allSettled(flying);
  }
}

/** Bytes of a block of a file of `size` bytes: no more than the file has, and so many that Azure takes all of them. */
function blockLength(size?: number): number {
  if (size === undefined) return blockSize;
  return size <= blockSize ? size : Math.max(blockSize, Math.ceil(size / mostBlocks));
}

/**
 * The content in blocks of `length` bytes, in buffers from `free` as far as there are. The last one, which may be shorter or empty,
 * comes only when the content has ended.
 */
async function* blocksOf(
  content: ReadableStream<Uint8Array>,
  length: number,
  free: Buffer[],
): AsyncGenerator<Buffer> {
  let block: Buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  for await (let chunk of content) {
    while (chunk.byteLength > 0) {
      if (filled === length) {
        yield block;
        [block, filled] = [free.pop() ?? Buffer.allocUnsafe(length), 0];
      }
      const part = chunk.subarray(0, length - filled);
      block.set(part, filled);
      filled += part.byteLength;
      chunk = chunk.subarray(part.byteLength);
    }
  }
  yield block.subarray(0, filled);
}
