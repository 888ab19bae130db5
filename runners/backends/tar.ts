import { join } from "node:path";
import { invalid } from "../../domain/errors.ts";

/** A folder's files as a tar (POSIX pax), below `root`. The same files give the same bytes: nothing of times or owners is in it. */
export function tarOf(
  folder: string,
  root: string,
  leaveOut: (name: string) => boolean,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(parts(folder, root, leaveOut));
}

async function* parts(
  folder: string,
  path: string,
  leaveOut: (name: string) => boolean,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield* entries(folder, path, leaveOut);
  yield new Uint8Array(2 * block);
}

/** Bytes. */
const block = 512;

async function* entries(
  folder: string,
  path: string,
  leaveOut: (name: string) => boolean,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield* header({ path: `${path}/`, kind: "5", size: 0, mode: 0o755 });
  const found = await Array.fromAsync(Deno.readDir(folder));
  for (const { name, isDirectory, isSymlink, isFile } of found.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (leaveOut(name)) continue;
    const [from, to] = [join(folder, name), `${path}/${name}`];
    if (isDirectory) yield* entries(from, to, leaveOut);
    else if (isSymlink) yield* header({ path: to, kind: "2", size: 0, mode: 0o777, link: await Deno.readLink(from) });
    else if (isFile) yield* file(from, to);
  }
}

async function* file(from: string, to: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const opened = await Deno.open(from);
  const { size, mode } = await opened.stat();
  yield* header({ path: to, kind: "0", size, mode: (mode ?? 0) & 0o111 ? 0o755 : 0o644 });
  let read = 0;
  for await (const bytes of opened.readable) {
    read += bytes.length;
    yield bytes;
  }
  if (read !== size) throw invalid(`The project's file ${to} changed while it was read.`);
  yield padding(size);
}

const padding = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array((block - size % block) % block);

interface Entry {
  path: string;
  /** The type flag: 0 a file, 2 a symbolic link, 5 a folder, x the pax record of the next entry. */
  kind: "0" | "2" | "5" | "x";
  size: number;
  mode: number;
  link?: string;
}

/** What ustar has no place for goes before it, in a pax record: long names, names that are not ASCII, sizes from 8 GiB on. */
function* header(entry: Entry): Generator<Uint8Array<ArrayBuffer>> {
  const plain = (text: string) => /^[\x20-\x7e]{0,100}$/.test(text);
  const records = [
    ...(plain(entry.path) ? [] : [record("path", entry.path)]),
    ...(plain(entry.link ?? "") ? [] : [record("linkpath", entry.link ?? "")]),
    ...(entry.size < 8 ** 11 ? [] : [record("size", String(entry.size))]),
  ];
  if (records.length > 0) {
    const body = encoder.encode(records.join(""));
    yield ustar({ path: "pax", kind: "x", size: body.length, mode: 0o644 });
    yield body;
    yield padding(body.length);
  }
  yield ustar(entry);
}

const encoder = new TextEncoder();

/** Its length in front counts itself. */
function record(key: string, value: string): string {
  const rest = encoder.encode(` ${key}=${value}\n`).length;
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length++;
  return `${length} ${key}=${value}\n`;
}

function ustar({ path, kind, size, mode, link = "" }: Entry): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(block);
  const put = (text: string, at: number, length: number) => bytes.set(encoder.encode(text).subarray(0, length), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  put(path, 0, 100);
  put(octal(mode, 7), 100, 8);
  put(octal(0, 7), 108, 8);
  put(octal(0, 7), 116, 8);
  put(size < 8 ** 11 ? octal(size, 11) : octal(0, 11), 124, 12);
  put(octal(0, 11), 136, 12);
  put("        ", 148, 8); // the checksum counts as blanks
  put(kind, 156, 1);
  put(link, 157, 100);
  put("ustar\x0000", 257, 8);
  put(`${octal(bytes.reduce((sum, byte) => sum + byte, 0), 6)}\0 `, 148, 8);
  return bytes;
}
