import type { CodeLine } from "./code.ts";
import type { FileKind } from "./file_kind.ts";
import type { ModelCard } from "./model_card.ts";
import type { Notebook } from "./notebook.ts";
import type { Table } from "./preview.ts";
import type { HexLine } from "./preview_binary.ts";
import type { Pixels } from "./preview_image.ts";
import type { TreeNode } from "./tree.ts";
import type { ZipList } from "./zip_list.ts";

/** How a file is shown: as what it is, as its text, by its last bytes, by its bytes. */
export const fileModes = ["", "source", "end", "hex"] as const;
export type FileMode = (typeof fileModes)[number];

/** How large a picture is shown: as it fits, or so many pixels for each of its own. */
export const zooms = ["", "1", "2", "4", "8"] as const;

/** What a page shows of a file. */
export type Look =
  /** The browser shows it. */
  | { kind: "media"; pixels?: Pixels }
  | { kind: "table"; table: Table }
  /** `total` lines; `fault` says why it is not shown as what its name says. */
  | { kind: "code"; lines: readonly CodeLine[]; total: number; fault?: string }
  | { kind: "markdown"; text: string }
  /** `matches` where something was looked for. */
  | { kind: "tree"; tree: TreeNode | undefined; matches?: number }
  | { kind: "notebook"; notebook: Notebook; code: readonly (readonly CodeLine[])[] }
  | { kind: "model"; model: ShownModel }
  /** The first bytes, and what they tell of the file; what a ZIP archive holds, what a file of arrays says of them. */
  | { kind: "bytes"; lines: readonly HexLine[]; type?: string; zip?: ZipList; header?: string }
  | { kind: "unreadable"; reason: string };

/** The model in a folder, with what lies beside its MLmodel. */
export interface ShownModel {
  /** "" where it is all there is. */
  folder: string;
  card: ModelCard;
  example?: SmallFile;
  /** The example as a request to a server. */
  request?: SmallFile;
  needs: SmallFile[];
}

export interface SmallFile {
  name: string;
  text: string;
  /** Its beginning only. */
  cut: boolean;
}

/** A file that is looked into. */
export interface PreviewedFile {
  path: string;
  kind: FileKind;
  look: Look;
  /** Bytes. */
  size?: number | undefined;
  /** Milliseconds since the epoch. */
  modified?: number;
  /** `sha256:<hex>`, or what the store calls its version. */
  checksum?: string;
  /** Where it is not UTF-8. */
  encoding?: string;
  /** Bytes that were read of its text, where that is not all of them. */
  read?: { bytes: number; end?: boolean };
}
