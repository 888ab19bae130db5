import { diffArrays } from "diff";
import type { LineChange } from "../domain/diff_lines.ts";

/** Milliseconds that two texts may take, and insertions and deletions that are looked for. */
const longest = 300;
const mostEdits = 20_000;

const linesOf = (text: string): string[] => {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
};

/** The lines that two texts share and do not share, in order; undefined where finding out takes too long. */
export function lineChanges(base: string, other: string): LineChange[] | undefined {
  const changes = diffArrays(linesOf(base), linesOf(other), { timeout: longest, maxEditLength: mostEdits });
  return changes?.map(({ value, added, removed }) => ({
    kind: added ? "added" : removed ? "removed" : "same",
    lines: value,
  }));
}
