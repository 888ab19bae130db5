import type { FileInfo } from "../domain/entities.ts";
import { bytes, count, counted } from "../domain/format.ts";
import { compareNames } from "../domain/metric_names.ts";
import { previewKind } from "../domain/preview.ts";
import type { RunView } from "../wire/pages_run.ts";
import { runHref } from "./chart_links.ts";
import { Preview, type PreviewedFile } from "./file_preview.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Snippet } from "./parts.tsx";
import { logFile } from "./run_snippets.ts";
import { swaps } from "./view_form.tsx";

/** A folder that is open: its path in the run's artifacts ("" is all of them), and what is in it by bare name. */
export interface OpenFolder {
  path: string;
  files: readonly FileInfo[];
}

export interface ArtifactsProps {
  view: RunView;
  /** From "" down to the folder of `view.path`, or to `view.path` where that is a folder. */
  folders: readonly OpenFolder[];
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

/** The address of a file itself. */
const fileHref = (run_id: string, file: string): string => href(path`/get-artifact`, { run_id, path: file });

/** A run's files: a tree beside a preview. */
export function Artifacts({ view, folders, file, error, active, server }: ArtifactsProps) {
  const top = folders.find((folder) => folder.path === "")?.files ?? [];
  return (
    <section class="pan" id="artifacts">
      <header>
        <h2>Artifacts</h2>
        <span class="mut">{noteOf(top)}</span>
        {file && (
          <div class="acts">
            <a class="btn" href={fileHref(view.run_id, file.path)} download>
              <Icon name="download" />Download
            </a>
          </div>
        )}
      </header>
      {error !== undefined && <p class="none bad" role="alert">{error}</p>}
      {error === undefined && top.length === 0 &&
        (active ? <NoFiles run_id={view.run_id} server={server} /> : <p class="none mut">No files.</p>)}
      {top.length > 0 && (
        <div class="split">
          <nav class="files" aria-label="Files">
            <Tree folder="" view={view} open={new Map(folders.map((each) => [each.path, each.files]))} />
          </nav>
          {file
            ? <Preview file={file} source={fileHref(view.run_id, file.path)} />
            : <Chosen view={view} folders={folders} />}
        </div>
      )}
    </section>
  );
}

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
}

function Tree({ folder, view, open }: TreeProps) {
  const entries = (open.get(folder) ?? []).toSorted((a, b) =>
    Number(b.is_dir) - Number(a.is_dir) || compareNames(a.path, b.path)
  );
  return (
    <ul>
      {entries.slice(0, mostEntries).map((entry) => {
        const at = join(folder, entry.path);
        return (
          <li>
            <Entry entry={entry} at={at} view={view} open={open.has(at)} />
            {open.has(at) && <Tree folder={at} view={view} open={open} />}
          </li>
        );
      })}
      {entries.length > mostEntries && <li class="mut">and {count(entries.length - mostEntries)} more</li>}
    </ul>
  );
}

/** A file shows itself, a closed folder opens, an open one closes. */
function Entry({ entry, at, view, open }: { entry: FileInfo; at: string; view: RunView; open: boolean }) {
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
      {entry.file_size !== undefined && <span class="n">{bytes(entry.file_size)}</span>}
    </a>
  );
}

/** No file is chosen. */
function Chosen({ view, folders }: { view: RunView; folders: readonly OpenFolder[] }) {
  const folder = folders.find((each) => each.path === view.path);
  return (
    <p class="none mut">
      {folder && view.path !== ""
        ? `${view.path}: ${noteOf(folder.files) || "empty"}`
        : "Choose a file to look into it."}
    </p>
  );
}
