/** What a request for a file says beyond its path: preconditions and ranges, RFC 9110 sections 13 and 14. */

/** What tells one state of a file from another. */
export interface FileVersion {
  /** With its quotes. */
  etag: string;
  last_modified: Date;
}

/** A range as it was asked for: from a byte on, to another one (inclusive), or the last so many bytes. */
export type AskedRange = { start: number; end?: number } | { last: number };

/**
 * One range of bytes: what downloaders resume with, and players and previews ask for. Undefined for anything else, several ranges
 * included: a server may answer those with the whole file.
 */
export function parseRange(header: string | null): AskedRange | undefined {
  const [, first = "", last = ""] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? "") ?? [];
  if (first === "") return last === "" ? undefined : { last: Number(last) };
  const start = Number(first);
  if (last === "") return { start };
  return Number(last) < start ? undefined : { start, end: Number(last) };
}

/** The bytes of a file of so many that a range means; a start at or behind the end where it holds none. */
export function resolveRange(range: AskedRange, total: number): { start: number; end?: number } {
  if (!("last" in range)) return range;
  return range.last === 0 ? { start: total } : { start: Math.max(0, total - range.last) };
}

const conditions = ["if-match", "if-unmodified-since", "if-none-match", "if-modified-since", "if-range"];

/** Whether an answer depends on the version of the file. */
export const hasConditions = (headers: Headers): boolean => conditions.some((name) => headers.has(name));

/** Whether a GET or HEAD is answered with the file (200, 206), with 304 or with 412. In the order of section 13.2.2. */
export function judge(headers: Headers, file: FileVersion): "send" | "unchanged" | "changed" {
  const match = headers.get("if-match");
  if (match === null ? isLater(file, headers.get("if-unmodified-since")) : !names(match, file.etag, "strongly")) {
    return "changed";
  }
  const noneMatch = headers.get("if-none-match");
  if (noneMatch !== null) return names(noneMatch, file.etag, "weakly") ? "unchanged" : "send";
  return isLater(file, headers.get("if-modified-since")) === false ? "unchanged" : "send";
}

/** Whether the range is of the file that the client has a part of; without If-Range it always is. */
export function rangeHolds(headers: Headers, { etag, last_modified }: FileVersion): boolean {
  const known = headers.get("if-range")?.trim();
  if (known === undefined) return true;
  if (/^(W\/)?"/.test(known)) return names(known, etag, "strongly");
  return Date.parse(known) === inSeconds(last_modified);
}

/** Whether the file is newer than a date of HTTP, which counts seconds; undefined where there is none, or no such date. */
function isLater({ last_modified }: FileVersion, header: string | null): boolean | undefined {
  const date = Date.parse(header ?? "");
  return Number.isNaN(date) ? undefined : inSeconds(last_modified) > date;
}

const inSeconds = (date: Date): number => Math.floor(date.getTime() / 1000) * 1000;

/** Whether a list of tags, or `*`, names this one. A weak tag (`W/"…"`) never does strongly. */
function names(list: string, etag: string, how: "strongly" | "weakly"): boolean {
  if (list.trim() === "*") return true;
  const tags: string[] = list.match(/(?:W\/)?"[^"]*"/g) ?? [];
  if (how === "strongly") return !etag.startsWith("W/") && tags.includes(etag);
  return tags.some((tag) => opaque(tag) === opaque(etag));
}

const opaque = (etag: string): string => etag.replace(/^W\//, "");
