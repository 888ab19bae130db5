import {
  HeadBucketCommand,
  HeadObjectCommand,
  NotFound,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { artifactFolder } from "../domain/artifact_path.ts";
import { invalid } from "../domain/errors.ts";
import { s3Error } from "./s3_errors.ts";
import { fetchHandler } from "./s3_fetch.ts";

export interface S3Options {
  /** Of an S3-compatible store. Without it, the SDK's own rules apply (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, Amazon). */
  endpoint?: string;
  /** Without it, the SDK's rules (`AWS_REGION`, profiles), and at last us-east-1, from where Amazon redirects to the bucket's own. */
  region?: string;
  /** Without them, the SDK's chain: `AWS_…` variables, profiles, web identity, the machine's role. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Where a URL names the bucket: in the path or the host; "auto": in the path where there is an `endpoint`. */
  addressing?: "auto" | "path" | "virtual";
  uploadArguments?: UploadArguments;
  /** Whether any certificate will do. */
  ignoreTls?: boolean;
}

/** What every object is stored with: encryption, class, rights. */
export type UploadArguments = Pick<PutObjectCommandInput, keyof typeof argumentHeaders>;

/** The headers in which these arguments of an upload travel. */
export const argumentHeaders = {
  ACL: "x-amz-acl",
  BucketKeyEnabled: "x-amz-server-side-encryption-bucket-key-enabled",
  CacheControl: "Cache-Control",
  GrantFullControl: "x-amz-grant-full-control",
  GrantRead: "x-amz-grant-read",
  GrantReadACP: "x-amz-grant-read-acp",
  GrantWriteACP: "x-amz-grant-write-acp",
  SSEKMSEncryptionContext: "x-amz-server-side-encryption-context",
  SSEKMSKeyId: "x-amz-server-side-encryption-aws-kms-key-id",
  ServerSideEncryption: "x-amz-server-side-encryption",
  StorageClass: "x-amz-storage-class",
  Tagging: "x-amz-tagging",
} as const;

/** A bucket, the start of every key in it ("" or ending with a slash), and the connection to it. */
export interface Bucket {
  client: S3Client;
  /** For bodies: Node's way sends them as they are, while `fetch` copies each, which adds up to hundreds of megabytes. */
  uploads: S3Client;
  bucket: string;
  prefix: string;
  uploadArguments: UploadArguments;
  /** What URLs for others are signed with. */
  signer(): Promise<S3Client>;
}

/** The bucket at `s3://bucket/prefix`. Throws an Error of one sentence for another form of `root`. */
export function openBucket(root: string, options: S3Options = {}): Bucket {
  const { endpoint, uploadArguments = {} } = options;
  const client = connect(options);
  const uploads = connect(options, nodeHandler(options));
  const place = located(root);
  let signer = endpoint ? client : undefined;
  return {
    client,
    uploads,
    ...place,
    uploadArguments,
    signer: async () => (signer ??= await connectToRegion(client, place.bucket, options)) ?? client,
  };
}

function located(root: string): Pick<Bucket, "bucket" | "prefix"> {
  const [, bucket, path = ""] = /^s3:\/\/([a-z0-9._-]+)(?:\/+(.*))?$/i.exec(root) ?? [];
  try {
    if (bucket === undefined) throw invalid("Invalid path");
    const folder = artifactFolder(path);
    return { bucket, prefix: folder && `${folder}/` };
  } catch (cause) {
    throw new Error(`The artifact root ${root} is not of the form s3://bucket/prefix.`, { cause });
  }
}

/** Milliseconds to connect in, and without a byte. */
const nodeHandler = ({ ignoreTls = false }: S3Options) => ({
  connectionTimeout: 5_000,
  socketTimeout: 30_000,
  ...(ignoreTls && { httpsAgent: { rejectUnauthorized: false } }),
});

function connect(
  options: S3Options,
  // Any certificate will do for Node's way only.
  requestHandler: S3ClientConfig["requestHandler"] = options.ignoreTls ? nodeHandler(options) : fetchHandler(),
): S3Client {
  const { endpoint, region, credentials, addressing = "auto" } = options;
  const client = new S3Client({
    region: region ?? regionOfSdk,
    ...(credentials ? { credentials } : {}),
    ...(endpoint ? { endpoint } : {}),
    // Most stores other than Amazon's know a bucket by the path only.
    forcePathStyle: addressing === "path" || addressing === "auto" && endpoint !== undefined,
    followRegionRedirects: true,
    // Several stores refuse the checksum headers that the SDK adds by itself since 2025.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // The SDK's own one asks for the name and release of the operating system, which needs --allow-sys.
    defaultUserAgentProvider: () => Promise.resolve([["weir"]]),
    requestHandler,
  });
  client.middlewareStack.add((next) => (args) => {
    if (isPut(args.request)) args.request.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
    return next(args);
  }, { step: "build" });
  return client;
}

/**
 * What is stored is not hashed for the signature, as the SDK has it with TLS: without it, a quarter of an upload's time goes there. The
 * file has its own hash (`arrival.ts`).
 */
const isPut = (request: unknown): request is { headers: Record<string, string> } =>
  typeof request === "object" && request !== null && "headers" in request && "method" in request &&
  request.method === "PUT";

const regionOfSdk = () => new S3Client().config.region().catch(() => "us-east-1");

/**
 * A client of the bucket's own region: Amazon redirects requests to it, but refuses URLs that are signed for another. Undefined
 * where the region cannot be asked for: then the right one has to be set.
 */
async function connectToRegion(client: S3Client, bucket: string, options: S3Options): Promise<S3Client | undefined> {
  const found = await client.send(new HeadBucketCommand({ Bucket: bucket })).catch(() => undefined);
  return found?.BucketRegion ? connect({ ...options, region: found.BucketRegion }) : undefined;
}

/** What is known of an object (size in bytes); undefined when there is none. */
export async function head(
  { client, bucket, prefix }: Bucket,
  path: string,
): Promise<{ size: number; etag: string; last_modified: Date } | undefined> {
  try {
    const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: prefix + path }));
    const { ContentLength: size = 0, ETag: etag = "", LastModified: last_modified = new Date(0) } = found;
    return { size, etag, last_modified };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** Tells the errors of the SDK in the words of the API. */
export async function said<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Error(error);
  }
}
