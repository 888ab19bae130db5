import { basename, dirname, join, sep } from "node:path";
import type { FileInfo } from "../domain/entities.ts";
import { invalid } from "../domain/errors.ts";
import { exactly } from "./arrival.ts";
import { fileError, isMissing } from "./file_errors.ts";
import type { ArtifactStore, ByteRange, StoredFile } from "./store.ts";

/** Holds files while they arrive: in the root, because a rename is atomic only within one file system. */
const arrivals = ".weir-tmp";
const day = 24 * 60 * 60 * 1000;
/** Bytes: what a stream holds of a file. */
const chunkSize = 64 * 1024;

/**
 * The store in the folder `root`, which is made where it is missing; an Error of one sentence when that fails. A path never
 * leads out of it, symbolic links included (A9 of the attack list): those within are followed.
 */
export async function localStore(root: string): Promise<ArtifactStore> {
  const folder = await opened(root);
  return {
    put: (path, body, options = {}) => said(path, () => put(folder, path, body, options.size)),
    get: (path, range) => said(path, () => get(folder, path, range)),
    list: (path) => said(path, () => list(folder, path)),
    remove: (path) => said(path, () => remove(folder, path)),
    check: () => check(folder, root),
  };
}

/** The real path of the root. What a killed process left half arrived is removed. */
async function opened(root: string): Promise<string> {
  try {
    const temporary = join(root, arrivals);
    await Deno.mkdir(temporary, { recursive: true });
    for await (const { name } of Deno.readDir(temporary)) await removeLeft(join(temporary, name));
    return await Deno.realPath(root);
  } catch (error) {
    throw unusable(root, error);
  }
}

/** Of several processes that start at once each does this. */
async function removeLeft(path: string): Promise<void> {
  try {
    using file = await Deno.open(path, { write: true });
    if (await isLeft(file)) await Deno.remove(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Whether nobody writes the file any more: whoever does holds its lock. Some network drives know no locks; there, after a day. */
async function isLeft(file: Deno.FsFile): Promise<boolean> {
  const { mtime } = await file.stat();
  return await file.tryLock(true).catch(() => Date.now() - (mtime?.getTime() ?? 0) > day);
}

/** A new file among the arrivals, locked. */
async function arrive(root: string): Promise<{ file: Deno.FsFile; path: string }> {
  const path = join(root, arrivals, crypto.randomUUID());
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { write: true, createNew: true });
  await file.lock(true).catch(() => {});
  // Between the two, another process that starts may have taken it for a left one.
  if ((await file.stat()).nlink !== 0) return { file, path };
  file.close();
  return await arrive(root);
}

function unusable(root: string, error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error(`${error}`);
  const reason = name === "NotCapable" ? "Deno keeps programs out of it" : message.replace(/ \(os error \d+\)/, "");
  return new Error(`The artifact folder ${root} cannot be used: ${reason}.`, { cause: error });
}

async function check(root: string, named: string): Promise<void> {
  try {
    const { file, path } = await arrive(root);
    using _ = file;
    await Deno.remove(path);
  } catch (error) {
    throw unusable(named, error);
  }
}

/** Tells the errors of the operating system in the words of the API. */
async function said<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Where `path` really is, all links followed. Undefined when there is nothing. */
async function located(root: string, path: string): Promise<string | undefined> {
  try {
    return within(root, await Deno.realPath(join(root, path)));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** `real`, refused when it is outside the root or among the arrivals. */
function within(root: string, real: string): string {
  const inRoot = real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
  const arriving = join(root, arrivals);
  if (!inRoot || real === arriving || real.startsWith(arriving + sep)) throw invalid("Invalid path");
  return real;
}

async function put(root: string, path: string, body: ReadableStream<Uint8Array>, size?: number): Promise<void> {
  const reader = body.getReader();
  try {
    checkName(path);
    await receive(root, path, exactly(reader, size));
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}

/** Windows keeps other names than those it is asked for: `a:b` is a stream of `a`, `a.` is `a`, `nul` a device. */
function checkName(path: string): void {
  if (Deno.build.os !== "windows") return;
  const reserved = /[<>:"|?*]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
  if (path.split("/").some((name) => reserved.test(name))) {
    throw invalid(`Invalid path: this server keeps its files on Windows, which has no such name as '${path}'`);
  }
}

/** Refuses early, before the file has arrived, what could not be put in place. */
async function checkFree(root: string, path: string): Promise<void> {
  const there = await located(root, path);
  if (there !== undefined && (await Deno.stat(there)).isDirectory) {
    throw invalid(`'${path}' cannot be written: it is a folder.`);
  }
  const above = await nearest(root, dirname(path));
  if (!(await Deno.stat(above)).isDirectory) {
    throw invalid(`'${path}' cannot be written: a part of its path is a file.`);
  }
}

/** The lowest part of `path` that exists. */
async function nearest(root: string, path: string): Promise<string> {
  if (path === ".") return root;
  return await located(root, path) ?? nearest(root, dirname(path));
}

async function receive(root: string, path: string, content: ReadableStream<Uint8Array>): Promise<void> {
  const temporary = await arrive(root);
  using file = temporary.file;
  try {
    await checkFree(root, path);
    for await (const chunk of content) await writeAll(file, chunk);
    await file.sync();
    await place(root, temporary.path, path);
  } catch (error) {
    await Deno.remove(temporary.path).catch(() => {});
    throw error;
  }
}

/** `FsFile.writable` would keep small chunks back until it is closed, too late for `sync`. */
async function writeAll(file: Deno.FsFile, chunk: Uint8Array): Promise<void> {
  const written = await file.write(chunk);
  if (written < chunk.byteLength) await writeAll(file, chunk.subarray(written));
}

/** Moves a file that has arrived to where it belongs, and makes that durable. */
async function place(root: string, temporary: string, path: string, tries = 3): Promise<void> {
  try {
    await Deno.mkdir(join(root, dirname(path)), { recursive: true });
    const parent = within(root, await Deno.realPath(join(root, dirname(path))));
    await Deno.rename(temporary, join(parent, basename(path)));
    await syncFolder(parent);
  } catch (error) {
    // Another request removed the folder since it was made.
    if (error instanceof Deno.errors.NotFound && tries > 1) return place(root, temporary, path, tries - 1);
    throw error;
  }
}

/** The entry of a folder outlives a power cut only when the folder is synced too. Windows and some network drives cannot. */
async function syncFolder(folder: string): Promise<void> {
  try {
    using opened = await Deno.open(folder);
    await opened.sync();
  } catch {
    // The file itself is synced.
  }
}

async function get(root: string, path: string, range?: ByteRange): Promise<StoredFile | undefined> {
  const real = await located(root, path);
  if (real === undefined) return undefined;
  // Before opening it: to open a named pipe waits for its writer.
  const { isFile } = await Deno.stat(real);
  if (!isFile) throw invalid(`Artifact path refers to a directory, not a file: '${path}'`);
  const file = await Deno.open(real);
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

/** Undefined for what is not for users: the arrivals, links that lead nowhere or outside, devices, what was removed just now. */
async function described(
  root: string,
  folder: string,
  { name, isSymlink }: Deno.DirEntry,
): Promise<FileInfo | undefined> {
  try {
    const at = join(folder, name);
    const { isFile, isDirectory, size } = await Deno.stat(within(root, isSymlink ? await Deno.realPath(at) : at));
    if (isDirectory) return { path: name, is_dir: true };
    return isFile ? { path: name, is_dir: false, file_size: size } : undefined;
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
