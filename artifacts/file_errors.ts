import { ApiError, type ErrorCode, invalid } from "../domain/errors.ts";

/**
 * What the operating system's errors mean to the sender of a file. None of these statuses is one that MLflow's Python client
 * retries (408, 429, 500, 502, 503, 504: seven times, minutes in all, the whole file again each time), but for EMFILE, which
 * passes by itself.
 */
const meanings: Readonly<Record<string, [ErrorCode, string]>> = {
  EACCES: ["PERMISSION_DENIED", "The server may not use its artifact folder: the operating system denies it."],
  EPERM: ["PERMISSION_DENIED", "The server may not use its artifact folder: the operating system denies it."],
  EROFS: ["PERMISSION_DENIED", "The server may not write to its artifact folder: it is mounted read-only."],
  ENOSPC: [
    "RESOURCE_CONFLICT",
    "The disk that holds the artifacts is full: free some space, then send the file again.",
  ],
  EDQUOT: [
    "RESOURCE_CONFLICT",
    "The disk quota of the artifacts is used up: free some space, then send the file again.",
  ],
  EFBIG: ["RESOURCE_CONFLICT", "The file is larger than the server's file system can hold."],
  EXDEV: [
    "RESOURCE_CONFLICT",
    "The folder is on another file system than the artifact root, so that no file can be moved into it.",
  ],
  ENOENT: ["RESOURCE_CONFLICT", "Another request removed the folder at the same moment: try again."],
  ENOTEMPTY: ["RESOURCE_CONFLICT", "Another request put a file into the folder at the same moment: try again."],
  EMFILE: ["TEMPORARILY_UNAVAILABLE", "The server has too many files open: try again in a moment."],
  ENFILE: ["TEMPORARILY_UNAVAILABLE", "The server has too many files open: try again in a moment."],
};

/** The error of a file operation on the artifact `path`, for its user: without the server's own folders. Others as they are. */
export function fileError(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === "ENAMETOOLONG") {
    return invalid(`Invalid path: the server's file system holds no name as long as that of '${path}'`);
  }
  if (code === "ENOTDIR" || code === "EEXIST") {
    return invalid(`'${path}' cannot be written: a part of its path is a file.`);
  }
  if (code === "EISDIR") return invalid(`'${path}' cannot be written: it is a folder.`);
  if (code === "ELOOP") return invalid("Invalid path");
  const meaning = meanings[code];
  return meaning ? new ApiError(...meaning, { cause: error }) : error;
}

/** Whether the operating system says that there is no such file. */
export const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(systemCode(error));

function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  // Deno 2.9 gives these no code.
  if (error.message.startsWith("File too large")) return "EFBIG";
  return /quota exceeded/i.test(error.message) ? "EDQUOT" : "";
}
