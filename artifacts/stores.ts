import { fileURLToPath, pathToFileURL } from "node:url";
import { relative, sep } from "node:path";
import { artifactFolder } from "../domain/artifact_path.ts";
import { parseUri } from "../domain/uri.ts";
import { openStore, type StoreOptions } from "./open.ts";
import type { ArtifactStore } from "./store.ts";

/** A folder in a store. */
export interface ArtifactPlace {
  store: ArtifactStore;
  /** Empty is the store itself. */
  folder: string;
  /** The store's URI, with a slash at the end: what a path in it is named by. */
  home: string;
}

/** The stores that artifact URIs lead to. */
export interface ArtifactStores {
  /** The one behind `mlflow-artifacts:`. */
  own: ArtifactStore;
  /**
   * The place that an artifact URI names. Undefined for one that this server does not keep and cannot reach: clients go there
   * themselves. INVALID_PARAMETER_VALUE for a path that leads out of its store.
   */
  at(uri: string): Promise<ArtifactPlace | undefined>;
}

export interface StoresOptions extends StoreOptions {
  /** Absolute: the folder in which `file:` URIs may lie. Without it, none may. */
  dataDir?: string;
}

/** The URI of the own store. */
export const ownHome = "mlflow-artifacts:/";

/** Buckets and containers beside the own store that are kept open at once. */
const mostOpen = 100;

/** Opens the own store at `root`, and others as URIs ask for them. Errors as of `openStore`. */
export async function openStores(root: string, { dataDir, ...options }: StoresOptions = {}): Promise<ArtifactStores> {
  const own = await openStore(root, options);
  const others = new Map<string, Promise<ArtifactStore>>();
  const other = (at: string): Promise<ArtifactStore> => {
    const known = others.get(at);
    if (known) return known;
    const [oldest] = others.keys();
    if (others.size >= mostOpen && oldest !== undefined) others.delete(oldest);
    const opening = openStore(at, options);
    others.set(at, opening);
    // Not kept, to be tried again.
    opening.catch(() => others.delete(at));
    return opening;
  };
  const open = async (at: string, folder: string, home: string): Promise<ArtifactPlace> => ({
    store: await other(at),
    folder: artifactFolder(folder),
    home,
  });
  return {
    own,
    async at(uri) {
      const { scheme, authority, path } = parseUri(uri);
      const inside = path.replace(/^\/+/, "");
      switch (scheme) {
        case "mlflow-artifacts":
          return { store: own, folder: artifactFolder(inside), home: ownHome };
        case "s3":
        case "wasbs":
          return await open(`${scheme}://${authority}`, inside, `${scheme}://${authority}/`);
        case "file": {
          const folder = dataDir && belowData(dataDir, uri);
          return folder ? await open(dataDir, folder, `${pathToFileURL(dataDir)}/`) : undefined;
        }
        default:
          return undefined;
      }
    },
  };
}

/** What of the data folder is not for users: the database, its settings and password, the key for secrets. */
const reserved = /^(?:postgres|secret\.key)/;

/** The path of a `file:` URL below the data folder; undefined when it is elsewhere. */
function belowData(dataDir: string, url: string): string | undefined {
  const path = relative(dataDir, folderOf(url) ?? "/").replaceAll(sep, "/");
  return path === "" || path.startsWith("..") || path.startsWith("/") || reserved.test(path) ? undefined : path;
}

function folderOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
