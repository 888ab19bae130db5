import type { RunStatus } from "../domain/entities.ts";
import { count } from "../domain/format.ts";
import { href, path } from "./links.ts";
import { Dot, Panel, Status } from "./parts.tsx";

/** A run above or below another one: `depth` is less than 0 for those above. */
export interface FamilyRun {
  run_id: string;
  run_name: string;
  status: RunStatus;
  depth: number;
  parent_id: string | null;
}

const mostShown = 60;

/** The runs that a run is nested in, and those that are nested in it. */
export function Family({ runs }: { runs: readonly FamilyRun[] }) {
  if (runs.length < 2) return null;
  const above = runs.filter(({ depth }) => depth < 0).toSorted((a, b) => a.depth - b.depth);
  const byParent = Map.groupBy(runs.filter(({ depth }) => depth > 0), ({ parent_id }) => parent_id ?? "");
  const here = runs.find(({ depth }) => depth === 0);
  if (here === undefined) return null;
  const below = runs.filter(({ depth }) => depth > 0).length;
  const shown = new Set(inOrder(here, byParent).slice(0, mostShown).map(({ run_id }) => run_id));
  return (
    <Panel title="Nested runs" note={below > 0 ? count(below) : undefined} class="family">
      <Chain above={above} here={here} byParent={byParent} shown={shown} />
      {below > mostShown && (
        <p class="mut none">
          {mostShown} of {count(below)} are shown. <a href={href(path`/runs/${here.run_id}`)}>{here.run_name}</a>{" "}
          stands with all of them in the table of its experiment.
        </p>
      )}
    </Panel>
  );
}

interface Tree {
  byParent: ReadonlyMap<string, readonly FamilyRun[]>;
  shown: ReadonlySet<string>;
}

function inOrder(run: FamilyRun, byParent: Tree["byParent"]): FamilyRun[] {
  return (byParent.get(run.run_id) ?? []).flatMap((child) => [child, ...inOrder(child, byParent)]);
}

function Chain({ above, here, ...tree }: Tree & { above: readonly FamilyRun[]; here: FamilyRun }) {
  const [first, ...rest] = above;
  if (first === undefined) return <Branch runs={[here]} here={here.run_id} {...tree} />;
  return (
    <ul class="kin">
      <li>
        <Leaf run={first} />
        <Chain above={rest} here={here} {...tree} />
      </li>
    </ul>
  );
}

function Branch({ runs, here, byParent, shown }: Tree & { runs: readonly FamilyRun[]; here: string }) {
  return (
    <ul class="kin">
      {runs.map((run) => {
        const children = (byParent.get(run.run_id) ?? []).filter(({ run_id }) => shown.has(run_id));
        return (
          <li>
            <Leaf run={run} here={run.run_id === here} />
            {children.length > 0 && <Branch runs={children} here={here} byParent={byParent} shown={shown} />}
          </li>
        );
      })}
    </ul>
  );
}

function Leaf({ run, here }: { run: FamilyRun; here?: boolean }) {
  return (
    <span class="leaf">
      <Dot run_id={run.run_id} />
      {here
        ? <b dir="auto" aria-current="true">{run.run_name}</b>
        : <a href={href(path`/runs/${run.run_id}`)} dir="auto" title={run.run_name}>{run.run_name || run.run_id}</a>}
      <Status status={run.status} />
    </span>
  );
}
