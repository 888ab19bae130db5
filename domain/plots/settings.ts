import type { Run } from "../entities.ts";
import { compareMetricNames } from "../metric_names.ts";
import { type ColumnOptions, hasPlace, type NumberColumn, type PlotColumn, plotColumn } from "./columns.ts";
import { fieldOf, type KnownFields, type PlotField } from "./fields.ts";
import { type Importance, importanceOf } from "./importance.ts";
import type { Brush } from "./parallel.ts";

export const plotKinds = ["parallel", "importance", "scatter", "bar", "box", "contour"] as const;
export type PlotKind = (typeof plotKinds)[number];

/** What the reader chose, as the address says it; undefined and empty: the page chooses. Fields by name. */
export interface PlotSettings {
  plot: PlotKind[] | undefined;
  about: string | undefined;
  plot_x: string | undefined;
  plot_y: string | undefined;
  plot_color: string | undefined;
  plot_size: string | undefined;
  plot_group: string | undefined;
  axes: string[];
  /** By field name, whether its axis is logarithmic, where the reader said so. */
  scale: ReadonlyMap<string, boolean>;
  brush: Brush[];
  /** All runs that match instead of those on the page, where there are more. */
  all: boolean;
}

/** What is plotted: the reader's choices, and good ones where nothing was chosen. */
export interface PlotPlan {
  plots: PlotKind[];
  /** Undefined where these runs have no metric to speak of: then there is nothing to plot. */
  about: NumberColumn | undefined;
  importance: Importance | undefined;
  x: PlotColumn | undefined;
  y: PlotColumn | undefined;
  /** Of lines and of dots; undefined: each run its own colour. */
  color: PlotColumn | undefined;
  dots: PlotColumn | undefined;
  size: NumberColumn | undefined;
  /** Undefined: each run alone. */
  group: PlotColumn | undefined;
  axes: PlotColumn[];
  /** The two params of the contour. */
  plane: [NumberColumn, NumberColumn] | undefined;
}

/** Of fewer runs nothing is drawn before somebody asks: the table says it all. */
const leastRuns = 4;
const usualPlots: readonly PlotKind[] = ["parallel", "importance", "scatter"];
/** As many as have room side by side, the metric included. */
const usualAxes = 6;
const mostAxes = 16;
const mostGroups = 12;

/** The reader's word for "nothing" where the page would choose something. */
export const noField = "none";

interface Choice {
  runs: readonly Run[];
  options: ColumnOptions;
}

const columnNamed = ({ runs, options }: Choice, name: string | undefined): PlotColumn | undefined => {
  const field = name === undefined ? undefined : fieldOf(name);
  return field && plotColumn(runs, field, options);
};

const isNumber = (column: PlotColumn | undefined): column is NumberColumn => column?.kind === "number";

/** The metric that tells the runs apart and says how good they are; held-out losses first. */
export function usualMetric(runs: readonly Run[], metrics: readonly string[]): PlotField | undefined {
  const values = new Map(metrics.map((key) => [key, new Set<number>()]));
  for (const { data } of runs) for (const { key, value } of data.metrics ?? []) values.get(key)?.add(value);
  const holders = (key: string): number => [...values.get(key) ?? []].filter(hasPlace).length;
  const ranked = metrics.toSorted(compareMetricNames);
  const key = ranked.find((each) => holders(each) * 2 >= Math.min(runs.length, 20)) ??
    ranked.find((each) => holders(each) > 1) ?? ranked[0];
  return key === undefined ? undefined : { kind: "metrics", key };
}

/** The field names whose least or greatest values a page must fetch before it plots. */
export function extremeKeys(settings: PlotSettings): string[] {
  const { about, plot_x, plot_y, plot_color, plot_size, axes } = settings;
  const fields = [about, plot_x, plot_y, plot_color, plot_size, ...axes].flatMap((name) => fieldOf(name ?? "") ?? []);
  return [...new Set(fields.filter(({ kind }) => kind === "min" || kind === "max").map(({ key }) => key))];
}

/** What to plot of these runs. */
export function planPlots(
  runs: readonly Run[],
  known: KnownFields,
  settings: PlotSettings,
  options: ColumnOptions,
): PlotPlan {
  const choice = { runs, options };
  const usual = usualMetric(runs, known.metrics);
  const chosen = columnNamed(choice, settings.about);
  const about = isNumber(chosen) ? chosen : usual && plotColumn(runs, usual, options);
  const plots = settings.plot ?? (runs.length < leastRuns ? [] : [...usualPlots]);
  const nothing = { x: undefined, y: undefined, color: undefined, dots: undefined, size: undefined, group: undefined };
  if (!isNumber(about) || plots.length === 0) {
    const metric = isNumber(about) ? about : undefined;
    return { plots, about: metric, importance: undefined, ...nothing, axes: [], plane: undefined };
  }
  const params = known.params.map((key) => plotColumn(runs, { kind: "params", key }, options));
  const importance = importanceOf(params, about);
  return { plots, about, importance, ...pickFields(choice, settings, about, importance) };
}

type Picked = Pick<PlotPlan, "x" | "y" | "color" | "dots" | "size" | "group" | "axes" | "plane">;

function pickFields(choice: Choice, settings: PlotSettings, about: NumberColumn, importance: Importance): Picked {
  // One of those that cannot be told apart stands for all, and a text that is another for every run only tells runs by name.
  const leading = importance.params.flatMap(({ params }) => params.slice(0, 1)).filter((column) =>
    column.kind === "number" || column.values.length <= Math.max(2, column.cells.length / 2)
  );
  const numbers = leading.filter(isNumber);
  const named = (name: string | undefined) => name === noField ? undefined : columnNamed(choice, name);
  const size = named(settings.plot_size);
  const x = named(settings.plot_x);
  const y = named(settings.plot_y);
  const plane = [x, y].every((column) => isNumber(column) && column.name !== about.name) ? [x, y] : numbers;
  const [first, second] = plane.filter(isNumber);
  const group = usualGroup(leading);
  return {
    x: x ?? numbers[0] ?? leading[0] ?? about,
    y: y ?? about,
    color: settings.plot_color === undefined ? about : named(settings.plot_color),
    dots: settings.plot_color === undefined ? group : named(settings.plot_color),
    size: isNumber(size) ? size : undefined,
    group: settings.plot_group === undefined ? group : named(settings.plot_group),
    axes: pickAxes(choice, settings, about, leading),
    plane: first && second && first.name !== second.name ? [first, second] : undefined,
  };
}

function usualGroup(leading: readonly PlotColumn[]): PlotColumn | undefined {
  const groups = (column: PlotColumn): number => new Set(column.cells.filter((cell) => cell !== undefined)).size;
  return leading.find((column) => groups(column) > 1 && groups(column) <= mostGroups);
}

function pickAxes(
  choice: Choice,
  settings: PlotSettings,
  about: NumberColumn,
  leading: readonly PlotColumn[],
): PlotColumn[] {
  const told = [...new Set(settings.axes)].flatMap((name) => columnNamed(choice, name) ?? []);
  if (told.length > 0) return told.slice(0, mostAxes);
  return [...leading.slice(0, usualAxes - 1), about];
}
