import { invalid } from "./errors.ts";

/** URIs of artifacts, read as Python's urllib does: MLflow's clients go by that. */

export interface Uri {
  /** In lower case; empty for a path. */
  scheme: string;
  authority: string;
  path: string;
}

export function parseUri(text: string): Uri {
  const clean = text.replace(/^[\0-\x20]+/, "").replaceAll(/[\t\r\n]/g, "");
  const [, scheme = "", rest = ""] = /^(?:([a-z][a-z0-9+.-]*):)?([^]*)$/i.exec(clean) ?? [];
  const [, authority = "", path = ""] = /^(?:\/\/([^/?#]*))?([^?#]*)/.exec(rest) ?? [];
  return { scheme: scheme.toLowerCase(), authority, path };
}

/** The scheme of a URI in lower case; empty for a path. */
export const schemeOf = (uri: string): string => parseUri(uri).scheme;

/** Schemes that name a host to connect to. Those of cloud stores name a bucket of a provider instead. */
const hostSchemes = new Set(["ftp", "sftp", "hdfs", "viewfs", "http", "https", "r2", "b2", "abfss"]);

/** Refuses a URI for which a reader would have to ask a host of the sender's choice (GHSA-mr9f-g8qf-4w4j). */
export function checkHost(uri: string, field: string): void {
  const { scheme, authority } = parseUri(uri);
  if (!hostSchemes.has(scheme) && !(scheme === "mlflow-artifacts" && authority !== "")) return;
  throw invalid(
    `'${field}' cannot use the '${scheme}' scheme: the '${scheme}' scheme addresses a host other than the tracking server's ` +
      "configured artifact storage, so the server would connect to the host named in the URI.",
  );
}
