import { invalid } from "./errors.ts";

/** Bytes of UTF-8: the longest name of the usual file systems (NAME_MAX), and the longest key of S3. */
const longestName = 255;
const longestPath = 1024;

/**
 * Where a file or folder of an artifact store is: relative, `/`-separated, never the store itself. `raw` is the path as the
 * router decoded it, once; from here on `%` is a character like any other. Nothing is cleaned that could lead elsewhere
 * (CVE-2023-1177, CVE-2023-2780, CVE-2024-1483, CVE-2024-3848): such a path is INVALID_PARAMETER_VALUE "Invalid path".
 * Only repeated slashes become one.
 */
export function artifactPath(raw: string): string {
  const path = checked(raw);
  if (path === "" || path.endsWith("/")) throw invalid("Invalid path");
  return path;
}

/** As `artifactPath`, for what is listed: a slash at the end is dropped, and "" is the store itself. */
export function artifactFolder(raw: string): string {
  return checked(raw).replace(/\/$/, "");
}

function checked(raw: string): string {
  if (!raw.isWellFormed()) throw invalid("Invalid path");
  if (bytes(raw) > longestPath) throw invalid(`Invalid path: it is longer than ${longestPath} bytes`);
  if (readings(raw).some(leadsAway)) throw invalid("Invalid path");
  const path = raw.replaceAll(/\/{2,}/g, "/");
  if (path.split("/").some((name) => bytes(name) > longestName)) {
    throw invalid(`Invalid path: a name in it is longer than ${longestName} bytes`);
  }
  return path;
}

/** The path, and what a reader takes it for who decodes it again (CVE-2023-6831, CVE-2024-1560): ten times, as MLflow does. */
function readings(path: string): string[] {
  const found = [path];
  for (let next = decoded(path); next !== found.at(-1); next = decoded(next)) {
    if (found.push(next) > 10) throw invalid("Invalid path");
  }
  return found;
}

/** Escapes of ASCII decoded: nothing else can become a slash or a dot. */
const decoded = (path: string): string =>
  path.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/**
 * `#` starts the fragment of a URL, at which MLflow's clients cut a name and its server refuses it. A name that begins with a
 * letter and a colon (`C:0.1.png`) is a drive only before a slash.
 */
function leadsAway(path: string): boolean {
  return /[\p{Cc}\\#]/u.test(path) ||
    /^(?:\/|file:|[a-z]:(?:\/|$)|[a-z][a-z0-9+.-]*:\/\/)/i.test(path) ||
    path.split("/").some((name) => name === "." || name === "..");
}

const bytes = (text: string): number => new TextEncoder().encode(text).length;
