import type { FilesView } from "../wire/pages_files.ts";
import type { Query } from "./links.ts";

/** The fields of an address that say which files are looked at, and how. */
export function fileFields({ path, as, zoom, wrap, look, files, from }: FilesView): Query {
  return { path, as, zoom, wrap: wrap && "1", look, files, from: from || undefined };
}
