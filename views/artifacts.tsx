import type { FileInfo } from "../domain/entities.ts";
import { bytes, count, counted } from "../domain/format.ts";
import { compareNames } from "../domain/metric_names.ts";
import { previewKind } from "../domain/preview.ts";
import type { RunView } from "../wire/pages_run.ts";
import { ArtifactActions, fileHref } from "./artifact_actions.tsx";
import { runHref } from "./chart_links.ts";
import { Preview, type PreviewedFile } from "./file_preview.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { Snippet } from "./parts.tsx";
import { logFile } from "./run_snippets.ts";
import { swaps } from "./view_form.tsx";

/** A folder that is open: its path in the run's artifacts ("" is all of them), and what is in it by bare name. */
export interface OpenFolder {
  path: string;
  files: readonly FileInfo[];
}

/** How much lies in a folder and all below it. */
export interface Total {
  files: number;
  bytes: number;
}

export interface ArtifactsProps {
  view: RunView;
  /** From "" down to the folder of `view.path`, or to `view.path` where that is a folder. */
  folders: readonly OpenFolder[];
  /** All files, and folders by their path, as far as it is known what lies in them. */
  totals?: { all: Total; folders: ReadonlyMap<string, Total> } | undefined;
  /** Where `view.path` is a file. */
  file?: PreviewedFile | undefined;
  /** Why they cannot be listed: they are elsewhere, or `view.path` is nothing. */
  error?: string | undefined;
  /** Whether more can be logged to the run. */
  active: boolean;
  server: string;
}

/** Entries of a folder that are shown. */
const mostEntries = 500;

const join = (folder: string, name: string): string => folder === "" ? name : `${folder}/${name}`;

/** A run's files: a tree beside a preview. */
export function Artifacts({ view, folders, totals, file, error, active, server }: ArtifactsProps) {
  const top = folders.find((folder) => folder.path === "")?.files ?? [];
  const isFolder = view.path !== "" && folders.some((folder) => folder.path === view.path);
  return (
    <section class="pan" id="artifacts">
      <header>
        <h2>Artifacts</h2>
        <Note top={top} all={totals?.all} />
        {folders.length > 0 && (
          <ArtifactActions
            view={view}
            folder={folders.at(-1)?.path ?? ""}
            chosen={file ? "file" : isFolder ? "folder" : undefined}
            some={top.length > 0}
            active={active}
          />
        )}
      </header>
      {error !== undefined && <p class="none bad" role="alert">{error}</p>}
      {error === undefined && top.length === 0 &&
        (active ? <NoFiles run_id={view.run_id} server={server} /> : <p class="none mut">No files.</p>)}
      {top.length > 0 && (
        <div class="split">
          <nav class="files" aria-label="Files">
            <Tree
              folder=""
              view={view}
              open={new Map(folders.map((each) => [each.path, each.files]))}
              sizes={totals?.folders}
            />
          </nav>
          {file
            ? <Preview file={file} source={fileHref(view.run_id, file.path)} />
            : <Chosen view={view} folders={folders} total={totals?.folders.get(view.path)} />}
        </div>
      )}
    </section>
  );
}

/** What there is in all where that is known, and else what is at the top. */
function Note({ top, all }: { top: readonly FileInfo[]; all: Total | undefined }) {
  if (!all || top.length === 0) return <span class="mut">{noteOf(top)}</span>;
  return <span class="mut" title={exactly(all.bytes)}>{totalText(all)}</span>;
}

const totalText = (total: Total): string => `${counted(total.files, "file")}, ${bytes(total.bytes)}`;

const exactly = (size: number): string => counted(size, "byte");

function noteOf(top: readonly FileInfo[]): string {
  if (top.length === 0) return "";
  const files = top.filter(({ is_dir }) => !is_dir);
  const size = files.reduce((sum, { file_size = 0 }) => sum + file_size, 0);
  const parts = [
    files.length < top.length ? counted(top.length - files.length, "folder") : "",
    files.length > 0 ? `${counted(files.length, "file")}, ${bytes(size)}` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function NoFiles({ run_id, server }: { run_id: string; server: string }) {
  return (
    <div class="none">
      <p>No files yet. Log one to this run:</p>
      <Snippet label="A file in Python" code={logFile(server, run_id)} />
      <p class="needsjs">Or drop files here.</p>
    </div>
  );
}

function iconOf({ path: name, is_dir, file_size }: FileInfo): IconName {
  if (is_dir) return "folder";
  return previewKind(name, file_size) === "image" ? "image" : "file";
}

interface TreeProps {
  folder: string;
  view: RunView;
  open: ReadonlyMap<string, readonly FileInfo[]>;
  sizes: ReadonlyMap<string, Total> | undefined;
}

function Tree({ folder, view, open, sizes }: TreeProps) {
  const entries = (open.get(folder) ?? []).toSorted((a, b) =>
    Number(b.is_dir) - Number(a.is_dir) || compareNames(a.path, b.path)
  );
  return (
    <ul>
      {entries.slice(0, mostEntries).map((entry) => {
        const at = join(folder, entry.path);
        return (
          <li>
            <Entry
              entry={entry}
              at={at}
              view={view}
              open={open.has(at)}
              size={entry.file_size ?? sizes?.get(at)?.bytes}
            />
            {open.has(at) && <Tree folder={at} view={view} open={open} sizes={sizes} />}
          </li>
        );
      })}
      {entries.length > mostEntries && <li class="mut">and {count(entries.length - mostEntries)} more</li>}
    </ul>
  );
}

interface EntryProps {
  entry: FileInfo;
  at: string;
  view: RunView;
  open: boolean;
  /** Bytes, where they are known. */
  size: number | undefined;
}

/** A file shows itself, a closed folder opens, an open one closes. */
function Entry({ entry, at, view, open, size }: EntryProps) {
  const above = at.slice(0, Math.max(0, at.lastIndexOf("/")));
  return (
    <a
      href={`${runHref(view, { path: open ? above : at })}#artifacts`}
      title={entry.path}
      aria-current={at === view.path ? "true" : undefined}
      aria-expanded={entry.is_dir ? (open ? "true" : "false") : undefined}
      hx-boost={swaps("#run")}
    >
      <Icon name={iconOf(entry)} />
      <span dir="auto">{entry.path}</span>
      {size !== undefined && <span class="n" title={exactly(size)}>{bytes(size)}</span>}
    </a>
  );
}

interface ChosenProps {
  view: RunView;
  folders: readonly OpenFolder[];
  total: Total | undefined;
}

/** No file is chosen. */
function Chosen({ view, folders, total }: ChosenProps) {
  const folder = folders.find((each) => each.path === view.path);
  if (!folder || view.path === "") return <p class="none mut">Choose a file to look into it.</p>;
  return (
    <p class="none mut" title={total && exactly(total.bytes)}>
      {view.path}: {total ? totalText(total) : noteOf(folder.files) || "empty"}
    </p>
  );
}
