import { basename, dirname, join } from "node:path";
import { byBytes } from "../domain/artifact_check.ts";
import type { FileInfo } from "../domain/entities.ts";
import { invalid } from "../domain/errors.ts";
import { fileError, isMissing } from "./file_errors.ts";
import { checkArrivals, openArrivals, put, removeLeft } from "./local_arrivals.ts";
import { arrivals, located, within } from "./local_paths.ts";
import type { ArtifactStore, ByteRange, StoredFile, WalkedFile } from "./store.ts";

/** Bytes: what a stream holds of a file. */
const chunkSize = 64 * 1024;

/**
 * The store in the folder `root`, which is made where it is missing; an Error of one sentence when that fails. A path never
 * leads out of it, symbolic links included (A9 of the attack list): those within are followed.
 */
export async function localStore(root: string): Promise<ArtifactStore> {
  const folder = await openArrivals(root);
  return {
    put: (path, body, options = {}) => said(path, () => put(folder, path, body, options.size)),
    get: (path, range) => said(path, () => get(folder, path, range)),
    list: (path) => said(path, () => list(folder, path)),
    walk: (path) => toldOf(path, walk(folder, path)),
    remove: (path) => said(path, () => remove(folder, path)),
    check: () => checkArrivals(folder, root),
    removeUnfinished: () => said(".", () => removeLeft(folder)),
  };
}

/** Tells the errors of the operating system in the words of the API. */
async function said<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, path);
  }
}

async function* toldOf(path: string, files: AsyncGenerator<WalkedFile>): AsyncGenerator<WalkedFile> {
  try {
    yield* files;
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * A file opened for reading; undefined when there is none. Between the look at where it is and its opening, somebody who may write
 * to the folder could put a link in its way: what was opened must be what stands there (A9). So it is when another request
 * replaced the file in that moment, which is why it is tried again.
 */
async function opened(root: string, path: string, tries = 5): Promise<Deno.FsFile | undefined> {
  const real = await located(root, path);
  if (real === undefined) return undefined;
  // Before opening it: to open a named pipe waits for its writer.
  const { isFile } = await Deno.stat(real);
  if (!isFile) throw invalid(`Artifact path refers to a directory, not a file: '${path}'`);
  const file = await Deno.open(real);
  if (standsThere(await file.stat(), root, path)) return file;
  file.close();
  if (tries === 1) throw invalid("Invalid path");
  return await opened(root, path, tries - 1);
}

/** How often a file must be seen in its place: whoever swaps folders and links wins a look by chance, but not all of them. */
const looks = 16;

/**
 * At once, without a turn of the event loop in between: whoever swaps links has microseconds, and would have to swap them in step
 * with every look. The system's own answer to where an open file lies (`/proc/self/fd`) is open only to programs with all rights.
 */
function standsThere(own: Deno.FileInfo, root: string, path: string): boolean {
  try {
    const real = within(root, Deno.realPathSync(join(root, path)));
    for (let look = 0; look < looks; look++) {
      const there = Deno.lstatSync(real);
      if (own.ino !== there.ino || own.dev !== there.dev || Deno.realPathSync(join(root, path)) !== real) return false;
    }
    return true;
  } catch {
    return false;
  }
}

async function get(root: string, path: string, range?: ByteRange): Promise<StoredFile | undefined> {
  const file = await opened(root, path);
  if (file === undefined) return undefined;
  try {
    const { size: total, mtime, ino } = await file.stat();
    const start = Math.min(range?.start ?? 0, total);
    const size = Math.max(Math.min(range?.end ?? total, total - 1) - start + 1, 0);
    await file.seek(start, Deno.SeekMode.Start);
    const last_modified = mtime ?? new Date(0);
    // Each put makes a new inode, which tells two files of one size and one millisecond apart.
    const etag = `"${[ino ?? 0, total, last_modified.getTime()].map((n) => n.toString(16)).join("-")}"`;
    return { stream: streamed(file, size), size, total, last_modified, etag };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The next `size` bytes of a file, which is closed at their end or when the stream is cancelled, whichever comes first. */
function streamed(file: Deno.FsFile, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = size;
  let open = true;
  const close = () => {
    if (open) file.close();
    open = false;
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const chunk = new Uint8Array(Math.min(left, chunkSize));
        const read = left > 0 ? await file.read(chunk) : 0;
        if (!open) return;
        if (read === null) throw new Error("The file became shorter while it was read.");
        if (read > 0) controller.enqueue(chunk.subarray(0, read));
        left -= read;
        if (left > 0) return;
        controller.close();
      } catch (error) {
        if (open) controller.error(error);
      }
      close();
    },
    cancel: close,
  });
}

async function list(root: string, path: string): Promise<FileInfo[]> {
  const folder = await located(root, path);
  if (folder === undefined || !(await Deno.stat(folder)).isDirectory) return [];
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const found = await Promise.all(entries.map((entry) => described(root, folder, entry)));
  return found.filter((file) => file !== undefined).sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Links to files are followed, links to folders are not: they may lead round in a circle. */
async function* walk(root: string, path: string): AsyncGenerator<WalkedFile> {
  const folder = await located(root, path);
  if (folder === undefined || !(await Deno.stat(folder)).isDirectory) return;
  const entries = (await Array.fromAsync(Deno.readDir(folder)))
    .filter(({ name }) => path !== "" || name !== arrivals)
    // A folder stands where its files do, behind `name-` and `name.`.
    .map((entry) => ({ ...entry, place: entry.isDirectory ? `${entry.name}/` : entry.name }))
    .sort((a, b) => byBytes(a.place, b.place));
  for (const { name, isDirectory, isSymlink } of entries) {
    const below = path === "" ? name : `${path}/${name}`;
    if (isDirectory) yield* walk(root, below);
    else {
      const file = await statFile(root, folder, name, isSymlink);
      if (file?.isFile) yield { path: below, size: file.size, last_modified: file.mtime ?? new Date(0) };
    }
  }
}

/** Undefined for what is not for users: the arrivals, links that lead nowhere or outside, devices, what was removed just now. */
async function described(
  root: string,
  folder: string,
  { name, isSymlink }: Deno.DirEntry,
): Promise<FileInfo | undefined> {
  const { isFile, isDirectory, size = 0 } = await statFile(root, folder, name, isSymlink) ?? {};
  if (isDirectory) return { path: name, is_dir: true };
  return isFile ? { path: name, is_dir: false, file_size: size } : undefined;
}

async function statFile(
  root: string,
  folder: string,
  name: string,
  isSymlink: boolean,
): Promise<Deno.FileInfo | undefined> {
  try {
    const at = join(folder, name);
    return await Deno.stat(within(root, isSymlink ? await Deno.realPath(at) : at));
  } catch {
    return undefined;
  }
}

async function remove(root: string, path: string): Promise<void> {
  if (path === "") throw invalid("Invalid path");
  const parent = await located(root, dirname(path));
  if (parent === undefined) return;
  const target = join(parent, basename(path));
  try {
    // A link goes itself; what it leads to stays.
    const { isSymlink } = await Deno.lstat(target);
    if (!isSymlink && within(root, await Deno.realPath(target)) === root) throw invalid("Invalid path");
    await Deno.remove(target, { recursive: !isSymlink });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
