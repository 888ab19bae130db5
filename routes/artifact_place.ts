import type { ArtifactPlace } from "../artifacts/stores.ts";
import type { FileInfo } from "../domain/entities.ts";
import { artifactFolder } from "../domain/artifact_path.ts";
import { invalid } from "../domain/errors.ts";
import type { Services } from "./services.ts";

/**
 * The store and the folder that an artifact URI names. INVALID_PARAMETER_VALUE for a URI that this server does not keep: clients
 * then go to the place themselves.
 */
export async function artifactPlace({ artifacts }: Pick<Services, "artifacts">, uri: string): Promise<ArtifactPlace> {
  const place = await artifacts.at(uri);
  if (place) return place;
  throw invalid(`The artifacts are at ${uri}, which this server does not keep. Read them from there.`);
}

/** Stores a file below an artifact URI and notes that it is there. */
export async function putFile(
  { files }: Pick<Services, "files">,
  { store, folder, home }: ArtifactPlace,
  path: string,
  body: ReadableStream<Uint8Array>,
  size?: number,
): Promise<void> {
  const at = joinPaths(folder, path);
  await files.upload(home + at, () => store.put(at, body, size === undefined ? {} : { size }));
}

/** Removes a file, or a folder with all that is in it, and what is noted of it. */
export async function removeFiles(
  { files }: Pick<Services, "files">,
  { store, folder, home }: ArtifactPlace,
  path: string,
): Promise<void> {
  const at = joinPaths(folder, path);
  await files.removal(home + at, () => store.remove(at));
}

/** What a folder below an artifact URI holds, with paths relative to the URI. */
export async function listBelow(
  services: Pick<Services, "artifacts">,
  root_uri: string,
  path: string,
): Promise<{ root_uri: string; files?: FileInfo[] }> {
  const { store, folder } = await artifactPlace(services, root_uri);
  const below = artifactFolder(path);
  const files = await store.list(joinPaths(folder, below));
  return {
    root_uri,
    ...(files.length > 0 && { files: files.map((file) => ({ ...file, path: joinPaths(below, file.path) })) }),
  };
}

export const joinPaths = (folder: string, path: string): string =>
  [folder, path].filter((part) => part !== "").join("/");
