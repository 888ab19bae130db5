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

/**
 * Where artifacts are kept. Paths are relative, `/`-separated and have passed `artifactPath()` of `domain/artifact_path.ts`.
 * Memory stays flat whatever the size of a file.
 */
export interface ArtifactStore {
  /** Writes a file, replacing what was there only once all of it has arrived. `size` (bytes), where known, is checked. */
  put(path: string, body: ReadableStream<Uint8Array>, options?: { size?: number; type?: string }): Promise<void>;
  /** A file, or undefined when there is none. A folder is INVALID_PARAMETER_VALUE. */
  get(path: string, range?: ByteRange): Promise<StoredFile | undefined>;
  /** The entries of a folder by name, `path` being the bare name; empty when it is a file or is missing. */
  list(path: string): Promise<FileInfo[]>;
  /** Removes a file or a folder with all that is in it. Missing is fine. */
  remove(path: string): Promise<void>;
  /** Throws an Error of one plain sentence when the store cannot be used. */
  check(): Promise<void>;
}
