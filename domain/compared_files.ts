import type { Look } from "./look.ts";
import type { FileKind } from "./file_kind.ts";
import type { LineDiff } from "./diff_lines.ts";
import type { DiffNode } from "./diff_tree.ts";
import type { Pixels } from "./preview_image.ts";

/** Files of runs side by side. */

/** What is known of one of the files of a path without reading it. */
export interface KnownFile {
  /** Bytes. */
  size: number;
  /** `sha256:<hex>`, or `etag:<text>` where only the store saw it; undefined where nothing was noted. */
  checksum?: string | undefined;
}

/** How two files stand to each other. `alike`: of one size, but nobody has compared them. */
export type FileState = "same" | "differs" | "alike" | "only_base" | "only_other" | "elsewhere";

/** A path, and the files that the baseline and the other run have there. */
export interface ComparedPath {
  path: string;
  base?: KnownFile;
  other?: KnownFile;
  state: FileState;
  /** How many of all compared runs have it, where that was asked. */
  runs?: number;
}

export function stateOf(base: KnownFile | undefined, other: KnownFile | undefined): FileState {
  if (!base || !other) return base ? "only_base" : other ? "only_other" : "elsewhere";
  if (base.size !== other.size) return "differs";
  const kinds = [base, other].map(({ checksum = "" }) => checksum.slice(0, checksum.indexOf(":") + 1));
  if (kinds[0] !== "" && kinds[0] === kinds[1]) return base.checksum === other.checksum ? "same" : differing(kinds[0]);
  return "alike";
}

/** An ETag of a store depends on how a file was sent, too. */
const differing = (kind: string | undefined): FileState => kind === "sha256:" ? "differs" : "alike";

/** The paths of two runs, and what there is to say about all of them. */
export interface ComparedPaths {
  paths: ComparedPath[];
  /** Counts of all paths, as far as they were looked at. */
  differ: number;
  same: number;
  /** In some of the compared runs only. */
  partly: number;
  /** There are more paths than were looked at. */
  more: boolean;
  /** Why there is nothing to see, or not all. */
  error?: string;
}

/** One of two files as it looks by itself. */
export interface ComparedSide {
  size: number;
  look?: Look | undefined;
  pixels?: Pixels | undefined;
}

/** What is shown of a path. */
export type FileDifference =
  | { kind: "lines"; diff: LineDiff; encoding?: string }
  | { kind: "tree"; diff: DiffNode | undefined }
  | { kind: "images" }
  /** Each as it looks by itself. */
  | { kind: "looks" }
  /** `reason`: why they are not compared. */
  | { kind: "none"; reason: string };

/** A path that is looked into. */
export interface ComparedFile {
  path: string;
  file_kind: FileKind;
  base?: ComparedSide;
  other?: ComparedSide;
  state: FileState;
  difference: FileDifference;
}
