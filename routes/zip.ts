import { crc32 } from "node:zlib";
import type { ArtifactStore, WalkedFile } from "../artifacts/store.ts";
import { entryName, fileFooter, fileHeader, listEntry, zipEnd, type ZipEntry } from "../domain/zip.ts";

/**
 * A folder of a store as a zip file, one file after the other, none of them held. All that grows is the list of the files, some 100
 * bytes for each. Undefined where the folder holds nothing. A store that fails breaks the stream off, so that what arrived is never
 * taken for the whole; cancelling it stops the reading at once.
 */
export async function zipOf(
  store: ArtifactStore,
  folder: string,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined> {
  const files = store.walk(folder)[Symbol.asyncIterator]();
  const first = await files.next();
  if (first.done) return undefined;
  const reading: Reading = {};
  const bytes = written(store, folder, { first: first.value, rest: files }, reading);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await bytes.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      reading.cancelled = true;
      // What waits for the store need not be waited for.
      await reading.file?.cancel(reason).catch(() => {});
      await bytes.return(undefined).catch(() => {});
    },
  }, { highWaterMark: 0 });
}

/** The file that is being read. */
interface Reading {
  file?: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  cancelled?: boolean;
}

interface Walk {
  first: WalkedFile;
  rest: AsyncIterator<WalkedFile>;
}

async function* written(
  store: ArtifactStore,
  folder: string,
  { first, rest }: Walk,
  reading: Reading,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const list = byteList();
  let [offset, entries] = [0, 0];
  try {
    for (let file: WalkedFile | undefined = first; file; file = await next(rest)) {
      const name = new TextEncoder().encode(entryName(file.path.slice(folder === "" ? 0 : folder.length + 1)));
      const entry: ZipEntry = { name, modified: file.last_modified, size: 0, crc: 0, offset };
      for await (const bytes of entryOf(store, file, entry, reading)) {
        offset += bytes.length;
        yield bytes;
      }
      list.add(listEntry(entry));
      entries++;
    }
  } finally {
    await rest.return?.();
  }
  yield* list.parts();
  yield zipEnd(entries, list.size(), offset);
}

async function next(files: AsyncIterator<WalkedFile>): Promise<WalkedFile | undefined> {
  const { done, value } = await files.next();
  return done ? undefined : value;
}

/** A file with what stands before and behind it. Fills in the entry's size and checksum. */
async function* entryOf(
  store: ArtifactStore,
  { path }: WalkedFile,
  entry: ZipEntry,
  reading: Reading,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const stored = await store.get(path);
  if (!stored) throw new Error(`${path} was removed while its folder was read.`);
  const reader = stored.stream.getReader();
  reading.file = reader;
  try {
    if (reading.cancelled) throw new Error("Nobody waits for it any more.");
    entry.size = stored.size;
    yield fileHeader(entry);
    let left = stored.size;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      entry.crc = crc32(part.value, entry.crc);
      left -= part.value.length;
      yield part.value;
    }
    if (left !== 0) throw new Error(`${path} became ${left > 0 ? "shorter" : "longer"} while it was read.`);
    yield fileFooter(entry);
  } finally {
    delete reading.file;
    await reader.cancel().catch(() => {});
  }
}

/** Bytes of a part of a list. */
const partSize = 64 * 1024;

/** Records one behind the other, in parts that do not have to be moved when more come. */
function byteList() {
  const full: Uint8Array<ArrayBuffer>[] = [];
  let part = new Uint8Array(partSize);
  let used = 0;
  return {
    add(record: Uint8Array<ArrayBuffer>) {
      if (used + record.length > partSize) {
        full.push(part.subarray(0, used));
        part = new Uint8Array(Math.max(partSize, record.length));
        used = 0;
      }
      part.set(record, used);
      used += record.length;
    },
    size: () => full.reduce((sum, { length }) => sum + length, used),
    *parts() {
      yield* full;
      yield part.subarray(0, used);
    },
  };
}
