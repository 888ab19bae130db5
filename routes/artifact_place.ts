import type { ArtifactStore } from "../artifacts/store.ts";
import type { FileInfo } from "../domain/entities.ts";
import { artifactFolder } from "../domain/artifact_path.ts";
import { invalid } from "../domain/errors.ts";
import { schemeOf } from "../domain/uri.ts";
import type { Services } from "./services.ts";

export interface ArtifactPlace {
  store: ArtifactStore;
  /** Of the folder within the store; empty is the store itself. */
  folder: string;
}

/**
 * The store and the folder that an artifact URI names. INVALID_PARAMETER_VALUE for a URI that this server does not keep: clients
 * then go to the place themselves.
 */
export function artifactPlace({ artifacts }: Pick<Services, "artifacts">, uri: string): ArtifactPlace {
  if (schemeOf(uri) !== "mlflow-artifacts") {
    throw invalid(`The artifacts are at ${uri}, which this server does not keep. Read them from there.`);
  }
  const path = uri.replace(/^mlflow-artifacts:(\/\/[^/]*)?\/*/i, "");
  return { store: artifacts, folder: artifactFolder(path) };
}

/** What a folder below an artifact URI holds, with paths relative to the URI. */
export async function listBelow(
  services: Pick<Services, "artifacts">,
  root_uri: string,
  path: string,
): Promise<{ root_uri: string; files?: FileInfo[] }> {
  const { store, folder } = artifactPlace(services, root_uri);
  const below = artifactFolder(path);
  const files = await store.list(joinPaths(folder, below));
  return {
    root_uri,
    ...(files.length > 0 && { files: files.map((file) => ({ ...file, path: joinPaths(below, file.path) })) }),
  };
}

export const joinPaths = (folder: string, path: string): string =>
  [folder, path].filter((part) => part !== "").join("/");
