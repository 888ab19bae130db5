import type { BrowsedFiles, FoundFiles, OpenFolder, Total } from "../domain/browsed_files.ts";
import type { FileInfo } from "../domain/entities.ts";
import { fileKind } from "../domain/file_kind.ts";
import { bytes, count, counted } from "../domain/format.ts";
import { type FileLinks, filesHref, openHref } from "./file_links.ts";
import { Icon, type IconName } from "./icons.tsx";
import { href } from "./links.ts";
import { swaps, ViewForm } from "./view_form.tsx";

export const join = (folder: string, name: string): string => folder === "" ? name : `${folder}/${name}`;

/** A size to the byte. */
export const exactly = (size: number): string => counted(size, "byte");

/** Below so many files nobody needs to search. */
const fewFiles = 8;

/** The files as a tree that opens and closes by links, or what a search by name found. */
export function FileTree({ files, links }: { files: BrowsedFiles; links: FileLinks }) {
  const { folders, totals, found } = files;
  const open = new Map(folders.map((folder) => [folder.path, folder]));
  const many = (totals?.all.files ?? 0) > fewFiles || folders.some(({ total }) => total > fewFiles);
  return (
    <nav class="files" aria-label="Files">
      {(many || found || folders.length > 1) && <FindFiles links={links} />}
      {found
        ? <Found found={found} links={links} />
        : <Folder path="" open={open} sizes={totals?.folders} links={links} />}
    </nav>
  );
}

function FindFiles({ links }: { links: FileLinks }) {
  return (
    <ViewForm
      id="find-files"
      class="find"
      action={href(links.page)}
      fields={{ ...links.fields, files: undefined, from: undefined }}
      part={links.part}
    >
      <Icon name="search" />
      <input
        type="search"
        name="files"
        value={links.view.files}
        placeholder="Find files"
        aria-label="Find files by name"
        autocomplete="off"
        dir="auto"
      />
    </ViewForm>
  );
}

function Found({ found: { files, walked, more }, links }: { found: FoundFiles; links: FileLinks }) {
  const among = more && files.length === 0 ? `No file among the first ${count(walked)}.` : "No file has such a name.";
  return (
    <>
      <p class="told mut" role="status">
        {files.length === 0
          ? among
          : more
          ? `The first ${counted(files.length, "file")}, of ${count(walked)} looked at.`
          : `${counted(files.length, "file")}.`}{" "}
        <a href={filesHref(links, { files: "" })} hx-boost={swaps(links.part)}>All files</a>
      </p>
      <ul>
        {files.map(({ path, size }) => (
          <li>
            <Entry entry={{ path, is_dir: false, file_size: size }} at={path} links={links} open={false} size={size} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface FolderProps {
  path: string;
  open: ReadonlyMap<string, OpenFolder>;
  sizes: ReadonlyMap<string, Total> | undefined;
  links: FileLinks;
}

function Folder({ path, open, sizes, links }: FolderProps) {
  const folder = open.get(path);
  if (!folder) return null;
  return (
    <ul>
      {folder.files.map((entry) => {
        const at = join(path, entry.path);
        return (
          <li>
            <Entry
              entry={entry}
              at={at}
              links={links}
              open={open.has(at)}
              size={entry.file_size ?? sizes?.get(at)?.bytes}
            />
            {open.has(at) && <Folder path={at} open={open} sizes={sizes} links={links} />}
          </li>
        );
      })}
      {folder.total > folder.files.length && <Pages folder={folder} links={links} />}
    </ul>
  );
}

/** "501 to 1,000 of 10,000", and what comes before and after. */
function Pages({ folder: { path, files, from, total }, links }: { folder: OpenFolder; links: FileLinks }) {
  const to = (start: number) => filesHref(links, { path, from: start, as: "", zoom: "", look: "" });
  const next = from + files.length;
  return (
    <li class="told mut">
      {count(from + 1)} to {count(next)} of {count(total)}
      {from > 0 && <a href={to(Math.max(0, from - files.length))} hx-boost={swaps(links.part)}>Before</a>}
      {next < total && <a href={to(next)} hx-boost={swaps(links.part)}>Next</a>}
    </li>
  );
}

function iconOf({ path, is_dir, file_size }: FileInfo): IconName {
  if (is_dir) return "folder";
  const kind = fileKind(path, file_size);
  return kind === "image" ? "image" : kind === "model" ? "box" : "file";
}

interface EntryProps {
  entry: FileInfo;
  at: string;
  links: FileLinks;
  open: boolean;
  /** Bytes, where they are known. */
  size: number | undefined;
}

/** A file shows itself, a closed folder opens, an open one closes. */
function Entry({ entry, at, links, open, size }: EntryProps) {
  const above = at.slice(0, Math.max(0, at.lastIndexOf("/")));
  return (
    <a
      href={openHref(links, open ? above : at)}
      title={entry.path}
      data-file={at}
      aria-current={at === links.view.path ? "true" : undefined}
      aria-expanded={entry.is_dir ? (open ? "true" : "false") : undefined}
      hx-boost={swaps(links.part)}
    >
      <Icon name={iconOf(entry)} />
      <span dir="auto">{entry.path}</span>
      {size !== undefined && <span class="n" title={exactly(size)}>{bytes(size)}</span>}
    </a>
  );
}
