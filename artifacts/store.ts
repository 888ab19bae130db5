import type { FileInfo } from "../domain/entities.ts";

/** A file as it leaves a store. `stream` must be read to its end or cancelled. */
export interface StoredFile {
  stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Bytes in `stream`: the whole file, or the range that was asked for. */
  size: number;
  /** Bytes of the whole file. */
  total: number;
  last_modified: Date;
  etag: string;
}

/**
 * Bytes `start` to `end`, both inclusive as in HTTP; without `end`, to the end of the file. What lies behind the end of the file
 * is left out, so that a range that starts there answers an empty stream and, in `total`, the size that a 416 tells.
 */
export interface ByteRange {
  start: number;
  end?: number;
}

/** What is known of a file once it is stored. */
export interface Receipt {
  /** Bytes. */
  size: number;
  /** `sha256:<hex>` of what passed through this server, `etag:<text>` of what only the store saw. */
  checksum: string;
}

/** A file below a folder. */
export interface WalkedFile {
  /** In the store. */
  path: string;
  /** Bytes. */
  size: number;
  last_modified: Date;
}

/**
 * Where artifacts are kept. Paths are relative, `/`-separated and have passed `artifactPath()` of `domain/artifact_path.ts`.
 * Memory stays flat whatever the size of a file.
 */
export interface ArtifactStore {
  /** Writes a file, replacing what was there only once all of it has arrived. `size` (bytes), where known, is checked. */
  put(path: string, body: ReadableStream<Uint8Array>, options?: { size?: number; type?: string }): Promise<Receipt>;
  /** A file, or undefined when there is none. A folder is INVALID_PARAMETER_VALUE. */
  get(path: string, range?: ByteRange): Promise<StoredFile | undefined>;
  /** The entries of a folder by name, `path` being the bare name; empty when it is a file or is missing. */
  list(path: string): Promise<FileInfo[]>;
  /** Every file below a folder ("" is the store), in the order of their paths' bytes in UTF-8. Memory stays flat. */
  walk(path: string): AsyncIterable<WalkedFile>;
  /** Removes a file or a folder with all that is in it. Missing is fine. */
  remove(path: string): Promise<void>;
  /** Throws an Error of one plain sentence when the store cannot be used. */
  check(): Promise<void>;
  /** Removes what uploads that began before a time and never ended left behind. Answers how many there were. */
  removeUnfinished(before: Date): Promise<number>;
  /** How clients may reach the store themselves; absent where they cannot. */
  direct?: DirectAccess;
}

/** What a client needs to reach a store past this server. URLs hold for one path and one method, 15 minutes at most. */
export interface DirectAccess {
  /** Begins an upload in so many parts (1 to 10,000), each of which is PUT to a URL. */
  startUpload(path: string, parts: number): Promise<DirectUpload>;
  /** Makes one file of the parts. RESOURCE_DOES_NOT_EXIST for an unknown upload, INVALID_PARAMETER_VALUE for parts that are not those. */
  completeUpload(path: string, upload_id: string, parts: readonly UploadedPart[]): Promise<Receipt>;
  /** Drops the parts. An upload that is gone already is fine. */
  abortUpload(path: string, upload_id: string): Promise<void>;
  /** A URL to PUT a whole file to; for so many seconds, 900 at most. */
  signUpload(path: string, seconds: number): Promise<SignedUrl>;
  /** A URL to GET a file from, ranges too; undefined when there is no such file. */
  signDownload(path: string, seconds: number): Promise<SignedUrl & { file_size: number } | undefined>;
}

export interface SignedUrl {
  url: string;
  /** That the client must send along. */
  headers: Record<string, string>;
}

export interface DirectUpload {
  upload_id: string;
  /** One for each part, numbers from 1. */
  credentials: (SignedUrl & { part_number: number })[];
}

export interface UploadedPart {
  part_number: number;
  /** As the store answered it. */
  etag: string;
}

/** Seconds that a URL of `DirectAccess` holds at most. */
export const longestSigned = 900;
