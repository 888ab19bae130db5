/** What objects may be stored with in S3, of what MLflow takes there (the `ExtraArgs` of boto3). */
const choices = {
  ServerSideEncryption: ["AES256", "aws:kms", "aws:kms:dsse"],
  ACL: [
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
  ],
  StorageClass: [
    "STANDARD",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
    "REDUCED_REDUNDANCY",
    "EXPRESS_ONEZONE",
  ],
} as const;
const texts = [
  "SSEKMSKeyId",
  "SSEKMSEncryptionContext",
  "CacheControl",
  "GrantFullControl",
  "GrantRead",
  "GrantReadACP",
  "GrantWriteACP",
  "Tagging",
] as const;

type Choices = typeof choices;
export type UploadArguments =
  & { [name in keyof Choices]?: Choices[name][number] }
  & { [name in (typeof texts)[number]]?: string }
  & { BucketKeyEnabled?: boolean };

/** To end "must be …". Neither classes that have to be thawed nor customers' own keys, since files could not be read then. */
export const uploadArgumentsExpected = 'JSON such as {"ServerSideEncryption": "AES256"} with no other fields than ' +
  `${[...Object.keys(choices), "BucketKeyEnabled", ...texts].join(", ")}, each with a value that S3 knows for it`;

/** The arguments that a JSON object says; undefined where a field or its value is not one of those. */
export function uploadArguments(text: string): UploadArguments | undefined {
  const given = fieldsOf(text);
  if (!given) return undefined;
  const found: UploadArguments = {};
  const fits = Object.entries(given).every(([name, value]) => take(found, name, value));
  return fits ? found : undefined;
}

function fieldsOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function take(found: UploadArguments, name: string, value: unknown): boolean {
  const oneOf = <T extends string>(known: readonly T[]): T | undefined => known.find((one) => one === value);
  if (name === "BucketKeyEnabled" && typeof value === "boolean") return put(found, name, value);
  if (name === "ServerSideEncryption" || name === "ACL" || name === "StorageClass") {
    return put(found, name, oneOf<NonNullable<UploadArguments[typeof name]>>(choices[name]));
  }
  const text = texts.find((one) => one === name);
  // As a header: no control characters.
  const sendable = typeof value === "string" && /^[\x20-\x7e]+$/.test(value);
  return text !== undefined && sendable && put(found, text, value);
}

function put<Name extends keyof UploadArguments>(
  found: UploadArguments,
  name: Name,
  value: UploadArguments[Name] | undefined,
): boolean {
  if (value === undefined) return false;
  found[name] = value;
  return true;
}
