import { unzipSync, zipSync } from "fflate";
import { invalid } from "../errors.ts";
import { withoutCredentials } from "./source.ts";

/** Projects of people's own machines, sent to the server as one zip file. */

export interface ProjectFile {
  /** Below the project's folder, with slashes. */
  path: string;
  bytes: Uint8Array;
}

/** Files of a project at most, their bytes, and those of the zip file. It is code, not data. */
const mostFiles = 10_000;
const mostBytes = 500 * 1024 * 1024;
export const largestUpload = 100 * 1024 * 1024;

/** What is no part of a project: history, caches, environments and what runs have written. */
const leftOut = new Set([
  ...[".git", "__pycache__", ".venv", "venv", "node_modules", ".ipynb_checkpoints", ".DS_Store"],
  ...["mlruns", ".mypy_cache", ".pytest_cache", ".ruff_cache"],
]);

/** Whether a file or folder of this name goes with its project. */
export const isPart = (path: string): boolean => !path.split("/").some((name) => leftOut.has(name));

/** Made the same way each time, so that the same files are the same zip. INVALID_PARAMETER_VALUE for names and sizes that cannot be. */
export function packProject(files: readonly ProjectFile[]): Uint8Array<ArrayBuffer> {
  const parts = files.filter(({ path }) => isPart(path)).toSorted((a, b) => a.path < b.path ? -1 : 1);
  if (parts.length === 0) throw invalid("The project has no files.");
  if (parts.length > mostFiles) {
    throw invalid(`A project may have ${mostFiles} files at most; this has ${parts.length}.`);
  }
  let size = 0;
  const entries: Record<string, Uint8Array> = {};
  for (const { path, bytes } of parts) {
    checkPath(path);
    if (Object.hasOwn(entries, path)) throw invalid(`The project has the file ${JSON.stringify(path)} twice.`);
    size += bytes.length;
    entries[path] = bytes;
  }
  if (size > mostBytes) throw invalid(`A project may have ${mostBytes} bytes at most; this has ${size}.`);
  const zip = new Uint8Array(zipSync(entries, { mtime: new Date(2000, 0, 1) }));
  if (zip.length > largestUpload) throw tooLarge(zip.length);
  return zip;
}

export const tooLarge = (size: number): Error =>
  invalid(`A project may have ${largestUpload} bytes as a zip file; this has ${size}. Data belongs elsewhere.`);

function checkPath(path: string): void {
  const names = path.split("/");
  // deno-lint-ignore no-control-regex -- they have no place in a name
  const wrong = path.length > 1000 || /[\\\0-\x1f]|^[a-z]:/i.test(path) || !path.isWellFormed() ||
    names.some((name) => name === "" || name === "." || name === "..");
  if (wrong) throw invalid(`The project has a file whose name leads out of it: ${JSON.stringify(path.slice(0, 200))}.`);
}

/** The files of a zip, read within the limits of a project. INVALID_PARAMETER_VALUE for what is none. */
export function unpackProject(zip: Uint8Array): ProjectFile[] {
  let [count, size] = [0, 0];
  const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
    if (name.endsWith("/") || !isPart(name)) return false;
    count++;
    size += originalSize;
    if (count > mostFiles || size > mostBytes) {
      throw invalid(`A project may have ${mostFiles} files and ${mostBytes} bytes at most.`);
    }
    return true;
  };
  try {
    return Object.entries(unzipSync(zip, { filter })).map(([path, bytes]) => ({ path, bytes }));
  } catch (error) {
    if (error instanceof Error && error.name === "ApiError") throw error;
    throw invalid(`The project is no readable ZIP file: ${error instanceof Error ? error.message : error}`);
  }
}

/** The files without the folder that all of them lie in, as a browser sends one, and zips are often made. */
export function withoutTop(files: readonly ProjectFile[]): { top: string | undefined; files: readonly ProjectFile[] } {
  const [top = "", ...others] = new Set(files.map(({ path }) => path.split("/", 1)[0] ?? ""));
  const isFolder = !["", ".", ".."].includes(top) && files.every(({ path }) => path.includes("/"));
  if (!isFolder || others.length > 0) return { top: undefined, files };
  return { top, files: files.map(({ path, bytes }) => ({ path: path.slice(top.length + 1), bytes })) };
}

/** Where uploaded projects lie in the server's own store, each below its SHA-256. */
export const uploadFolder = "projects";

export interface PackedProject {
  /** In the server's own store. */
  path: string;
  /** What a job names it by. */
  uri: string;
  zip: Uint8Array<ArrayBuffer>;
}

/** `name` is for people. */
export async function packedProject(name: string, files: readonly ProjectFile[]): Promise<PackedProject> {
  const zip = packProject(files);
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", zip)).toHex();
  const plain = name.replace(/\.zip$/i, "").replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "").slice(0, 60) || "project";
  const path = `${uploadFolder}/${sha256}/${plain}.zip`;
  return { path, uri: `mlflow-artifacts:/${path}`, zip };
}

const uploaded = /^mlflow-artifacts:\/projects\/([0-9a-f]{64})\/([^/#]+)\.zip(#.*)?$/;

/** The SHA-256 of an uploaded project, and what it is called; undefined for any other. */
export function uploadOf(uri: string): { sha256: string; name: string } | undefined {
  const [, sha256, name, part = ""] = uploaded.exec(uri) ?? [];
  return sha256 === undefined || name === undefined ? undefined : { sha256, name: name + part };
}

/** A project's address as people are shown it: without credentials, an uploaded one by its name. */
export const shownSource = (uri: string): string => uploadOf(uri)?.name ?? withoutCredentials(uri);
