import type { BlobItem } from "@azure/storage-blob";
import type { FileInfo } from "../domain/entities.ts";
import { invalid } from "../domain/errors.ts";
import {
  type AzureContainer,
  head,
  isFolderMark,
  patience,
  said,
  startOf,
  tooLate,
  within,
} from "./azure_container.ts";
import { isOvertaken } from "./azure_errors.ts";
import type { WalkedFile } from "./store.ts";

/** Blobs to a page of a list. */
const maxPageSize = 1000;
const removalsInFlight = 16;

/** What a container holds as folders, of which Azure knows none: they are what names have in common up to a slash. */

export async function isFolder(at: AzureContainer, path: string): Promise<boolean> {
  const page = await within(
    patience,
    (abortSignal) =>
      at.client.listBlobsFlat({ prefix: startOf(at, path), abortSignal }).byPage({ maxPageSize: 1 }).next(),
  );
  return !page.done && page.value.segment.blobItems.length > 0;
}

export async function list(at: AzureContainer, path: string): Promise<FileInfo[]> {
  const prefix = startOf(at, path);
  const files: FileInfo[] = [];
  const pages = pagesOf((abortSignal) =>
    at.client.listBlobsByHierarchy("/", { prefix, includeMetadata: true, abortSignal }).byPage({ maxPageSize })
  );
  for await (const { segment } of pages) {
    for (const folder of segment.blobPrefixes ?? []) {
      const path = folder.name.slice(prefix.length, -1);
      if (path) files.push({ path, is_dir: true });
    }
    for (const { name, properties, ...blob } of segment.blobItems) {
      if (name === prefix || isFolderMark(blob)) continue;
      files.push({ path: name.slice(prefix.length), is_dir: false, file_size: properties.contentLength ?? 0 });
    }
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Every file below a folder, as the store orders them. */
export async function* walk(at: AzureContainer, path: string): AsyncGenerator<WalkedFile> {
  for await (const { name, properties, ...blob } of blobsBelow(at, path)) {
    if (isFolderMark(blob) || name.endsWith("/")) continue;
    const { contentLength: size = 0, lastModified: last_modified } = properties;
    yield { path: name.slice(at.prefix.length), size, last_modified };
  }
}

/** Every blob below a folder, marks of folders too; with `includeUncommitedBlobs`, those too that have uncommitted blocks only. */
async function* blobsBelow(
  at: AzureContainer,
  path: string,
  options: { includeUncommitedBlobs?: boolean } = {},
): AsyncGenerator<BlobItem> {
  const prefix = startOf(at, path);
  const pages = pagesOf((abortSignal) =>
    at.client.listBlobsFlat({ prefix, includeMetadata: true, abortSignal, ...options }).byPage({ maxPageSize })
  );
  for await (const { segment } of pages) yield* segment.blobItems;
}

/** The pages of a list, each of which may take its time, with the errors of the API. */
async function* pagesOf<T>(open: (abortSignal: AbortSignal) => AsyncIterator<T>): AsyncGenerator<T> {
  const abort = new AbortController();
  const pages = open(abort.signal);
  for (;;) {
    const timer = setTimeout(() => abort.abort(), patience);
    const { done, value } = await said(() => pages.next())
      .catch((error) => Promise.reject(abort.signal.aborted ? tooLate(error) : error))
      .finally(() => clearTimeout(timer));
    if (done) return;
    yield value;
  }
}

export async function remove(at: AzureContainer, path: string): Promise<void> {
  if (path === "") throw invalid("Invalid path");
  const folders: string[] = [];
  let names: string[] = [];
  for await (const blob of blobsBelow(at, path)) {
    if (isFolderMark(blob)) folders.push(blob.name);
    else if (names.push(blob.name) === removalsInFlight) {
      await Promise.all(names.map((name) => erase(at, name)));
      names = [];
    }
  }
  await Promise.all(names.map((name) => erase(at, name)));
  // A hierarchical account refuses to remove a folder before all that is in it.
  for (const name of folders.reverse()) await erase(at, name);
  await erase(at, at.prefix + path);
}

/** Missing is fine. */
async function erase({ client }: AzureContainer, name: string): Promise<void> {
  await within(
    patience,
    (abortSignal) => client.getBlobClient(name).deleteIfExists({ deleteSnapshots: "include", abortSignal }),
  );
}

/**
 * Azure drops uncommitted blocks by itself, a week after the last of them, and has no request for it. What can be done sooner:
 * where there is no file yet, an empty one replaces the blocks, and is removed. Blocks beside an older file are left to Azure.
 */
export async function removeUnfinished(at: AzureContainer, before: Date): Promise<number> {
  let removed = 0;
  for await (const { name, properties } of blobsBelow(at, "", { includeUncommitedBlobs: true })) {
    const { contentLength = 0, createdOn, lastModified } = properties;
    if (contentLength > 0 || !((createdOn ?? lastModified) < before)) continue;
    if (await head(at, name.slice(at.prefix.length)) === undefined) removed += await dropBlocks(at, name) ? 1 : 0;
  }
  return removed;
}

/** Drops the blocks of a blob that has nothing else. False when it has become a file meanwhile. */
async function dropBlocks({ client }: AzureContainer, name: string): Promise<boolean> {
  const blob = client.getBlockBlobClient(name);
  try {
    const { etag } = await within(
      patience,
      (abortSignal) => blob.commitBlockList([], { conditions: { ifNoneMatch: "*" }, abortSignal }),
    );
    await within(
      patience,
      (abortSignal) => blob.delete({ ...(etag && { conditions: { ifMatch: etag } }), abortSignal }),
    );
    return true;
  } catch (error) {
    if (isOvertaken(error)) return false;
    throw error;
  }
}
