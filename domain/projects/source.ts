import { invalid } from "../errors.ts";

/** Where a project's files are. */
export interface ProjectSource {
  kind: "folder" | "zip" | "git";
  /** A path as it was typed, or a URL. */
  location: string;
  /** Below the location; "" for all of it. Without `..`. */
  subdirectory: string;
}

/** What git may talk: `ext::` and its like start programs (CVE-2017-1000117 and others). */
const gitUrl = /^(https?|ssh|git):\/\/[^-]/i;
const gitPath = /^(?!-)[\w.-]+@[\w.-]+:(?!-).+/;

/** Reads a project's URI: a folder, a `.zip`, or a git repository; `#sub/folder` behind it. INVALID_PARAMETER_VALUE for others. */
export function parseSource(uri: string): ProjectSource {
  const text = uri.replace(/^["']|["']$/g, "");
  const [whole = "", ...fragments] = text.split("#");
  const subdirectory = checkedSubdirectory(fragments.join("#"));
  const location = whole.replace(/^git\+/i, "");
  if (location === "") {
    throw invalid("The project's URI is empty: it must be a folder, a .zip file or a git repository.");
  }
  if (/\0|[\r\n]/.test(location)) throw invalid("The project's URI must be one line.");
  if (/\.zip$/i.test(location) && !/^(ssh|git):/i.test(location)) {
    return { kind: "zip", location: withoutFile(location), subdirectory };
  }
  if (gitUrl.test(location) || gitPath.test(location)) return { kind: "git", location, subdirectory };
  if (/^git\+/i.test(whole) && /^file:\/\//i.test(location)) return { kind: "git", location, subdirectory };
  if (/^[a-z][\w+.-]*:(:|\/\/)/i.test(location) && !/^file:\/\//i.test(location)) {
    throw invalid(
      `A project cannot be fetched from ${
        withoutCredentials(location)
      }: it must be a folder, a .zip file, or a git repository by https, ssh or git.`,
    );
  }
  return { kind: "folder", location: withoutFile(location), subdirectory };
}

function withoutFile(location: string): string {
  if (!/^file:\/\//i.test(location)) return location;
  try {
    return decodeURIComponent(new URL(location).pathname);
  } catch {
    throw invalid(`${location} is no file: URL.`);
  }
}

function checkedSubdirectory(text: string): string {
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..") || text.includes("\\") || text.includes("\0")) {
    throw invalid(`The folder behind the # of a project's URI must lie inside the project. Got '${text}'.`);
  }
  return parts.join("/");
}

/** A branch, tag or commit as git takes it. INVALID_PARAMETER_VALUE for what git would take for an option, or for more than one. */
export function checkVersion(version: string): string {
  if (/^[\w][\w./@+-]*$/.test(version) && !version.includes("..")) return version;
  throw invalid(`A version must be a branch, a tag or a commit of the git repository. Got '${version}'.`);
}

/** A URL without the name and password in it. */
export function withoutCredentials(url: string): string {
  return url.replace(
    /^([a-z][\w+.-]*:\/\/)[^/@]*@/i,
    (all, scheme) => /^ssh:/i.test(scheme) ? all.replace(/:[^/@:]*@$/, "@") : scheme,
  );
}
