import { basename, dirname, join } from "node:path";
import { invalid } from "../domain/errors.ts";
import { type Arrival, takeIn } from "./arrival.ts";
import { isMissing } from "./file_errors.ts";
import { arrivals, located, within } from "./local_paths.ts";
import type { Receipt } from "./store.ts";

/** Bytes that are written at once. */
const partSize = 1024 * 1024;
const day = 24 * 60 * 60 * 1000;

/** The real path of the root. What a killed process left half arrived is removed. */
export async function openArrivals(root: string): Promise<string> {
  try {
    await Deno.mkdir(join(root, arrivals), { recursive: true });
    await removeLeft(root);
    return await Deno.realPath(root);
  } catch (error) {
    throw unusable(root, error);
  }
}

/** Removes what no process writes any more, and answers how many files there were. */
export async function removeLeft(root: string): Promise<number> {
  const folder = join(root, arrivals);
  let removed = 0;
  for await (const { name } of Deno.readDir(folder)) removed += await removeIfLeft(join(folder, name)) ? 1 : 0;
  return removed;
}

/** Of several processes that start at once each does this. */
async function removeIfLeft(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path, { write: true });
    const left = await isLeft(file);
    if (left) await Deno.remove(path);
    return left;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
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

export async function checkArrivals(root: string, named: string): Promise<void> {
  try {
    const { file, path } = await arrive(root);
    using _ = file;
    await Deno.remove(path);
  } catch (error) {
    throw unusable(named, error);
  }
}

/** Writes a file, which is in its place only once all of it has arrived. */
export const put = (root: string, path: string, body: ReadableStream<Uint8Array>, size?: number): Promise<Receipt> =>
  takeIn(body, size, async (arriving) => {
    checkName(path);
    await receive(root, path, arriving);
  });

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

async function receive(root: string, path: string, arriving: Arrival): Promise<void> {
  const temporary = await arrive(root);
  using file = temporary.file;
  try {
    await checkFree(root, path);
    const free: ArrayBuffer[] = [];
    for await (const part of arriving.parts(partSize, free)) {
      await writeAll(file, part);
      free.push(part.buffer);
    }
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
