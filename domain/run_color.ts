/** How many run colours the style sheet has: `--c0` to `--c9`, of which any two can be told apart with colour-blind eyes. */
export const runColorCount = 10;

/**
 * The colour of a run, 0 to 9: a property of its id alone (FNV-1a, 32 bits), so that it is the same on every page, for
 * every person, in every year.
 */
export function runColor(run_id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < run_id.length; i++) {
    hash = Math.imul(hash ^ run_id.charCodeAt(i), 0x01000193) >>> 0;
  }
  // FNV's low bits are its weakest: fold the high half in before the remainder.
  return ((hash ^ (hash >>> 16)) >>> 0) % runColorCount;
}

/** How a run is drawn among others: `again` counts the runs before it that have the same colour (0 solid, 1 and on dotted). */
export interface RunMark {
  color: number;
  again: number;
}

/** The marks of the runs of one picture, in their order. */
export function runMarks(run_ids: readonly string[]): Map<string, RunMark> {
  const marks = new Map<string, RunMark>();
  const seen = new Map<number, number>();
  for (const run_id of run_ids) {
    if (marks.has(run_id)) continue;
    const color = runColor(run_id);
    const again = seen.get(color) ?? 0;
    seen.set(color, again + 1);
    marks.set(run_id, { color, again });
  }
  return marks;
}
