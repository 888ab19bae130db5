import type { CompareView, RunView } from "../wire/pages_run.ts";
import type { ChartSettings } from "./curve_svg.tsx";
import { href, path, type Query } from "./links.ts";

/** Fields of an address that draw charts; what is usual is left out. */
export function chartFields({ x, smooth, log, full }: Pick<CompareView, "x" | "smooth" | "log" | "full">): Query {
  return { x: x === "step" ? undefined : x, smooth: smooth || undefined, log: log && "1", full: full && "1" };
}

export function chartSettings(
  { x, smooth, log, full }: Pick<CompareView, "x" | "smooth" | "log" | "full">,
): ChartSettings {
  return { x, smooth, log, clip: !full };
}

/** All that an address of the comparison says. */
export function compareFields(view: CompareView): Query {
  return {
    runs: view.runs.join(","),
    baseline: view.baseline,
    only: view.only === "all" && "all",
    transpose: view.transpose && "1",
    metric: view.metric,
    dir: [...view.dir].map(([key, direction]) => `${direction}:${key}`),
    ...chartFields(view),
  };
}

/** This comparison with something changed. */
export const compareHref = (view: CompareView, change: Partial<CompareView> = {}): string =>
  href(path`/compare`, compareFields({ ...view, ...change }));

/** All that an address of a run says. */
export function runFields({ tab, metrics, params, path, ...charts }: RunView): Query {
  return { tab: tab === "overview" ? undefined : tab, metrics, params, path, ...chartFields(charts) };
}

/** This page of a run with something changed. */
export const runHref = (view: RunView, change: Partial<RunView> = {}): string =>
  href(path`/runs/${view.run_id}`, runFields({ ...view, ...change }));
