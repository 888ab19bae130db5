import { type ApiError, invalid } from "./errors.ts";
import { checkLength, normalPath } from "./names.ts";
import { checkHost, parseUri } from "./uri.ts";

/**
 * Where a model version may come from. A source must not make anybody read what its sender could not name otherwise: it lies in
 * the run or logged model that the request names, is another version, or is in a store that clients reach by themselves
 * (CVE-2023-1177, CVE-2023-6018, GHSA-mr9f-g8qf-4w4j).
 */

/** Characters. Decoding what was encoded a thousand times takes the square of the length. */
const longestSource = 2048;

/** The run or logged model that a request names as the origin of a version. */
export interface SourceOwner {
  by: "run_id" | "model_id";
  /** Empty when none is named. */
  id: string;
  /** Absent when there is no such thing. */
  artifact_uri?: string;
}

/** Another version, as a `models:` URI names it: by number, alias or stage; by none of them it is the latest. */
export interface VersionReference {
  name: string;
  version?: string;
  alias?: string;
  stage?: string;
}

/** Refuses a source that is too long, or that a reader would have to ask a host of the sender's choice for. */
export function checkSourceScheme(source: string): void {
  checkLength(source, longestSource, "source");
  checkHost(source, "source");
}

/** The registered version that a source names; undefined when it names something else. */
export function versionSource(source: string): VersionReference | undefined {
  const { scheme, authority } = parseUri(source);
  if (scheme !== "models") return undefined;
  if (authority !== "") {
    throw refused(source, "Registered model sources must use the active model registry.");
  }
  const { model_id, ...reference } = parseModelUri(source);
  return model_id === undefined ? reference : undefined;
}

/** The id of the logged model that a source names. */
export function loggedModelSource(source: string): string | undefined {
  return parseUri(source).scheme === "models" ? parseModelUri(source).model_id : undefined;
}

/** The run and the path in it that a URI `runs:/<run>/<path>` names. */
export function runSource(source: string): { run_id: string; path: string } | undefined {
  const { scheme, path } = parseUri(source);
  const [, run_id, below = ""] = /^\/([^/]+)(?:\/([^]*))?$/.exec(path) ?? [];
  return scheme === "runs" && run_id !== undefined ? { run_id, path: below } : undefined;
}

/** Refuses a source that does not lie where its owner keeps its files. */
export function checkModelSource(source: string, owner: SourceOwner): void {
  const { scheme, authority } = parseUri(source);
  if (scheme === "" || scheme === "file") return checkLocal(source, owner);
  checkNoDetours(source);
  if (scheme === "runs") {
    if (authority !== "" || owner.by !== "run_id" || runIn(source) !== owner.id) throw notOwned(source, owner.by);
  } else if (scheme === "models") {
    const model_id = loggedModelSource(source);
    if (model_id !== undefined && (owner.by !== "model_id" || model_id !== owner.id)) {
      throw notOwned(source, "model_id");
    }
  } else if (scheme === "mlflow-artifacts") {
    if (owner.artifact_uri === undefined || !isWithin(source, owner.artifact_uri)) throw notOwned(source, owner.by);
  }
}

function runIn(source: string): string {
  const run = runSource(source);
  if (run) return run.run_id;
  throw invalid(
    `Not a proper runs:/ URI: ${source}. Runs URIs must be of the form 'runs:/<run_id>/run-relative/path/to/artifact'`,
  );
}

function checkLocal(source: string, owner: SourceOwner): void {
  const { scheme, authority } = parseUri(source);
  if (scheme === "file" && !/^(|\.|localhost.*|127\.0\.0\.1.*)$/i.test(authority)) {
    throw invalid(
      `${source} is not a valid remote uri. For remote access on windows, please consider using a different scheme such as SMB ` +
        "(e.g. smb://<hostname>/<path>).",
    );
  }
  if (owner.id !== "" && owner.artifact_uri === undefined) throw notOwned(source, owner.by);
  const path = localPath(source);
  const root = localPath(owner.artifact_uri ?? "");
  if (path !== undefined && root !== undefined && (path === root || path.startsWith(`${root.replace(/\/$/, "")}/`))) {
    return;
  }
  throw refused(
    source,
    `To use a local path as a model version source, the ${owner.by} request parameter has to be specified and the local path ` +
      `has to be contained within the artifact directory of the run specified by the ${owner.by}.`,
  );
}

/** The absolute path that a path or a `file:` URI names, without detours. */
function localPath(uri: string): string | undefined {
  const { scheme, path } = parseUri(uri);
  if (scheme !== "" && scheme !== "file") return undefined;
  const decoded = decodedOnce(scheme === "" ? uri : path);
  return decoded.startsWith("/") && !decoded.includes("\0") ? normalPath(decoded) : undefined;
}

/** A path is absolute and straight, however often it was encoded. */
function checkNoDetours(source: string): void {
  const decoded = decodedFully(source);
  const path = parseUri(decoded).path.replaceAll(/\/+/g, "/").replace(/\/$/, "");
  const leads = [...decoded.split("/"), ...path.split("/")].includes("..") || path.split("/").includes(".");
  const straight = path.startsWith("/") && !path.includes("\0") && !leads;
  if (straight) return;
  throw refused(
    source,
    "If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path " +
      "must be provided without relative path references present. Please provide an absolute path.",
  );
}

/** Whether a URI names what lies in another one, or it itself, however the two are spelt. */
export function isWithin(source: string, root: string): boolean {
  const [inner, outer] = [parseUri(source), parseUri(root)];
  const [parts, rootParts] = [segments(inner.path), segments(outer.path)];
  return inner.scheme === outer.scheme && inner.authority.toLowerCase() === outer.authority.toLowerCase() &&
    rootParts.length > 0 && rootParts.every((part, index) => parts[index] === part);
}

const segments = (path: string): string[] => path.split("/").filter((part) => part !== "").map(decodedFully);

function parseModelUri(source: string): VersionReference & { model_id?: string } {
  // The name of a model may hold what starts a fragment elsewhere.
  const { path } = parseUri(source.replaceAll("#", "\0"));
  const parts = path.replaceAll("\0", "#").replace(/^\/+/, "").split("/");
  const [name = "", suffix] = parts;
  if (!path.startsWith("/") || parts.length > 2 || name.trim() === "") throw notOwned(source, "model_id");
  if (suffix !== undefined) {
    if (suffix.trim() === "") throw notOwned(source, "model_id");
    if (/^\d+$/.test(suffix)) return { name, version: suffix };
    return suffix.toLowerCase() === "latest" ? { name } : { name, stage: suffix };
  }
  const at = name.lastIndexOf("@");
  if (at < 0) return { name: "", model_id: name };
  const alias = name.slice(at + 1);
  if (alias.trim() === "") throw notOwned(source, "model_id");
  return { name: name.slice(0, at), alias };
}

/** As urllib's unquote_plus, until nothing is left to decode. */
function decodedFully(text: string): string {
  const next = decodedOnce(text.replaceAll("+", " "));
  return next === text ? text : decodedFully(next);
}

const decodedOnce = (text: string): string =>
  text.replaceAll(
    /(?:%[0-9a-f]{2})+/gi,
    (escapes) => new TextDecoder().decode(Uint8Array.from(escapes.slice(1).split("%"), (hex) => parseInt(hex, 16))),
  );

const notOwned = (source: string, by: SourceOwner["by"]): ApiError =>
  refused(source, `The ${by} request parameter must identify the resource that contains the source.`);

/** What is wrong with a source, in MLflow's form. */
export const refused = (source: string, why: string): ApiError =>
  invalid(`Invalid model version source: '${source}'. ${why}`);
