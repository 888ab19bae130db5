import { hasSource } from "../domain/file_kind.ts";
import { bytes, count, counted } from "../domain/format.ts";
import type { FileMode, PreviewedFile } from "../domain/look.ts";
import { previewBytes } from "../domain/preview.ts";
import { type FileLinks, filesHref, openHref } from "./file_links.ts";
import { exactly } from "./file_tree.tsx";
import { Time } from "./parts.tsx";
import { BytesLook } from "./preview/bytes.tsx";
import { Code } from "./preview/code.tsx";
import { MarkdownFile } from "./preview/markdown_file.tsx";
import { Media } from "./preview/media.tsx";
import { ModelCardView } from "./preview/model_card.tsx";
import { NotebookView } from "./preview/notebook.tsx";
import { DataTable, LeftOut, tableNote } from "./preview/table.tsx";
import { TreeLook } from "./preview/tree.tsx";
import { swaps } from "./view_form.tsx";

export interface PreviewProps {
  file: PreviewedFile;
  links: FileLinks;
  /** How clients reach this server, for lines to paste. */
  server: string;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** What a file looks like: where it is, what it is, ways to see it, and itself. */
export function Preview({ file, links, server }: PreviewProps) {
  return (
    <figure class="look" data-look={`${file.path} ${links.view.as} ${links.view.look}`}>
      <figcaption>
        <Way path={file.path} links={links} />
        <span class="mut">{captionOf(file)}</span>
      </figcaption>
      <Tools file={file} links={links} />
      <Looks file={file} links={links} server={server} />
      <Facts file={file} />
    </figure>
  );
}

/** The folders above a file, each a link, and its name. */
function Way({ path, links }: { path: string; links: FileLinks }) {
  const parts = path.split("/");
  return (
    <span class="way" title={path}>
      {parts.slice(0, -1).map((part, i) => (
        <>
          <a href={openHref(links, parts.slice(0, i + 1).join("/"))} hx-boost={swaps(links.part)}>
            <bdi>{part}</bdi>
          </a>
          <span class="mut">/</span>
        </>
      ))}
      <bdi class="name">{nameOf(path)}</bdi>
    </span>
  );
}

const lookNames: Partial<Record<PreviewedFile["kind"], string>> = {
  html: "Page",
  json: "Tree",
  markdown: "Text",
  model: "Card",
  notebook: "Notebook",
  table: "Table",
  yaml: "Tree",
};

/** Ways to see the file that there are beside the one that is shown. */
function Tools({ file, links }: { file: PreviewedFile; links: FileLinks }) {
  const { path, kind, size = 0, look } = file;
  const large = size > previewBytes;
  const source = hasSource(kind, path);
  const text = source || look.kind === "code";
  const usual = (look.kind === "table" ? "Table" : lookNames[kind]) ??
    (source ? "Picture" : text ? (large ? "Beginning" : "Text") : "Preview");
  const modes: { as: FileMode; text: string }[] = [
    { as: "", text: usual },
    ...(source ? [{ as: "source" as const, text: "Source" }] : []),
    ...(text && large ? [{ as: "end" as const, text: "End" }] : []),
    ...(size > 0 ? [{ as: "hex" as const, text: "Bytes" }] : []),
  ];
  // What is no text is shown as bytes anyway.
  if (modes.length < 2 || (look.kind === "bytes" && links.view.as === "")) return null;
  return (
    <div class="ways">
      <nav class="seg" aria-label="Shown as">
        {modes.map(({ as, text }) => (
          <a
            class="btn"
            href={filesHref(links, { as })}
            aria-current={links.view.as === as ? "true" : undefined}
            hx-boost={swaps(links.part)}
          >
            {text}
          </a>
        ))}
      </nav>
      {look.kind === "code" && (
        <a
          class="btn"
          href={filesHref(links, { wrap: !links.view.wrap })}
          aria-pressed={links.view.wrap ? "true" : "false"}
          role="button"
          hx-boost={swaps(links.part)}
        >
          Wrap lines
        </a>
      )}
    </div>
  );
}

function Looks({ file, links, server }: PreviewProps) {
  const { path, look } = file;
  const { view } = links;
  if (file.size === 0) return <p class="mut">The file is empty.</p>;
  switch (look.kind) {
    case "table":
      return (
        <>
          <DataTable table={look.table} />
          {look.table.left_out !== undefined && <LeftOut names={look.table.left_out} />}
        </>
      );
    case "code":
      return <Code label={nameOf(path)} look={look} wrap={view.wrap} numbers={view.as !== "end"} />;
    case "markdown":
      return <MarkdownFile text={look.text} />;
    case "tree":
      return <TreeLook look={look} links={links} />;
    case "notebook":
      return <NotebookView look={look} file={path} links={links} />;
    case "model":
      return <ModelCardView model={look.model} links={links} server={server} />;
    case "media":
      return <Media file={file} look={look} links={links} />;
    case "bytes":
      return <BytesLook file={file} look={look} download={links.file(path)} />;
    case "unreadable":
      return (
        <p class="mut">
          There is no preview of this file. {look.reason}{" "}
          <a href={links.file(path)} download>Download{file.size === undefined ? "" : ` ${bytes(file.size)}`}</a>
        </p>
      );
  }
}

/** When the file came, and what tells it from others. */
function Facts({ file: { size, modified, checksum, encoding } }: { file: PreviewedFile }) {
  return (
    <dl class="facts mut">
      {size !== undefined && size >= 1000 && (
        <div>
          <dt>Size</dt>
          <dd>{exactly(size)}</dd>
        </div>
      )}
      {modified !== undefined && (
        <div>
          <dt>Modified</dt>
          <dd>
            <Time at={modified} />
          </dd>
        </div>
      )}
      {encoding !== undefined && (
        <div>
          <dt>Encoding</dt>
          <dd>{encoding}</dd>
        </div>
      )}
      {checksum !== undefined && (
        <div>
          <dt>{checksum.startsWith("sha256:") ? "SHA-256" : "Version"}</dt>
          <dd class="mono">{checksum.replace(/^(sha256|etag):/, "")}</dd>
        </div>
      )}
    </dl>
  );
}

/** "first 64 KB of 12 MB", "100 of 1,204 rows", "640 × 480 pixels". */
function captionOf({ size, look, read }: PreviewedFile): string {
  const length = size === undefined
    ? ""
    : read
    ? `${read.end ? "last" : "first"} ${bytes(read.bytes)} of ${bytes(size)}`
    : bytes(size);
  return [length, noteOf(look)].filter((text) => text !== "").join(", ");
}

function noteOf(look: PreviewedFile["look"]): string {
  switch (look.kind) {
    case "table":
      return tableNote(look.table);
    case "code":
      return look.lines.length < look.total ? `${count(look.lines.length)} of ${counted(look.total, "line")}` : "";
    case "media":
      return look.pixels ? `${count(look.pixels.width)} × ${count(look.pixels.height)} pixels` : "";
    case "notebook":
      return look.notebook.cells.length < look.notebook.total
        ? `${look.notebook.cells.length} of ${counted(look.notebook.total, "cell")}`
        : counted(look.notebook.total, "cell");
    default:
      return "";
  }
}
