import { artifactFolder } from "../domain/artifact_path.ts";
import { invalid } from "../domain/errors.ts";

/** What opens a storage account, as in the variables `AZURE_STORAGE_…`. */
export interface AzureOptions {
  /** Tells everything by itself; the others are then not looked at. */
  connectionString?: string;
  /** The account that `key` and `sas` belong to: they are used for no other. */
  account?: string;
  key?: string;
  /** A shared access signature, with or without its question mark. */
  sas?: string;
}

/** What a `wasbs:` URL names. */
export interface WasbsPlace {
  container: string;
  host: string;
  /** Empty, or ending with a slash. */
  prefix: string;
}

/** The clouds that MLflow's clients know. */
export const azureHost = /^([a-z0-9]{3,24})\.blob\.core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)$/;

/** Reads `wasbs://container@account.blob.core.windows.net/prefix`. Throws an Error of one sentence for another form. */
export function parseWasbs(root: string): WasbsPlace {
  const [, container, host, path = ""] =
    /^wasbs:\/\/([a-z0-9](?:-?[a-z0-9]){2,62})@([a-z0-9.-]+(?::\d+)?)(?:\/+(.*))?$/is.exec(root) ?? [];
  try {
    if (container === undefined || host === undefined) throw invalid("Invalid path");
    const folder = artifactFolder(path);
    // Azure has neither in capitals.
    return { container: container.toLowerCase(), host: host.toLowerCase(), prefix: folder && `${folder}/` };
  } catch (cause) {
    throw new Error(
      `The artifact root ${root} is not of the form wasbs://container@account.blob.core.windows.net/prefix.`,
      { cause },
    );
  }
}

/** The account that a `wasbs:` URL names; undefined for any other text. */
export const accountOf = (root: string): string | undefined =>
  azureHost.exec(/^wasbs:\/\/[^/@]*@([^/]*)/i.exec(root)?.[1]?.toLowerCase() ?? "")?.[1];
