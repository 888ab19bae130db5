import type { DiffLine, DiffRow, LineDiff } from "../domain/diff_lines.ts";
import { count, counted } from "../domain/format.ts";

/** Characters of a line that the page carries. */
const mostShown = 1_000;

/** Two texts beside each other, or in one column. Lines of the first that changed come first. */
export function LineDiffTable(
  { diff, unified, names }: { diff: LineDiff; unified: boolean; names: readonly [string, string] },
) {
  if (diff.rows.length === 0) return <p class="mut pad">Both are empty.</p>;
  return (
    <div class="tdw" tabindex={0} role="group" aria-label="Line by line difference">
      <table class={unified ? "td one" : "td"}>
        <caption class="sr">Line by line difference of {names[0]} and {names[1]}</caption>
        <colgroup>
          <col class="cn" />
          <col class={unified ? "cn" : undefined} />
          <col class={unified ? undefined : "cn"} />
          {!unified && <col />}
        </colgroup>
        <tbody dir="ltr">
          {unified
            ? inOneColumn(diff.rows).map((row) => <OneRow row={row} />)
            : diff.rows.map((row) => <SplitRow row={row} />)}
        </tbody>
      </table>
      {diff.more > 0 && <p class="mut pad">{counted(diff.more, "line")} more, which are not shown.</p>}
    </div>
  );
}

function SplitRow({ row }: { row: DiffRow }) {
  if (row.kind === "fold") return <Fold lines={row.lines} columns={4} />;
  const changed = row.kind === "changed";
  return (
    <tr>
      <Side line={row.base} kind={changed && row.base ? "d" : ""} />
      <Side line={row.other} kind={changed && row.other ? "a" : ""} />
    </tr>
  );
}

function Fold({ lines, columns }: { lines: number; columns: number }) {
  return (
    <tr class="fold">
      <td class="ln"></td>
      <td colspan={columns - 1}>{counted(lines, "equal line")}</td>
    </tr>
  );
}

function Side({ line, kind }: { line: DiffLine | undefined; kind: "" | "a" | "d" }) {
  if (!line) {
    return (
      <>
        <td class="ln none"></td>
        <td class="none"></td>
      </>
    );
  }
  return (
    <>
      <td class={`ln ${kind}`}>{line.at}</td>
      <td class={kind}>
        <Sign kind={kind} />
        <Text line={line} />
      </td>
    </>
  );
}

function Sign({ kind }: { kind: "" | "a" | "d" }) {
  if (kind === "") return <span class="sign"></span>;
  return (
    <span class="sign">
      {kind === "d" ? "−" : "+"}
      <span class="sr">{kind === "d" ? "removed" : "added"}</span>
    </span>
  );
}

function Text({ line: { text, mark } }: { line: DiffLine }) {
  const rest = text.length - mostShown;
  const shown = text.slice(0, mostShown);
  return (
    <>
      {mark && mark[0] < mark[1]
        ? (
          <>
            {shown.slice(0, mark[0])}
            <mark>{shown.slice(mark[0], mark[1])}</mark>
            {shown.slice(mark[1])}
          </>
        )
        : shown}
      {rest > 0 && <span class="mut">… and {count(rest)} characters more</span>}
    </>
  );
}

type OneLine = { kind: "" | "a" | "d"; base?: number; other?: number; line: DiffLine } | { fold: number };

/** Removed lines of a change, then the added ones. */
function inOneColumn(rows: readonly DiffRow[]): OneLine[] {
  const lines: OneLine[] = [];
  let added: OneLine[] = [];
  for (const row of rows) {
    if (row.kind !== "changed") {
      lines.push(...added);
      added = [];
    }
    if (row.kind === "fold") lines.push({ fold: row.lines });
    else if (row.kind === "same") lines.push({ kind: "", base: row.base.at, other: row.other.at, line: row.base });
    else {
      if (row.base) lines.push({ kind: "d", base: row.base.at, line: row.base });
      if (row.other) added.push({ kind: "a", other: row.other.at, line: row.other });
    }
  }
  return [...lines, ...added];
}

function OneRow({ row }: { row: OneLine }) {
  if ("fold" in row) return <Fold lines={row.fold} columns={3} />;
  return (
    <tr>
      <td class={`ln ${row.kind}`}>{row.base}</td>
      <td class={`ln ${row.kind}`}>{row.other}</td>
      <td class={row.kind}>
        <Sign kind={row.kind} />
        <Text line={row.line} />
      </td>
    </tr>
  );
}
