import { z } from "zod";
import { curveAxes } from "../domain/curve.ts";
import { type Direction, directions } from "../domain/metric_names.ts";
import { groupOf } from "../domain/run_groups.ts";
import { message, name, text } from "./message.ts";
import { diffShape } from "./pages_compare.ts";
import { logShape } from "./pages_log.ts";
import { doneWords } from "./pages.ts";
import { fileShape } from "./pages_files.ts";
import { plotsShape, withPlots } from "./pages_plots.ts";

/** The query strings and forms of a run's page and of the comparison. What is not known means the usual choice, as in `pages.ts`. */

/** Present and not 0. */
const flag = z.preprocess(
  (value) => value !== undefined && value !== "" && value !== "0" && value !== "false",
  z.boolean(),
);
const words = text.default("").transform((value) => value.trim());
const many = z.preprocess((value) => value === undefined ? [] : [value].flat(), z.array(text));

/** `runs=a,b,c` and `runs=a&runs=b`, each run once. */
const runIds = many.transform((
  values,
) => [...new Set(values.flatMap((value) => value.split(",")).map((id) => id.trim()).filter((id) => id !== ""))]);

/** How the charts of a page are drawn. */
export const chartShape = {
  x: z.enum(curveAxes).catch("step"),
  /** The metric along x, where x is one. */
  by: words,
  smooth: z.preprocess(Number, z.number().min(0).max(0.99)).catch(0),
  log: flag,
  logx: flag,
  /** The whole range of y, its steep beginning too. */
  full: flag,
};

/** `dir=lower:val/loss`, the last word on each metric. */
const chosenDirections = many.transform((values) => {
  const pairs = values.map((value): [string, Direction | undefined] => {
    const colon = value.indexOf(":");
    return [value.slice(colon + 1), directions.find((known) => known === value.slice(0, colon))];
  });
  return new Map(pairs.filter((pair): pair is [string, Direction] => pair[1] !== undefined));
});

export const CompareQuery = message({
  runs: runIds,
  /** Runs to leave out of `runs`. */
  drop: runIds,
  baseline: text.optional(),
  only: z.enum(["diff", "all"]).catch("diff"),
  transpose: flag,
  /** Metrics whose curves are shown; none: the page chooses. */
  metric: many,
  dir: chosenDirections,
  /** The param, tag or fact by whose values the curves are drawn together: mean and deviation. */
  group: text.optional().transform((value) => groupOf(value) && value),
  ...diffShape,
  ...chartShape,
  ...plotsShape,
}).transform(({ drop, ...view }) => withPlots({ ...view, runs: view.runs.filter((id) => !drop.includes(id)) }));
export type CompareView = z.output<typeof CompareQuery>;

export const runTabs = ["overview", "charts", "system", "artifacts", "log"] as const;

export const RunQuery = message({
  run_id: name,
  tab: z.enum(runTabs).catch("overview"),
  /** What the names of shown metrics and params contain. */
  metrics: words,
  params: words,
  /** A file or folder of the run's artifacts. */
  path: text.default(""),
  ...fileShape,
  done: z.enum(doneWords).optional().catch(undefined),
  /** Metrics of the machine among the others. */
  machine: flag,
  ...chartShape,
  ...logShape,
});
export type RunView = z.output<typeof RunQuery>;

export const EditRunForm = message({ run_id: name, run_name: name, description: words });
export const DescribeRunForm = message({ run_id: name, description: words });
export const RunTagForm = message({ run_id: name, key: name, value: text.default("") });
export const DeleteRunTagForm = message({ run_id: name, key: name });
export const DeleteRunFileForm = message({ run_id: name, path: name, tab: z.enum(runTabs).catch("overview") });
/** Delete and restore. */
export const RunForm = message({ run_id: name });
