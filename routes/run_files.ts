import type { ArtifactStore } from "../artifacts/store.ts";
import { ownHome } from "../artifacts/stores.ts";
import { totalsOf } from "../db/artifact_files.ts";
import { sizesIn } from "../db/artifact_sizes.ts";
import { artifactFolder } from "../domain/artifact_path.ts";
import { ApiError } from "../domain/errors.ts";
import { compareNames } from "../domain/metric_names.ts";
import type { BrowsedFiles, FoundFiles, OpenFolder, Total } from "../domain/browsed_files.ts";
import type { FilesView } from "../wire/pages_files.ts";
import { artifactPlace, joinPaths } from "./artifact_place.ts";
import { type FilePlace, previewed } from "./file_looks.ts";
import { modelIn } from "./model_cards.ts";
import type { Services } from "./services.ts";

/** The artifacts below a URI as a page shows them: the open folders, and what is looked at. */
export const runFiles = (services: Services, artifact_uri: string, view: FilesView): Promise<BrowsedFiles> =>
  browseFiles(services, () => artifactPlace(services, artifact_uri), view);

/** The files of any place as a page shows them. What keeps them from being shown is told in `error`. */
export async function browseFiles(
  services: Services,
  open: () => Promise<FilePlace>,
  view: FilesView,
): Promise<BrowsedFiles> {
  try {
    const place = await open();
    const files = await openPath(services, place, { ...view, path: artifactFolder(view.path) });
    const [totals, found] = await Promise.all([
      totalsIn(services, place, files.folders),
      view.files === "" ? undefined : findFiles(place, view.files),
    ]);
    return { ...files, ...(totals && { totals }), ...(found && { found }) };
  } catch (error) {
    if (error instanceof ApiError) return { folders: [], error: error.message };
    throw error;
  }
}

/** Files of a run up to which the folders are summed up, too. */
const mostSummed = 5_000;

async function totalsIn(
  { sql }: Services,
  { home, folder }: FilePlace,
  folders: readonly OpenFolder[],
): Promise<BrowsedFiles["totals"] | undefined> {
  if (home !== ownHome) return undefined;
  const root = home + folder;
  const all = (await totalsOf(sql, [root])).get(root);
  if (!all) return undefined;
  if (all.files > mostSummed) return { all, folders: new Map<string, Total>() };
  const sums = await Promise.all(folders.map(async ({ path, files }) => {
    if (!files.some(({ is_dir }) => is_dir)) return [];
    const sizes = await sizesIn(sql, joinPaths(root, path));
    return [...sizes].map(([name, total]) => [joinPaths(path, name), total] as const);
  }));
  return { all, folders: new Map(sums.flat()) };
}

/** Entries of a folder that a page shows. */
const mostEntries = 500;

async function openPath(services: Services, place: FilePlace, view: FilesView): Promise<BrowsedFiles> {
  const { path } = view;
  const { store, folder: root } = place;
  const parts = path === "" ? [] : path.split("/");
  const paths = ["", ...parts.map((_, i) => parts.slice(0, i + 1).join("/"))];
  const folders = (await Promise.all(paths.map((one, i) => openFolder(store, root, one, parts[i], view.from))))
    .filter((folder) => folder.path === "" || folder.total > 0);
  const last = folders.at(-1);
  if (last?.path === path) {
    const model = last.has_model ? await modelIn(place, path) : undefined;
    return { folders, ...(model && { model }) };
  }
  const file = await previewed(services, place, path, view);
  return file ? { folders, file } : { folders, error: `There is no file ${path}.` };
}

/** The entries of a folder from one on; of a folder that is open above another, those among which that one is. */
async function openFolder(
  store: ArtifactStore,
  root: string,
  path: string,
  child: string | undefined,
  from: number,
): Promise<OpenFolder> {
  const files = (await store.list(joinPaths(root, path)))
    .toSorted((a, b) => Number(b.is_dir) - Number(a.is_dir) || compareNames(a.path, b.path));
  const at = child === undefined ? from : Math.max(0, files.findIndex((file) => file.path === child));
  const start = Math.min(Math.floor(at / mostEntries), Math.ceil(files.length / mostEntries - 1)) * mostEntries;
  const first = Math.max(0, start);
  return {
    path,
    files: files.slice(first, first + mostEntries),
    from: first,
    total: files.length,
    own: {
      files: files.filter(({ is_dir }) => !is_dir).length,
      bytes: files.reduce((sum, { file_size = 0 }) => sum + file_size, 0),
    },
    has_model: files.some((file) => file.path === "MLmodel" && !file.is_dir),
  };
}

/** Files that a search walks past, and those that it names. */
const mostWalked = 20_000;
const mostFound = 200;

/** The files whose path holds the words, whatever their case. */
async function findFiles({ store, folder }: FilePlace, words: string): Promise<FoundFiles> {
  const sought = words.toLowerCase();
  const files: FoundFiles["files"] = [];
  let walked = 0;
  for await (const file of store.walk(folder)) {
    if (walked === mostWalked || files.length === mostFound) return { files, walked, more: true };
    walked++;
    const path = folder === "" ? file.path : file.path.slice(folder.length + 1);
    if (path.toLowerCase().includes(sought)) files.push({ path, size: file.size });
  }
  return { files, walked, more: false };
}
