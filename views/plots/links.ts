import { fieldName } from "../../domain/plots/fields.ts";
import type { Brush } from "../../domain/plots/parallel.ts";
import type { PlotPlan, PlotSettings } from "../../domain/plots/settings.ts";
import { href, type Path, type Query } from "../links.ts";

/** A page that shows plots: where its address is made of, and which part of it changes when a setting does. */
export interface PlotsPlace {
  action: Path;
  /** The other fields of its address. */
  fields: Query;
  /** The selector of what is swapped. */
  part: string;
  /** Leads to a CSV of all runs, where a page may plot more than its tables list. */
  csv?: string;
}

const brushText = ({ axis, from, to }: Brush): string =>
  `${encodeURIComponent(from)},${encodeURIComponent(to)}:${axis}`;

/** The fields of an address that draw plots; what the page chooses is left out. */
export function plotFields(settings: PlotSettings): Query {
  const { plot, scale, brush, axes, about, plot_x, plot_y, plot_color, plot_size, plot_group } = settings;
  return {
    plot: plot?.length === 0 ? ["none"] : plot,
    about,
    plot_x,
    plot_y,
    plot_color,
    plot_size,
    plot_group,
    axes,
    scale: [...scale].map(([axis, log]) => `${log ? "log" : "linear"}:${axis}`),
    brush: brush.map(brushText),
    plot_all: settings.all && "1",
  };
}

/** The page with some settings of its plots changed. */
export const plotsHref = (place: PlotsPlace, settings: PlotSettings, change: Partial<PlotSettings>): string =>
  href(place.action, { ...place.fields, ...plotFields({ ...settings, ...change }) });

/** The names of the axes that are shown, with one moved by some places. */
export function movedAxes({ axes }: PlotPlan, at: number, by: number): string[] {
  const names = axes.map(({ field }) => fieldName(field));
  const [moved] = names.splice(at, 1);
  if (moved !== undefined) names.splice(Math.max(0, at + by), 0, moved);
  return names;
}

/** The settings without the brush of an axis. */
export const withoutBrush = ({ brush }: PlotSettings, axis: string): Brush[] =>
  brush.filter((each) => each.axis !== axis);
