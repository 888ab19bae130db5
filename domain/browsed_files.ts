import type { FileInfo } from "./entities.ts";
import type { PreviewedFile, ShownModel } from "./look.ts";

/** How much lies in a folder and all below it. */
export interface Total {
  files: number;
  bytes: number;
}

/** A folder that is open: its path ("" is all), and some of what is in it, by bare name. */
export interface OpenFolder {
  path: string;
  /** Folders first, by name. */
  files: readonly FileInfo[];
  /** How many entries come before these, and how many there are. */
  from: number;
  total: number;
  /** The files that lie in it itself. */
  own: Total;
  /** Whether one of its files is an MLmodel. */
  has_model: boolean;
}

/** What a search by name found. */
export interface FoundFiles {
  files: { path: string; size: number }[];
  /** Files that were looked at. */
  walked: number;
  /** Whether it ended before all were looked at. */
  more: boolean;
}

/** Files as a page shows them. */
export interface BrowsedFiles {
  /** From "" down to the folder of the path, or to the path where that is a folder. */
  folders: OpenFolder[];
  /** All files, and folders by their path. Left out where clients may reach the store past this server, or where it knows of nothing. */
  totals?: { all: Total; folders: ReadonlyMap<string, Total> };
  file?: PreviewedFile;
  /** The model that is in the folder that is looked at. */
  model?: ShownModel;
  found?: FoundFiles;
  /** Why they cannot be shown. */
  error?: string;
}
