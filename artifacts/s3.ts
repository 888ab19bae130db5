import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { artifactFolder } from "../domain/artifact_path.ts";
import type { FileInfo } from "../domain/entities.ts";
import { ApiError, invalid } from "../domain/errors.ts";
import { arrival } from "./arrival.ts";
import { s3Error } from "./s3_errors.ts";
import type { ArtifactStore, ByteRange, Receipt, StoredFile, WalkedFile } from "./store.ts";

export interface S3Options {
  /** Of an S3-compatible store. Without it, the SDK's own rules apply (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, Amazon). */
  endpoint?: string;
  /** Without it, the SDK's rules (`AWS_REGION`, profiles), and at last us-east-1, from where Amazon redirects to the bucket's own. */
  region?: string;
  /** Without them, the SDK's chain: `AWS_…` variables, profiles, web identity, the machine's role. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** Bytes of a part. Up to this size, a file goes in one request. */
const partSize = 8 * 1024 * 1024;
const partsInFlight = 2;
/** S3's limit. */
const mostParts = 10_000;

/** A bucket, the start of every key in it ("" or ending with a slash), and the connection to it. */
interface Bucket {
  client: S3Client;
  bucket: string;
  prefix: string;
}

/** The store at `s3://bucket/prefix`. Throws an Error of one sentence for another form of `root`. */
export function s3Store(root: string, options: S3Options = {}): ArtifactStore & Disposable {
  const at: Bucket = { client: connect(options), ...located(root) };
  return {
    put: (path, body, { size, type } = {}) => said(() => put(at, path, body, size, type)),
    get: (path, range) => said(() => get(at, path, range)),
    list: (path) => said(() => list(at, path)),
    walk: (path) => walk(at, path),
    remove: (path) => said(() => remove(at, path)),
    check: () => check(at),
    removeUnfinished: (before) => said(() => removeUnfinished(at, before)),
    [Symbol.dispose]: () => at.client.destroy(),
  };
}

function located(root: string): Omit<Bucket, "client"> {
  const [, bucket, path = ""] = /^s3:\/\/([a-z0-9._-]+)(?:\/+(.*))?$/i.exec(root) ?? [];
  try {
    if (bucket === undefined) throw invalid("Invalid path");
    const folder = artifactFolder(path);
    return { bucket, prefix: folder && `${folder}/` };
  } catch (cause) {
    throw new Error(`The artifact root ${root} is not of the form s3://bucket/prefix.`, { cause });
  }
}

const connect = ({ endpoint, region, credentials }: S3Options): S3Client =>
  new S3Client({
    region: region ?? regionOfSdk,
    ...(credentials ? { credentials } : {}),
    // Most stores other than Amazon's know a bucket by the path only.
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    followRegionRedirects: true,
    // Several stores refuse the checksum headers that the SDK adds by itself since 2025.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // The SDK's own one asks for the name and release of the operating system, which needs --allow-sys.
    defaultUserAgentProvider: () => Promise.resolve([["weir"]]),
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 300_000 },
  });

const regionOfSdk = () => new S3Client().config.region().catch(() => "us-east-1");

async function said<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Error(error);
  }
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
  const params = { Bucket: at.bucket, Key: at.prefix + path, ...(type ? { ContentType: type } : {}) };
  const reader = body.getReader();
  const { content, receipt } = arrival(reader, size);
  try {
    if (size !== undefined && size <= partSize) {
      await at.client.send(new PutObjectCommand({ ...params, Body: await new Response(content).bytes() }));
    } else {
      await new Upload({
        client: at.client,
        params: { ...params, Body: content },
        partSize: Math.max(partSize, Math.ceil((size ?? 0) / mostParts)),
        queueSize: partsInFlight,
      }).done();
    }
    return receipt();
  } catch (error) {
    await reader.cancel(error).catch(() => {});
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
async function behindTheEnd(at: Bucket, path: string): Promise<StoredFile> {
  const found = await at.client.send(new HeadObjectCommand({ Bucket: at.bucket, Key: at.prefix + path }));
  return { stream: new Blob().stream(), size: 0, total: found.ContentLength ?? 0, ...version(found) };
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

async function list({ client, bucket, prefix }: Bucket, path: string): Promise<FileInfo[]> {
  const Prefix = path === "" ? prefix : `${prefix}${path}/`;
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

async function* walk({ client, bucket, prefix }: Bucket, path: string): AsyncGenerator<WalkedFile> {
  const Prefix = path === "" ? prefix : `${prefix}${path}/`;
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
async function removeUnfinished({ client, bucket, prefix }: Bucket, before: Date): Promise<number> {
  const Bucket = bucket;
  let removed = 0;
  let next: Pick<ListMultipartUploadsCommandInput, "KeyMarker" | "UploadIdMarker"> | undefined = {};
  while (next) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, ...next }),
    );
    for (const { Key, UploadId, Initiated = new Date() } of page.Uploads ?? []) {
      if (Initiated >= before) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      removed++;
    }
    next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
  }
  return removed;
}

async function erase(client: S3Client, Bucket: string, Objects: { Key: string }[]): Promise<void> {
  const { Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  const refused = Errors?.find(({ Code }) => Code !== "NoSuchKey");
  if (refused) {
    throw new ApiError("PERMISSION_DENIED", `The artifact store refused: ${refused.Code}: ${refused.Message}`);
  }
}
