/** Lines of two texts beside each other. */

/** Lines that follow each other: in both texts, only in the first, or only in the second. */
export interface LineChange {
  kind: "same" | "removed" | "added";
  lines: readonly string[];
}

/** One side of a row. */
export interface DiffLine {
  /** Its number, from 1. */
  at: number;
  text: string;
  /** The part that differs from the line beside it: from and to, in UTF-16 units. Left out where the whole line is another. */
  mark?: [from: number, to: number];
}

/** Two lines beside each other, or a number of equal ones that are folded away. */
export type DiffRow =
  | { kind: "same"; base: DiffLine; other: DiffLine }
  | { kind: "changed"; base?: DiffLine; other?: DiffLine }
  | { kind: "fold"; lines: number };

export interface LineDiff {
  rows: DiffRow[];
  removed: number;
  added: number;
  /** Rows that there are beyond those in `rows`. */
  more: number;
}

/** Equal lines that are shown around a change. */
const context = 3;
/** Rows that a page carries. */
const mostRows = 3_000;

/** What two texts differ in, line by line; with `whole` their equal lines too. */
export function lineDiff(changes: readonly LineChange[], whole: boolean): LineDiff {
  const rows = whole ? aligned(changes) : folded(aligned(changes));
  const count = (kind: LineChange["kind"]): number =>
    changes.reduce((sum, change) => sum + (change.kind === kind ? change.lines.length : 0), 0);
  return {
    rows: rows.slice(0, mostRows),
    removed: count("removed"),
    added: count("added"),
    more: Math.max(0, rows.length - mostRows),
  };
}

/** Removed lines stand beside the added ones that follow them. */
function aligned(changes: readonly LineChange[]): DiffRow[] {
  const rows: DiffRow[] = [];
  let [base, other] = [0, 0];
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i]!;
    if (change.kind === "same") {
      for (const text of change.lines) {
        rows.push({ kind: "same", base: { at: ++base, text }, other: { at: ++other, text } });
      }
      continue;
    }
    const next = changes[i + 1];
    const paired = next !== undefined && next.kind !== "same" && next.kind !== change.kind;
    const [one, two] = paired ? [change, next] : [change, undefined];
    const removed = [one, two].find((each) => each?.kind === "removed")?.lines ?? [];
    const added = [one, two].find((each) => each?.kind === "added")?.lines ?? [];
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      rows.push(changedRow(removed[at], added[at], () => ++base, () => ++other));
    }
    if (paired) i++;
  }
  return rows;
}

function changedRow(
  removed: string | undefined,
  added: string | undefined,
  base: () => number,
  other: () => number,
): DiffRow {
  const marks = removed === undefined || added === undefined ? undefined : marksOf(removed, added);
  return {
    kind: "changed",
    ...(removed !== undefined && { base: { at: base(), text: removed, ...(marks && { mark: marks[0] }) } }),
    ...(added !== undefined && { other: { at: other(), text: added, ...(marks && { mark: marks[1] }) } }),
  };
}

const isPartOfWord = (text: string, at: number): boolean => /[\p{L}\p{N}._-]/u.test(text[at] ?? "");

/** What stands between the shared beginning and end of two lines, in whole words; undefined where they share little. */
function marksOf(a: string, b: string): [[number, number], [number, number]] | undefined {
  const shortest = Math.min(a.length, b.length);
  let start = 0;
  while (start < shortest && a[start] === b[start]) start++;
  while (start > 0 && isPartOfWord(a, start - 1) && (isPartOfWord(a, start) || isPartOfWord(b, start))) start--;
  let end = 0;
  while (end < shortest - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  while (
    end > 0 && isPartOfWord(a, a.length - end) &&
    (isPartOfWord(a, a.length - end - 1) || isPartOfWord(b, b.length - end - 1))
  ) {
    end--;
  }
  const shared = a.slice(0, start).trim().length + (end > 0 ? a.slice(-end).trim().length : 0);
  return shared === 0 ? undefined : [[start, a.length - end], [start, b.length - end]];
}

/** Runs of equal lines are folded but for a few beside what changed. One line is never folded alone. */
function folded(rows: readonly DiffRow[]): DiffRow[] {
  const near = new Set<number>();
  rows.forEach((row, i) => {
    if (row.kind !== "changed") return;
    for (let at = i - context; at <= i + context; at++) near.add(at);
  });
  const kept: DiffRow[] = [];
  for (let i = 0; i < rows.length; i++) {
    let end = i;
    while (end < rows.length && !near.has(end)) end++;
    const lines = end - i;
    if (lines > 1) kept.push({ kind: "fold", lines });
    if (lines > 1) i = end;
    const row = rows[i];
    if (row) kept.push(row);
  }
  return kept;
}
