import { Buffer } from "node:buffer";
import type { BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import { ApiError, invalid } from "../domain/errors.ts";
import { connectAccount } from "./azure_account.ts";
import { azureError, isMissing } from "./azure_errors.ts";
import { type AzureOptions, parseWasbs } from "./wasbs.ts";

/** A container, the start of every name in it ("" or ending with a slash), and the connection to it. */
export interface AzureContainer {
  client: ContainerClient;
  prefix: string;
  /** For messages. */
  url: string;
}

/** The container at `wasbs://container@account.blob.core.windows.net/prefix`. Errors of one sentence, as of `connectAccount`. */
export function openContainer(root: string, options: AzureOptions): AzureContainer {
  const place = parseWasbs(root);
  const client = connectAccount(place, options).getContainerClient(place.container);
  return { client, prefix: place.prefix, url: `wasbs://${place.container}@${place.host}/${place.prefix}` };
}

/** UTF-16 units, Azure's limit. */
const longestName = 1024;

export function blobAt({ client, prefix }: AzureContainer, path: string): BlockBlobClient {
  const name = prefix + path;
  if (name.length > longestName) throw invalid("Invalid path: the artifact store holds no name that long");
  return client.getBlockBlobClient(name);
}

/** The names of what a folder holds begin with this. */
export const startOf = ({ prefix }: AzureContainer, path: string): string => path === "" ? prefix : `${prefix}${path}/`;

/** Tells the errors of the SDK in the words of the API. */
export async function said<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw azureError(error);
  }
}

/** Milliseconds for a question to the store, and for one that brings a block along; the SDK's attempts included. */
export const patience = 60_000;
export const blockPatience = 300_000;

/**
 * Does something that may take so long, or TEMPORARILY_UNAVAILABLE. The SDK by itself waits without end for a store that keeps
 * silent.
 */
export async function within<T>(milliseconds: number, work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), milliseconds);
  try {
    return await work(abort.signal);
  } catch (error) {
    throw abort.signal.aborted ? tooLate(error) : error;
  } finally {
    clearTimeout(timer);
  }
}

export const tooLate = (cause: unknown): ApiError =>
  new ApiError("TEMPORARILY_UNAVAILABLE", "The artifact store cannot be reached: it does not answer in time.", {
    cause,
  });

/** What is known of a blob; undefined when there is none, or a folder as Hadoop and hierarchical accounts note it. */
export async function head(at: AzureContainer, path: string) {
  try {
    const found = await within(patience, (abortSignal) => blobAt(at, path).getProperties({ abortSignal }));
    return isFolderMark(found) ? undefined : found;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a blob only says that there is a folder of its name. */
export const isFolderMark = ({ metadata }: { metadata?: Record<string, string> }): boolean =>
  metadata?.hdi_isfolder === "true";

/**
 * The name of a block: an upload's UUID and the block's number, or a word. All blocks of a blob, those too that another program
 * left, must have names of one length: 48 bytes is that of Azure's own SDK.
 */
export const blockId = (upload: string, block: number | string): string =>
  Buffer.from(`${upload}${`${block}`.padStart(12, "0")}`).toString("base64");
