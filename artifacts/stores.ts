import { fileURLToPath, pathToFileURL } from "node:url";
import { relative, sep } from "node:path";
import { artifactFolder } from "../domain/artifact_path.ts";
import { ApiError, invalid } from "../domain/errors.ts";
import { parseUri } from "../domain/uri.ts";
import { openStore, type StoreOptions } from "./open.ts";
import type { ArtifactStore } from "./store.ts";
import { accountOf } from "./wasbs.ts";

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
   * themselves. INVALID_PARAMETER_VALUE for a path that leads out of its store, for a name that no bucket can have, and for a
   * storage account of Azure that this server has no credentials for.
   */
  at(uri: string): Promise<ArtifactPlace | undefined>;
}

export interface StoresOptions extends StoreOptions {
  /** Absolute: the folder in which `file:` URIs may lie. Without it, none may. */
  dataDir?: string;
  /** Whether clients may reach the stores themselves. Default true. */
  direct?: boolean;
}

/** The URI of the own store. */
export const ownHome = "mlflow-artifacts:/";

/** Buckets and containers beside the own store that are kept open at once. */
const mostOpen = 100;

/** Opens the own store at `root`, and others as URIs ask for them. Errors as of `openStore`. */
export async function openStores(
  root: string,
  { dataDir, direct = true, s3 = {}, azure = {} }: StoresOptions = {},
): Promise<ArtifactStores> {
  // A key without an account is meant for that of the root, and for no account that only an experiment's location names.
  const account = accountOf(root);
  const options = { s3, azure: { ...(account && { account }), ...azure } };
  const openOne = async (at: string) =>
    direct ? await openStore(at, options) : withoutDirect(await openStore(at, options));
  const own = await openOne(root);
  const others = new Map<string, Promise<ArtifactStore>>();
  const other = (at: string): Promise<ArtifactStore> => {
    const known = others.get(at);
    if (known) return known;
    const [oldest] = others.keys();
    if (others.size >= mostOpen && oldest !== undefined) others.delete(oldest);
    const opening = openOne(at);
    others.set(at, opening);
    // Not kept, to be tried again.
    opening.catch(() => others.get(at) === opening && others.delete(at));
    return opening;
  };
  const open = async (at: string, path: string, home: string): Promise<ArtifactPlace> => {
    const folder = artifactFolder(path);
    return { store: await other(at), folder, home };
  };
  const remote = (at: string, path: string): Promise<ArtifactPlace> => open(at, path, `${at}/`).catch(unopened);
  return {
    own,
    async at(uri) {
      const { scheme, authority, path } = parseUri(uri);
      const inside = path.replace(/^\/+/, "");
      switch (scheme) {
        case "mlflow-artifacts":
          return { store: own, folder: artifactFolder(inside), home: ownHome };
        case "s3":
          // In the URLs of a store, a bucket of dots would be the way to another one.
          if (/^\.+$/.test(authority)) throw invalid("Invalid path");
          return await remote(`s3://${authority}`, inside);
        case "wasbs":
          return await remote(`wasbs://${authority.toLowerCase()}`, inside);
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

const withoutDirect = ({ direct: _, ...store }: ArtifactStore): ArtifactStore => store;

/** The URI of an experiment is its user's: what cannot be opened by it is not the server's fault. */
function unopened(error: unknown): never {
  throw error instanceof ApiError || !(error instanceof Error) ? error : invalid(error.message);
}

/**
 * What of the data folder is not for users: the database, its settings and password, the key for secrets, files that arrive. In
 * capitals too, and with what some file systems take for the same letter (ſ, K), or by the short names of Windows (SECRET~1.KEY).
 */
const reserved = /^(?:postgres|secret\.key)|~\d|(?:^|\/)\.weir-tmp(?:\/|$)/iu;

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
