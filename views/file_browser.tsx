import type { BrowsedFiles } from "../domain/browsed_files.ts";
import { bytes, counted } from "../domain/format.ts";
import { type FileLinks, zipHref } from "./file_links.ts";
import { Preview } from "./file_preview.tsx";
import { exactly, FileTree } from "./file_tree.tsx";
import { Icon } from "./icons.tsx";
import { ModelCardView } from "./preview/model_card.tsx";

export interface FileBrowserProps {
  files: BrowsedFiles;
  links: FileLinks;
  /** How clients reach this server, for lines to paste. */
  server: string;
}

/** Files in a tree beside what is looked at. Nothing where there are none. */
export function FileBrowser({ files, links, server }: FileBrowserProps) {
  const top = files.folders.find(({ path }) => path === "");
  if (!top || top.total === 0) return null;
  return (
    <div class="split">
      <FileTree files={files} links={links} />
      {files.file
        ? <Preview file={files.file} links={links} server={server} />
        : <Chosen files={files} links={links} server={server} />}
    </div>
  );
}

export const totalText = (total: { files: number; bytes: number }): string =>
  `${counted(total.files, "file")}, ${bytes(total.bytes)}`;

/** A folder, or nothing, is chosen: the model in it, or how much there is. */
function Chosen({ files, links, server }: FileBrowserProps) {
  const { path } = links.view;
  const folder = files.folders.find((each) => each.path === path);
  if (files.model) {
    return (
      <div class="look" data-look={path}>
        <ModelCardView model={files.model} links={links} server={server} />
      </div>
    );
  }
  if (!folder || path === "") return <p class="none mut">Choose a file to look into it.</p>;
  const total = files.totals?.folders.get(path);
  return (
    <p class="none mut" title={total && exactly(total.bytes)}>
      {path}: {total ? totalText(total) : folderText(folder)}
    </p>
  );
}

/** What lies in a folder itself: "2 folders, 3 files, 12 KB". */
export function folderText({ total, own }: BrowsedFiles["folders"][number]): string {
  if (total === 0) return "";
  const parts = [
    own.files < total ? counted(total - own.files, "folder") : "",
    own.files > 0 ? totalText(own) : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** How much there is in all where that is known, and else what is at the top. */
export function FilesNote({ files: { folders, totals } }: { files: BrowsedFiles }) {
  const top = folders.find(({ path }) => path === "");
  if (!totals || !top || top.total === 0) return <span class="mut">{top ? folderText(top) : ""}</span>;
  return <span class="mut" title={exactly(totals.all.bytes)}>{totalText(totals.all)}</span>;
}

/** A panel with files that nobody changes: those of a logged model or of a version. */
export function FilesPanel({ files, links, server }: FileBrowserProps) {
  const top = files.folders.find(({ path }) => path === "");
  const folder = files.folders.at(-1)?.path ?? "";
  return (
    <section class="pan" id="artifacts">
      <header>
        <h2>Files</h2>
        <FilesNote files={files} />
        {top && top.total > 0 && (
          <div class="acts">
            {files.file && (
              <a class="btn" href={links.file(files.file.path)} download>
                <Icon name="download" />Download
              </a>
            )}
            {!files.file && (
              <a class="btn" href={zipHref(links, folder)} download>
                <Icon name="download" />Download {folder === "" ? "all" : "folder"}
              </a>
            )}
          </div>
        )}
      </header>
      {files.error !== undefined && <p class="none bad" role="alert" dir="auto">{files.error}</p>}
      {files.error === undefined && (!top || top.total === 0) && <p class="none mut">No files.</p>}
      <FileBrowser files={files} links={links} server={server} />
    </section>
  );
}
