import type { ArtifactStore } from "../artifacts/store.ts";
import { artifactFolder } from "../domain/artifact_path.ts";
import { ApiError } from "../domain/errors.ts";
import { needsHead, previewBytes, previewKind, showHead } from "../domain/preview.ts";
import type { OpenFolder } from "../views/artifacts.tsx";
import type { PreviewedFile } from "../views/file_preview.tsx";
import { artifactPlace } from "./artifact_place.ts";
import type { Services } from "./services.ts";

/** The artifacts of a run as its page shows them: the open folders, and the head of the file that is looked at. */
export interface RunFiles {
  folders: OpenFolder[];
  file?: PreviewedFile;
  /** Why they cannot be shown. */
  error?: string;
}

export async function runFiles(services: Services, artifact_uri: string, path: string): Promise<RunFiles> {
  try {
    const { store, folder } = await artifactPlace(services, artifact_uri);
    return await openPath(store, folder, artifactFolder(path));
  } catch (error) {
    if (error instanceof ApiError) return { folders: [], error: error.message };
    throw error;
  }
}

async function openPath(store: ArtifactStore, root: string, path: string): Promise<RunFiles> {
  const parts = path === "" ? [] : path.split("/");
  const paths = ["", ...parts.map((_, i) => parts.slice(0, i + 1).join("/"))];
  const folders = await Promise.all(
    paths.map(async (one) => ({ path: one, files: await store.list(below(root, one)) })),
  );
  const open = folders.filter((folder) => folder.path === "" || folder.files.length > 0);
  if (path === "" || open.some((folder) => folder.path === path)) return { folders: open };
  const file = await previewed(store, root, path);
  return file ? { folders: open, file } : { folders: open, error: `There is no file ${path}.` };
}

const below = (root: string, path: string): string => [root, path].filter((part) => part !== "").join("/");

/** Only the head is read, whatever the size. */
async function previewed(store: ArtifactStore, root: string, path: string): Promise<PreviewedFile | undefined> {
  const stored = await store.get(below(root, path), { start: 0, end: previewBytes - 1 });
  if (!stored) return undefined;
  const { total } = stored;
  const kind = previewKind(path, total);
  if (!needsHead(kind)) {
    await stored.stream.cancel();
    return { path, size: total, kind };
  }
  const head = await new Response(stored.stream).text();
  return { path, size: total, kind, shown: showHead(kind, path, head, stored.size < total) };
}
