import { type BlobGenerateSasUrlOptions, BlobSASPermissions, SASProtocol } from "@azure/storage-blob";
import { attachment } from "../domain/attachment.ts";
import { invalid, notFound } from "../domain/errors.ts";
import { mediaType } from "../domain/media_type.ts";
import { type AzureContainer, blobAt, blockId, head, patience, said, within } from "./azure_container.ts";
import { isMissing } from "./azure_errors.ts";
import {
  type DirectAccess,
  type DirectUpload,
  longestSigned,
  type Receipt,
  type SignedUrl,
  type UploadedPart,
} from "./store.ts";

/**
 * How clients reach a container themselves, with URLs that carry a shared access signature. A part is a block of the blob. Azure
 * knows no uploads: one is what its blocks' names begin with, and it keeps no length of what may be sent.
 */
export const directAccess = (at: AzureContainer): DirectAccess => ({
  startUpload: (path, parts) => said(() => startUpload(at, path, parts)),
  completeUpload: (path, id, parts) => said(() => completeUpload(at, path, id, parts)),
  abortUpload: (path, id) => said(() => abortUpload(at, path, id)),
  signUpload: (path, seconds) => said(() => signUpload(at, path, seconds)),
  signDownload: (path, seconds) => said(() => signDownload(at, path, seconds)),
});

/** A block of this name says that its upload was aborted. */
const aborted = "aborted";

async function sign(
  at: AzureContainer,
  path: string,
  permission: "r" | "w",
  seconds: number,
  options: Partial<BlobGenerateSasUrlOptions> = {},
): Promise<string> {
  const blob = blobAt(at, path);
  return await blob.generateSasUrl({
    ...options,
    permissions: BlobSASPermissions.parse(permission),
    expiresOn: new Date(Date.now() + Math.min(seconds, longestSigned) * 1000),
    protocol: blob.url.startsWith("https:") ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
  });
}

async function startUpload(at: AzureContainer, path: string, parts: number): Promise<DirectUpload> {
  const upload_id = crypto.randomUUID();
  const url = await sign(at, path, "w", longestSigned);
  const credentials = Array.from({ length: parts }, (_, i) => ({
    part_number: i + 1,
    url: `${url}&comp=block&blockid=${encodeURIComponent(blockId(upload_id, i + 1))}`,
    headers: {},
  }));
  return { upload_id, credentials };
}

interface Block {
  name: string;
  /** Bytes. */
  size: number;
}

/** The blocks of an upload: those that wait, and those that the file is made of. */
async function blocksOf(at: AzureContainer, path: string, id: string): Promise<{ waiting: Block[]; file: Block[] }> {
  const none = { waiting: [], file: [] };
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return none;
  // Base64 of 36 bytes, so that the names which begin with them begin with it.
  const start = btoa(id);
  try {
    const found = await within(patience, (abortSignal) => blobAt(at, path).getBlockList("all", { abortSignal }));
    const { uncommittedBlocks = [], committedBlocks = [] } = found;
    const own = ({ name }: Block) => name.startsWith(start);
    return { waiting: uncommittedBlocks.filter(own), file: committedBlocks.every(own) ? committedBlocks : [] };
  } catch (error) {
    if (isMissing(error)) return none;
    throw error;
  }
}

async function completeUpload(
  at: AzureContainer,
  path: string,
  id: string,
  parts: readonly UploadedPart[],
): Promise<Receipt> {
  const { waiting, file } = await blocksOf(at, path, id);
  const ids = parts.map(({ part_number }) => part_number).sort((a, b) => a - b).map((part) => blockId(id, part));
  if (waiting.some(({ name }) => name === blockId(id, aborted)) || waiting.length + file.length === 0) {
    throw notFound(`There is no upload with ID '${id}' of '${path}' under way.`);
  }
  // The answer to an earlier attempt may have been lost: then the file is there already.
  const blocks = waiting.length > 0 ? waiting : file;
  const arrived = new Set(blocks.map(({ name }) => name));
  if (ids.length !== arrived.size || new Set(ids).symmetricDifference(arrived).size > 0) {
    throw invalid("The 'parts' are not those that were uploaded.");
  }
  const { etag = "" } = waiting.length > 0
    ? await within(
      patience,
      (abortSignal) =>
        blobAt(at, path).commitBlockList(ids, { blobHTTPHeaders: { blobContentType: mediaType(path) }, abortSignal }),
    )
    : await head(at, path) ?? {};
  return {
    size: blocks.reduce((sum, { size }) => sum + size, 0),
    checksum: `etag:${etag.replaceAll('"', "")}`,
  };
}

/**
 * Blocks cannot be removed, but Azure drops them after a week. They are not emptied either: `completeUpload` may be at them in this
 * moment. A further one keeps the upload from being completed.
 */
async function abortUpload(at: AzureContainer, path: string, id: string): Promise<void> {
  const { waiting } = await blocksOf(at, path, id);
  if (waiting.length === 0) return;
  await within(patience, (abortSignal) => blobAt(at, path).stageBlock(blockId(id, aborted), "-", 1, { abortSignal }));
}

async function signUpload(at: AzureContainer, path: string, seconds: number): Promise<SignedUrl> {
  const headers = { "x-ms-blob-type": "BlockBlob", "Content-Type": mediaType(path) };
  return { url: await sign(at, path, "w", seconds), headers };
}

async function signDownload(
  at: AzureContainer,
  path: string,
  seconds: number,
): Promise<SignedUrl & { file_size: number } | undefined> {
  const found = await head(at, path);
  if (!found) return undefined;
  const url = await sign(at, path, "r", seconds, { contentDisposition: attachment(path) });
  return { url, headers: {}, file_size: found.contentLength ?? 0 };
}
