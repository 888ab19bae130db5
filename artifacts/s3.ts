import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  ListObjectsV2Command,
  type MultipartUpload,
  NoSuchKey,
  NoSuchUpload,
  NotFound,
  paginateListObjectsV2,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { FileInfo } from "../domain/entities.ts";
import { ApiError, invalid } from "../domain/errors.ts";
import { type Arrival, sendParts, takeIn } from "./arrival.ts";
import { type Bucket, head, openBucket, type S3Options, said } from "./s3_bucket.ts";
import { directAccess } from "./s3_direct.ts";
import type { ArtifactStore, ByteRange, Receipt, StoredFile, WalkedFile } from "./store.ts";

/** Bytes of a part. Up to this size, a file goes in one request. */
const partSize = 5 * 1024 * 1024;
const partsInFlight = 2;
/** S3's limit. */
const mostParts = 10_000;

/** The store at `s3://bucket/prefix`. Throws an Error of one sentence for another form of `root`. */
export function s3Store(root: string, options: S3Options = {}): ArtifactStore & Disposable {
  const at = openBucket(root, options);
  return {
    put: (path, body, { size, type } = {}) => said(() => put(at, path, body, size, type)),
    get: (path, range) => said(() => get(at, path, range)),
    list: (path) => said(() => list(at, path)),
    walk: (path) => walk(at, path),
    remove: (path) => said(() => remove(at, path)),
    check: () => check(at),
    removeUnfinished: (before) => said(() => removeUnfinished(at, before)),
    direct: directAccess(at),
    [Symbol.dispose]: () => {
      at.client.destroy();
      at.uploads.destroy();
    },
  };
}

async function check({ client, bucket, prefix }: Bucket): Promise<void> {
  try {
    await said(() => client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 })));
  } catch (error) {
    const reason = (error instanceof Error ? error.message : `${error}`).replace(/^The artifact store/, "it");
    throw new Error(`The artifact store s3://${bucket}/${prefix} cannot be used: ${reason}`, { cause: error });
  }
}

async function put(
  at: Bucket,
  path: string,
  body: ReadableStream<Uint8Array>,
  size?: number,
  type?: string,
): Promise<Receipt> {
  const object = { Bucket: at.bucket, Key: at.prefix + path };
  const params = { ...object, ...at.uploadArguments, ...(type ? { ContentType: type } : {}) };
  return await takeIn(body, size, (arriving) => send(at, params, arriving, size));
}

/** A file of one part goes in one request, a longer one as an upload of parts, of which nothing is left when it fails. */
async function send(
  { client, uploads }: Bucket,
  params: PutObjectCommandInput,
  arriving: Arrival,
  size?: number,
): Promise<void> {
  const { Bucket, Key } = params;
  const length = size !== undefined && size <= partSize ? size : Math.max(partSize, Math.ceil((size ?? 0) / mostParts));
  const free: ArrayBuffer[] = [];
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  let upload: Promise<string | undefined> | undefined;
  try {
    await sendParts(arriving.parts(length, free), partsInFlight, async (part, PartNumber) => {
      if (PartNumber === 1 && (part.byteLength < length || length === size)) {
        await uploads.send(new PutObjectCommand({ ...params, Body: part }));
      } else {
        upload ??= client.send(new CreateMultipartUploadCommand(params)).then(({ UploadId }) => UploadId);
        const at = { Bucket, Key, UploadId: await upload, PartNumber };
        const { ETag } = await uploads.send(new UploadPartCommand({ ...at, Body: part }));
        Parts[PartNumber - 1] = { PartNumber, ETag };
      }
      free.push(part.buffer);
    });
    if (!upload) return;
    const MultipartUpload = { Parts };
    await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId: await upload, MultipartUpload }),
    );
  } catch (error) {
    const UploadId = await upload?.catch(() => undefined);
    if (UploadId) await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => {});
    throw error;
  }
}

async function get(at: Bucket, path: string, range?: ByteRange): Promise<StoredFile | undefined> {
  const object = { Bucket: at.bucket, Key: at.prefix + path };
  const Range = range && `bytes=${range.start}-${range.end ?? ""}`;
  try {
    const found = await at.client.send(new GetObjectCommand({ ...object, ...(Range ? { Range } : {}) }));
    if (found.Body === undefined) {
      throw new ApiError("TEMPORARILY_UNAVAILABLE", "The artifact store answered without the file.");
    }
    const size = found.ContentLength ?? 0;
    const total = Number(found.ContentRange?.split("/")[1] ?? size);
    return { stream: found.Body.transformToWebStream(), size, total, ...version(found) };
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 416) {
      return await behindTheEnd(at, path);
    }
    if (!isMissing(error)) throw error;
    if (await isFolder(at, path)) throw invalid(`Artifact path refers to a directory, not a file: '${path}'`);
    return undefined;
  }
}

