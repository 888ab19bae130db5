import { Readable } from "node:stream";
import { type BlobClient, RestError } from "@azure/storage-blob";
import { ApiError, invalid } from "../domain/errors.ts";
import { type AzureContainer, blobAt, head, isFolderMark, patience, said, tooLate, within } from "./azure_container.ts";
import { isMissing } from "./azure_errors.ts";
import { isFolder } from "./azure_folders.ts";
import type { ByteRange, StoredFile } from "./store.ts";

/** How often a file is taken up again that breaks off on its way. */
const mostBreaks = 3;

export async function get(at: AzureContainer, path: string, range?: ByteRange): Promise<StoredFile | undefined> {
  const { start = 0, end } = range ?? {};
  const blob = blobAt(at, path);
  try {
    const { found, body } = await download(blob, start, end === undefined ? undefined : end - start + 1);
    if (isFolderMark(found)) {
      body.destroy();
      throw folderIsNoFile(path);
    }
    const size = found.contentLength ?? 0;
    const total = Number(found.contentRange?.split("/")[1] ?? size);
    const known = version(found);
    const rest = async (passed: number) =>
      (await download(blob, start + passed, size - passed, { ifMatch: known.etag })).body;
    return { stream: streamed(body, size, rest), size, total, ...known };
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 416) return await behindTheEnd(at, path);
    if (!isMissing(error)) throw error;
    if (await isFolder(at, path)) throw folderIsNoFile(path);
    return undefined;
  }
}

async function download(blob: BlobClient, start: number, count?: number, conditions = {}) {
  const found = await within(
    patience,
    (abortSignal) => blob.download(start, count, { abortSignal, conditions, maxRetryRequests: 0 }),
  );
  const body = found.readableStreamBody;
  if (body instanceof Readable) return { found, body };
  throw new ApiError("TEMPORARILY_UNAVAILABLE", "The artifact store answered without the file.");
}

/** What is answered for a range that starts behind the end: nothing, and how long the file is. */
async function behindTheEnd(at: AzureContainer, path: string): Promise<StoredFile | undefined> {
  const found = await head(at, path);
  return found && { stream: new Blob().stream(), size: 0, total: found.contentLength ?? 0, ...version(found) };
}

const folderIsNoFile = (path: string): ApiError =>
  invalid(`Artifact path refers to a directory, not a file: '${path}'`);

const version = (found: { lastModified?: Date; etag?: string }): Pick<StoredFile, "last_modified" | "etag"> => ({
  last_modified: found.lastModified ?? new Date(0),
  etag: found.etag ?? "",
});

/**
 * The `size` bytes that `body` gives, and `rest` from so many on where it breaks off or keeps silent: the SDK by itself takes up
 * only what ends in order.
 */
function streamed(
  body: Readable,
  size: number,
  rest: (passed: number) => Promise<Readable>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let passed = 0;
  let breaks = 0;
  let cancelled = false;
  let chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const timer = setTimeout(() => body.destroy(tooLate(undefined)), patience);
    try {
      return await chunks.next();
    } catch (error) {
      if (cancelled || passed === size || breaks++ === mostBreaks) throw error;
      body = await rest(passed);
      if (cancelled) body.destroy();
      chunks = body[Symbol.asyncIterator]();
      return await next();
    } finally {
      clearTimeout(timer);
    }
  };
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await said(next);
      if (done) return controller.close();
      passed += value.byteLength;
      controller.enqueue(new Uint8Array(value));
    },
    cancel() {
      cancelled = true;
      body.destroy();
    },
  });
}
