import type { CompareView, RunView } from "../wire/pages_run.ts";
import type { ChartSettings } from "./curve_svg.tsx";
import { fileFields } from "./file_fields.ts";
import { href, path, type Query } from "./links.ts";
import { plotFields } from "./plots/links.ts";

/** What an address says of how charts are drawn. */
export type DrawnView = Pick<CompareView, "x" | "by" | "smooth" | "log" | "logx" | "full">;

/** Fields of an address that draw charts; what is usual is left out. */
export function chartFields({ x, by, smooth, log, logx, full }: DrawnView): Query {
  return {
    x: x === "step" ? undefined : x,
    by: x === "metric" && by,
    smooth: smooth || undefined,
    log: log && "1",
    logx: logx && "1",
    full: full && "1",
  };
}

export function chartSettings({ x, by, smooth, log, logx, full }: DrawnView): ChartSettings {
  // An axis without a metric is none.
  return { x: x === "metric" && by === "" ? "step" : x, by, smooth, log, logx: logx && x !== "time", clip: !full };
}

/** All that an address of the comparison says. */
export const compareFields = (view: CompareView): Query => ({ ...comparedFields(view), ...plotFields(view.plots) });

/** The same without what its plots say. */
export function comparedFields(view: CompareView): Query {
  return {
    runs: view.runs.join(","),
    baseline: view.baseline,
    only: view.only === "all" && "all",
    transpose: view.transpose && "1",
    metric: view.metric,
    dir: [...view.dir].map(([key, direction]) => `${direction}:${key}`),
    group: view.group,
    with: view.with,
    file: view.file,
    as: view.as,
    whole: view.whole && "1",
    files: view.files === "all" && "all",
    ...chartFields(view),
  };
}

/** This comparison with something changed. */
export const compareHref = (view: CompareView, change: Partial<CompareView> = {}): string =>
  href(path`/compare`, compareFields({ ...view, ...change }));

/** All that an address of a run says. */
export function runFields(view: RunView): Query {
  const { tab, metrics, params, machine } = view;
  return {
    tab: tab === "overview" ? undefined : tab,
    metrics,
    params,
    machine: machine && "1",
    ...fileFields(view),
    ...chartFields(view),
  };
}

/** This page of a run with something changed. */
export const runHref = (view: RunView, change: Partial<RunView> = {}): string =>
  href(path`/runs/${view.run_id}`, runFields({ ...view, ...change }));