/** What is answered for a range that starts behind the end: nothing, and how long the file is. */
async function behindTheEnd(at: Bucket, path: string): Promise<StoredFile | undefined> {
  const found = await head(at, path);
  return found && { ...found, stream: new Blob().stream(), size: 0, total: found.size };
}

const version = (
  found: { LastModified?: Date | undefined; ETag?: string | undefined },
): Pick<StoredFile, "last_modified" | "etag"> => ({
  last_modified: found.LastModified ?? new Date(0),
  etag: found.ETag ?? "",
});

const isMissing = (error: unknown): boolean => error instanceof NoSuchKey || error instanceof NotFound;

async function isFolder({ client, bucket, prefix }: Bucket, path: string): Promise<boolean> {
  const found = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}${path}/`, MaxKeys: 1 }),
  );
  return (found.KeyCount ?? found.Contents?.length ?? 0) > 0;
}

/** The keys of what a folder holds begin with this. */
const startOf = ({ prefix }: Bucket, path: string): string => path === "" ? prefix : `${prefix}${path}/`;

async function list(at: Bucket, path: string): Promise<FileInfo[]> {
  const { client, bucket } = at;
  const Prefix = startOf(at, path);
  const files: FileInfo[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix, Delimiter: "/" })) {
    for (const folder of page.CommonPrefixes ?? []) {
      const path = folder.Prefix?.slice(Prefix.length, -1);
      if (path) files.push({ path, is_dir: true });
    }
    for (const { Key, Size } of page.Contents ?? []) {
      // The folder itself, as the consoles of some stores make it.
      if (Key && Key !== Prefix) files.push({ path: Key.slice(Prefix.length), is_dir: false, file_size: Size ?? 0 });
    }
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function* walk(at: Bucket, path: string): AsyncGenerator<WalkedFile> {
  const { client, bucket, prefix } = at;
  const Prefix = startOf(at, path);
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix })[Symbol.asyncIterator]();
  for (;;) {
    const { done, value: page } = await said(() => pages.next());
    if (done) return;
    for (const { Key, Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
      // One that ends with a slash is a folder, as the consoles of some stores make it.
      if (Key && !Key.endsWith("/")) yield { path: Key.slice(prefix.length), size: Size, last_modified: LastModified };
    }
  }
}

async function remove({ client, bucket, prefix }: Bucket, path: string): Promise<void> {
  if (path === "") throw invalid("Invalid path");
  const Key = prefix + path;
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  // A page of the list has at most 1,000 keys, which is also the most that one deletion takes.
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${Key}/` })) {
    const Objects = (page.Contents ?? []).flatMap(({ Key }) => Key ? [{ Key }] : []);
    if (Objects.length > 0) await erase(client, bucket, Objects);
  }
}

/** Parts of uploads that a killed process, or a client that went away, left: they are paid for until they are aborted. */
async function removeUnfinished(at: Bucket, before: Date): Promise<number> {
  let removed = 0;
  let page: MultipartUpload[] = [];
  for await (const next of unfinished(at)) {
    // Only now: some stores find the next page by the last upload of this one.
    removed += await abortAll(at, page);
    page = next.filter(({ Initiated = new Date() }) => Initiated < before);
  }
  return removed + await abortAll(at, page);
}

async function* unfinished({ client, bucket, prefix }: Bucket): AsyncGenerator<MultipartUpload[]> {
  const list = (after: Pick<ListMultipartUploadsCommandInput, "KeyMarker" | "UploadIdMarker">) =>
    client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...after }));
  let page = await list({});
  yield page.Uploads ?? [];
  while (page.IsTruncated) {
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    // Versitygw 1.8 refuses its own marker of an upload. Without it, more uploads of that one key wait for the next time.
    page = await list({ KeyMarker, UploadIdMarker }).catch((error) => {
      if (error instanceof S3ServiceException && error.name === "InvalidArgument") return list({ KeyMarker });
      throw error;
    });
    yield page.Uploads ?? [];
  }
}

/** Answers how many of them had not ended in the meantime. */
async function abortAll({ client, bucket }: Bucket, uploads: readonly MultipartUpload[]): Promise<number> {
  let aborted = 0;
  for (const { Key, UploadId } of uploads) {
    const abort = new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId });
    aborted += await client.send(abort).then(() => 1, (error) => {
      if (error instanceof NoSuchUpload) return 0;
      throw error;
    });
  }
  return aborted;
}

async function erase(client: S3Client, Bucket: string, Objects: { Key: string }[]): Promise<void> {
  const { Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  const refused = Errors?.find(({ Code }) => Code !== "NoSuchKey");
  if (refused) {
    throw new ApiError("PERMISSION_DENIED", `The artifact store refused: ${refused.Code}: ${refused.Message}`);
  }
}
