import type { ArtifactStore, StoredFile } from "../artifacts/store.ts";
import { type ArtifactPlace, ownHome } from "../artifacts/stores.ts";
import { type ArtifactTotals, totalsOf } from "../db/artifact_files.ts";
import { sizesIn } from "../db/artifact_sizes.ts";
import { artifactFolder } from "../domain/artifact_path.ts";
import { ApiError } from "../domain/errors.ts";
import { needsHead, previewBytes, previewKind, showHead, type Shown } from "../domain/preview.ts";
import type { OpenFolder } from "../views/artifacts.tsx";
import type { PreviewedFile } from "../views/file_preview.tsx";
import { artifactPlace, joinPaths } from "./artifact_place.ts";
import { parquetHead } from "./parquet.ts";
import type { ReadBytes } from "./parquet_columns.ts";
import type { Services } from "./services.ts";

/** The artifacts of a run as its page shows them: the open folders, and the head of the file that is looked at. */
export interface RunFiles {
  folders: OpenFolder[];
  /** Left out where clients may reach the store past this server, or where it knows of nothing. */
  totals?: { all: ArtifactTotals; folders: Map<string, ArtifactTotals> };
  file?: PreviewedFile;
  /** Why they cannot be shown. */
  error?: string;
}

export async function runFiles(services: Services, artifact_uri: string, path: string): Promise<RunFiles> {
  try {
    const place = await artifactPlace(services, artifact_uri);
    const files = await openPath(place.store, place.folder, artifactFolder(path));
    const totals = await totalsIn(services, place, files.folders);
    return { ...files, ...(totals && { totals }) };
  } catch (error) {
    if (error instanceof ApiError) return { folders: [], error: error.message };
    throw error;
  }
}

/** Files of a run up to which the folders are summed up, too. */
const mostSummed = 5_000;

async function totalsIn({ sql }: Services, { home, folder }: ArtifactPlace, folders: readonly OpenFolder[]) {
  if (home !== ownHome) return undefined;
  const root = home + folder;
  const all = (await totalsOf(sql, [root])).get(root);
  if (!all) return undefined;
  if (all.files > mostSummed) return { all, folders: new Map<string, ArtifactTotals>() };
  const sums = await Promise.all(folders.map(async ({ path, files }) => {
    if (!files.some(({ is_dir }) => is_dir)) return [];
    const sizes = await sizesIn(sql, joinPaths(root, path));
    return [...sizes].map(([name, total]) => [joinPaths(path, name), total] as const);
  }));
  return { all, folders: new Map(sums.flat()) };
}

async function openPath(store: ArtifactStore, root: string, path: string): Promise<RunFiles> {
  const parts = path === "" ? [] : path.split("/");
  const paths = ["", ...parts.map((_, i) => parts.slice(0, i + 1).join("/"))];
  const folders = await Promise.all(
    paths.map(async (one) => ({ path: one, files: await store.list(joinPaths(root, one)) })),
  );
  const open = folders.filter((folder) => folder.path === "" || folder.files.length > 0);
  if (path === "" || open.some((folder) => folder.path === path)) return { folders: open };
  const file = await previewed(store, root, path);
  return file ? { folders: open, file } : { folders: open, error: `There is no file ${path}.` };
}

/** Only the head is read, whatever the size; of a Parquet file the footer too. */
async function previewed(store: ArtifactStore, root: string, path: string): Promise<PreviewedFile | undefined> {
  const at = joinPaths(root, path);
  const stored = await store.get(at, { start: 0, end: previewBytes - 1 });
  if (!stored) return undefined;
  const { total } = stored;
  const kind = previewKind(path, total);
  if (!needsHead(kind)) {
    await stored.stream.cancel();
    const shown = kind === "parquet" ? await parquetShown(store, at, stored) : undefined;
    return { path, size: total, kind, ...(shown && { shown }) };
  }
  // Without the character that the end may have cut in two.
  const head = new TextDecoder().decode(await new Response(stored.stream).bytes(), { stream: stored.size < total });
  return { path, size: total, kind, shown: showHead(kind, path, head, stored.size < total) };
}

/** Tables that were made last: the page of a run that goes on is made again and again. */
const recent = new WeakMap<ArtifactStore, Map<string, Shown>>();
const mostRecent = 10;

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
