import { tagOf } from "./compare.ts";
import type { Run } from "./entities.ts";

/** A run in the list, below its parent where the parent is in the list too. */
export interface NestedRun {
  run: Run;
  /** Parents above it in the list. */
  depth: number;
  /** Runs in the list whose parent it is. */
  children: number;
  open: boolean;
}

export const parentOf = (run: Run): string | undefined => tagOf(run, "mlflow.parentRunId");

/**
 * The runs with children directly below their parents, siblings in the order given. What lies below a run of `closed` is left
 * out; a run whose parent is not in the list stands at the left edge. Every other run comes out once, whatever the tags claim.
 */
export function nestRuns(runs: readonly Run[], closed: ReadonlySet<string> = new Set()): NestedRun[] {
  const ids = new Set(runs.map((run) => run.info.run_id));
  const below = Map.groupBy(runs, (run) => {
    const parent = parentOf(run);
    return parent !== undefined && ids.has(parent) && parent !== run.info.run_id ? parent : undefined;
  });
  const rows: NestedRun[] = [];
  const placed = new Set<string>();
  const place = (start: Run, shown: boolean): void => {
    const waiting = [{ run: start, depth: 0, shown }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { run, depth, shown } = next;
      if (placed.has(run.info.run_id)) continue;
      placed.add(run.info.run_id);
      const children = below.get(run.info.run_id) ?? [];
      const open = !closed.has(run.info.run_id);
      if (shown) rows.push({ run, depth, children: children.length, open });
      for (const child of children.toReversed()) waiting.push({ run: child, depth: depth + 1, shown: shown && open });
    }
  };
  for (const run of below.get(undefined) ?? []) place(run, true);
  for (const run of runs) place(run, true); // runs that are each other's parents hang from no root
  return rows;
}
