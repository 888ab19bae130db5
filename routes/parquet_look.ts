import type { ArtifactStore, StoredFile } from "../artifacts/store.ts";
import type { Shown } from "../domain/preview.ts";
import type { Look } from "../domain/look.ts";
import { parquetHead } from "./parquet.ts";
import type { ReadBytes } from "./parquet_columns.ts";

/** Tables that were made last: the page of a run that goes on is made again and again. */
const recent = new WeakMap<ArtifactStore, Map<string, Shown>>();
const mostRecent = 10;

/** The first rows of a Parquet file, or why there are none to show. */
export async function parquetLook(store: ArtifactStore, path: string, file: StoredFile): Promise<Look> {
  const shown = await parquetShown(store, path, file);
  return shown.kind === "table" || shown.kind === "unreadable"
    ? shown
    : { kind: "unreadable", reason: "It is not a Parquet file." };
}

async function parquetShown(store: ArtifactStore, path: string, { etag, total }: StoredFile): Promise<Shown> {
  const known = recent.get(store) ?? new Map<string, Shown>();
  recent.set(store, known);
  const version = `${path} ${etag} ${total}`;
  const shown = known.get(version) ?? await parquetHead(rangesOf(store, path, etag), total);
  const [oldest] = known.keys();
  if (known.size >= mostRecent && oldest !== undefined) known.delete(oldest);
  if (shown.kind === "table") known.set(version, shown);
  return shown;
}

/** Reads parts of a file, all of one version of it. */
const rangesOf = (store: ArtifactStore, path: string, etag: string): ReadBytes => async (start, end) => {
  if (end <= start) return new Uint8Array(0);
  const part = await store.get(path, { start, end: end - 1 });
  const bytes = await new Response(part?.stream).bytes();
  if (part?.etag !== etag || bytes.length !== end - start) throw new RangeError("It was replaced just now.");
  return bytes;
};
