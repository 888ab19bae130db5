import type { CodeLine } from "../../domain/code.ts";
import type { Look } from "../../domain/look.ts";
import type { NotebookCell, NotebookOutput } from "../../domain/notebook.ts";
import { type FileLinks, shownHref } from "../file_links.ts";
import { Markdown } from "../markdown.tsx";
import { Lines } from "./code.tsx";

export interface NotebookProps {
  look: Extract<Look, { kind: "notebook" }>;
  file: string;
  links: FileLinks;
}

/** The cells of a notebook with what they put out. HTML stands in a sandbox. */
export function NotebookView({ look: { notebook, code }, file, links }: NotebookProps) {
  if (notebook.cells.length === 0) return <p class="mut">The notebook has no cells.</p>;
  return (
    <div class="book">
      {notebook.cells.map((cell, i) => <Cell cell={cell} lines={code[i] ?? []} file={file} links={links} />)}
    </div>
  );
}

type CellProps = { cell: NotebookCell; lines: readonly CodeLine[]; file: string; links: FileLinks };

function Cell({ cell, lines, file, links }: CellProps) {
  if (cell.kind === "markdown") {
    return (
      <div class="cell text">
        <Markdown text={cell.source} />
      </div>
    );
  }
  return (
    <div class="cell">
      <pre
        class="file"
        tabindex={0}
        aria-label={cell.count === undefined ? "A cell" : `Cell ${cell.count}`}
        data-count={cell.count === undefined ? undefined : `[${cell.count}]`}
      ><code><Lines lines={lines} /></code></pre>
      {cell.outputs.map((output) => <Output output={output} file={file} links={links} />)}
    </div>
  );
}

/** Pixels of a row of a table in a frame, and around it. */
const rowHeight = 26;
const frameEdge = 40;

function Output({ output, file, links }: { output: NotebookOutput; file: string; links: FileLinks }) {
  switch (output.kind) {
    case "text":
      return <pre class={output.error ? "out bad" : "out"} tabindex={0} aria-label="Output">{output.text}</pre>;
    case "markdown":
      return <Markdown text={output.text} />;
    case "image":
      return (
        <div class="pic">
          <span>
            <img src={shownHref(links, file, output.part)} alt="A picture that the cell put out" loading="lazy" />
          </span>
        </div>
      );
    case "html":
      return (
        <iframe
          class="frame"
          style={`height:${Math.max(120, output.lines * rowHeight + frameEdge)}px`}
          sandbox="allow-scripts"
          src={shownHref(links, file, output.part)}
          title="HTML that the cell put out"
          loading="lazy"
          referrerpolicy="no-referrer"
        >
        </iframe>
      );
  }
}
