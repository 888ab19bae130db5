import type { ComparedFile, ComparedSide } from "../domain/compared_files.ts";
import type { DiffMode } from "../domain/diff.ts";
import { countChanges } from "../domain/diff_tree.ts";
import { bytes, count, counted } from "../domain/format.ts";
import type { CompareView } from "../wire/pages_run.ts";
import { fileHref } from "./artifact_actions.tsx";
import { compareHref } from "./chart_links.ts";
import type { Column } from "./compare_head.tsx";
import { DiffImages } from "./diff_images.tsx";
import { LineDiffTable } from "./diff_lines.tsx";
import { TreeDiffTable } from "./diff_tree.tsx";
import { Dot } from "./parts.tsx";
import { DataTable, tableNote } from "./preview/table.tsx";
import { swaps } from "./view_form.tsx";

interface FileProps {
  view: CompareView;
  file: ComparedFile;
  base: Column;
  other: Column;
}

/** What differs in one file of two runs. */
export function FileDifferenceView(props: FileProps) {
  const { view, file, base, other } = props;
  return (
    <>
      <header class="cfhead">
        <h3 dir="auto" title={file.path}>{file.path}</h3>
        <span class="mut">{summaryOf(file)}</span>
        <Ways {...props} />
      </header>
      <Difference {...props} />
      <p class="mut pad cfoot">
        <Sides base={base} other={other} file={file} />
        {view.whole && file.difference.kind === "lines" && "All lines are shown."}
      </p>
    </>
  );
}

function summaryOf({ state, difference }: ComparedFile): string {
  if (state === "only_base") return "only in the baseline";
  if (state === "only_other") return "not in the baseline";
  if (state === "same") return "the same in both";
  if (difference.kind === "tree") {
    const changes = countChanges(difference.diff);
    return changes === 0 ? "written otherwise, but the same" : counted(changes, "place differs", "places differ");
  }
  if (difference.kind === "lines") return `−${count(difference.diff.removed)} +${count(difference.diff.added)}`;
  return state === "alike" ? "of one size" : "differs";
}

function waysOf({ difference, file_kind }: ComparedFile): { as: DiffMode; text: string }[] {
  if (difference.kind === "images") {
    return [{ as: "", text: "Beside" }, { as: "slider", text: "Slider" }, { as: "difference", text: "Difference" }];
  }
  const usual = ({ json: "Keys", yaml: "Keys", model: "Keys", table: "Tables" } as const)[String(file_kind)];
  if (difference.kind !== "lines" && difference.kind !== "tree" && usual === undefined) return [];
  if (usual !== undefined) {
    return [{ as: "", text: usual }, { as: "lines", text: "Split" }, { as: "unified", text: "Unified" }];
  }
  return [{ as: "", text: "Split" }, { as: "unified", text: "Unified" }];
}

/** How it is shown, as links. */
function Ways({ view, file }: FileProps) {
  const ways = waysOf(file);
  const lines = file.difference.kind === "lines";
  const current = ways.some(({ as }) => as === view.as) ? view.as : "";
  return (
    <div class="ways">
      {lines && (
        <a
          class="btn"
          role="button"
          aria-pressed={view.whole ? "true" : "false"}
          href={`${compareHref(view, { whole: !view.whole })}#artifacts`}
          hx-boost={swaps("#compare")}
        >
          All lines
        </a>
      )}
      {ways.length > 1 && (
        <nav class="seg" aria-label="Shown as">
          {ways.map(({ as, text }) => (
            <a
              class="btn"
              href={`${compareHref(view, { as })}#artifacts`}
              aria-current={as === current ? "true" : undefined}
              hx-boost={swaps("#compare")}
            >
              {text}
            </a>
          ))}
        </nav>
      )}
    </div>
  );
}

function Difference({ view, file, base, other }: FileProps) {
  const names = [base.name, other.name] as const;
  const { difference } = file;
  switch (difference.kind) {
    case "images":
      return (
        <DiffImages
          base={imageOf(file.base, base, file.path)}
          other={imageOf(file.other, other, file.path)}
          mode={view.as === "slider" || view.as === "difference" ? view.as : "beside"}
          path={file.path}
        />
      );
    case "lines":
      return <LineDiffTable diff={difference.diff} unified={view.as === "unified"} names={names} />;
    case "tree":
      return difference.diff
        ? <TreeDiffTable diff={difference.diff} names={names} />
        : <p class="mut pad">All keys and values are equal{file.state === "same" ? "" : "; only the text differs"}.</p>;
    case "looks":
      return (
        <div class="beside">
          <LookOf side={file.base} column={base} />
          <LookOf side={file.other} column={other} />
        </div>
      );
    case "none":
      return <p class="mut pad">{difference.reason}</p>;
  }
}

const imageOf = (side: ComparedSide | undefined, { run_id, name, style }: Column, file: string) =>
  side && { ...side, name, color: `c${style.mark.color}`, src: fileHref(run_id, file) };

function LookOf({ side, column }: { side: ComparedSide | undefined; column: Column }) {
  const look = side?.look;
  return (
    <figure>
      <figcaption title={column.name}>
        <Dot run_id={column.run_id} mark={column.style.mark} />
        <bdi>{column.name}</bdi>
        {look?.kind === "table" && <span class="mut">{tableNote(look.table)}</span>}
      </figcaption>
      {look?.kind === "table"
        ? <DataTable table={look.table} />
        : <p class="mut">{side ? "There is no preview beside another." : "It has no such file."}</p>}
    </figure>
  );
}

/** The files themselves. */
function Sides({ base, other, file }: { base: Column; other: Column; file: ComparedFile }) {
  const sides = [[file.base, base], [file.other, other]] as const;
  return (
    <>
      {sides.map(([side, column]) =>
        side && (
          <span class="dl-file">
            <a href={fileHref(column.run_id, file.path)} download>
              Download <bdi>{column.name.slice(0, 60)}</bdi>’s
            </a>{" "}
            {bytes(side.size)}
          </span>
        )
      )}
    </>
  );
}
