import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  NoSuchUpload,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { attachment } from "../domain/attachment.ts";
import { notFound } from "../domain/errors.ts";
import { mediaType } from "../domain/media_type.ts";
import { argumentHeaders, type Bucket, head, said, type UploadArguments } from "./s3_bucket.ts";
import { partsError } from "./s3_errors.ts";
import {
  type DirectAccess,
  type DirectUpload,
  longestSigned,
  type Receipt,
  type SignedUrl,
  type UploadedPart,
} from "./store.ts";

/** How clients reach a bucket themselves. */
export const directAccess = (at: Bucket): DirectAccess => ({
  startUpload: (path, parts) => said(() => startUpload(at, path, parts)),
  completeUpload: (path, id, parts) => said(() => completeUpload(at, path, id, parts)),
  abortUpload: (path, id) => said(() => abortUpload(at, path, id)),
  signUpload: (path, seconds) => said(() => signUpload(at, path, seconds)),
  signDownload: (path, seconds) => said(() => signDownload(at, path, seconds)),
});

const objectAt = ({ bucket, prefix }: Bucket, path: string) => ({ Bucket: bucket, Key: prefix + path });
const expiring = (seconds: number) => ({ expiresIn: Math.min(seconds, longestSigned) });

async function startUpload(at: Bucket, path: string, parts: number): Promise<DirectUpload> {
  const object = objectAt(at, path);
  const signer = await at.signer();
  const { UploadId = "" } = await at.client.send(
    new CreateMultipartUploadCommand({ ...object, ...at.uploadArguments, ContentType: mediaType(path) }),
  );
  const credentials: DirectUpload["credentials"] = [];
  for (let part_number = 1; part_number <= parts; part_number++) {
    const part = new UploadPartCommand({ ...object, UploadId, PartNumber: part_number });
    credentials.push({ part_number, url: await getSignedUrl(signer, part, expiring(longestSigned)), headers: {} });
  }
  return { upload_id: UploadId, credentials };
}

/** What stores call uploads. Some make a path of it, in which nothing may lead elsewhere. */
const mayBeUpload = (id: string): boolean =>
  id.length <= 1024 && id.split("/").every((name) => /^[\w.~+=:-]+$/.test(name) && !/^\.+$/.test(name));

async function completeUpload(
  at: Bucket,
  path: string,
  UploadId: string,
  parts: readonly UploadedPart[],
): Promise<Receipt> {
  const Parts = parts.map(({ part_number, etag }) => ({ PartNumber: part_number, ETag: `"${bare(etag)}"` }));
  const upload = { ...objectAt(at, path), UploadId, MultipartUpload: { Parts } };
  const unknown = notFound(`There is no upload with ID '${UploadId}' of '${path}' under way.`);
  if (!mayBeUpload(UploadId)) throw unknown;
  const before = await head(at, path);
  const gone = await at.client.send(new CompleteMultipartUploadCommand(upload)).then(() => false, (error) => {
    if (error instanceof NoSuchUpload) return true;
    throw partsError(error);
  });
  const file = await head(at, path);
  // Versitygw takes an upload that it does not know for one that was completed, when there is a file.
  const untouched = gone || before?.etag === file?.etag && `${before?.last_modified}` === `${file?.last_modified}`;
  // The answer to an earlier attempt may have been lost: then the file is there, made of just these parts.
  if (!file || untouched && bare(file.etag) !== etagOfParts(parts)) throw unknown;
  return { size: file.size, checksum: `etag:${bare(file.etag)}` };
}

async function abortUpload(at: Bucket, path: string, UploadId: string): Promise<void> {
  if (!mayBeUpload(UploadId)) return;
  try {
    await at.client.send(new AbortMultipartUploadCommand({ ...objectAt(at, path), UploadId }));
  } catch (error) {
    if (!(error instanceof NoSuchUpload)) throw error;
  }
}

async function signUpload(at: Bucket, path: string, seconds: number): Promise<SignedUrl> {
  const ContentType = mediaType(path);
  const put = new PutObjectCommand({ ...objectAt(at, path), ...at.uploadArguments, ContentType });
  const headers = { "Content-Type": ContentType, ...headersOf(at.uploadArguments) };
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const url = await getSignedUrl(await at.signer(), put, {
    ...expiring(seconds),
    // By itself the SDK leaves the type out of the signature, and moves others into the query, which not every store reads there.
    signableHeaders: names,
    unhoistableHeaders: names,
  });
  return { url, headers };
}

const headerOf = new Map<string, string>(Object.entries(argumentHeaders));
const headersOf = (uploadArguments: UploadArguments): Record<string, string> =>
  Object.fromEntries(Object.entries(uploadArguments).map(([name, value]) => [headerOf.get(name) ?? name, `${value}`]));

async function signDownload(
  at: Bucket,
  path: string,
  seconds: number,
): Promise<SignedUrl & { file_size: number } | undefined> {
  const file = await head(at, path);
  if (!file) return undefined;
  const get = new GetObjectCommand({ ...objectAt(at, path), ResponseContentDisposition: attachment(path) });
  const url = await getSignedUrl(await at.signer(), get, expiring(seconds));
  return { url, headers: {}, file_size: file.size };
}

/** Without quotes, nor what proxies write before them. */
const bare = (etag: string): string => etag.replace(/^W\//, "").replaceAll('"', "");

/** The ETag that S3 gives a file of parts which are not encrypted with a key of its own: the MD5 of their MD5s, and how many. */
function etagOfParts(parts: readonly UploadedPart[]): string {
  const hash = createHash("md5");
  for (const { etag } of parts) hash.update(Buffer.from(bare(etag), "hex"));
  return `${hash.digest("hex")}-${parts.length}`;
}
