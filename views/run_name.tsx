import type { Child } from "hono/jsx";
import type { Run } from "../domain/entities.ts";
import { runColor } from "../domain/run_color.ts";
import { href, path } from "./links.ts";

/** How the links of the region replace it: used where a link stands among others that leave the page. */
export const swapsRegion = "target:#runs, select:#runs, swap:outerHTML";

/** The bar's place, 4 to 100, so that the least value has one too. */
export const barOf = (share: number): string => `--b:${Math.round(4 + share * 96)}`;

export function classes(...names: (string | false | undefined)[]): string | undefined {
  return names.filter(Boolean).join(" ") || undefined;
}

export interface RunNameProps {
  run: Run;
  /** Runs that it stands below. */
  depth: number;
  checked: boolean;
  /** The run that others are measured against. */
  base?: boolean;
  /** What folds the runs below it. */
  fold?: Child;
  /** What stands after the name; there is room for "12 runs". */
  children?: Child;
}

/** The head of a row: the box that selects the run, its colour and its name. */
export function RunName({ run: { info }, depth, checked, base, fold, children }: RunNameProps) {
  const style = classes(Boolean(children) && "has", info.lifecycle_stage === "deleted" && "gone");
  return (
    <th scope="row" class={style} style={depth > 0 ? `--d:${depth}` : undefined}>
      <input
        type="checkbox"
        name="runs"
        value={info.run_id}
        aria-label={info.run_name}
        checked={checked || undefined}
      />
      {fold}
      <NameLink run_id={info.run_id} run_name={info.run_name} />
      {base && <span class="badge">baseline</span>}
      {children}
    </th>
  );
}

function NameLink({ run_id, run_name }: { run_id: string; run_name: string }) {
  return (
    <a
      class={`c${runColor(run_id)}`}
      dir="auto"
      href={href(path`/runs/${run_id}`)}
      title={run_name.length > 28 ? run_name : undefined}
    >
      {run_name || run_id}
    </a>
  );
}
