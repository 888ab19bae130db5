import { z } from "zod";
import { plotKinds, type PlotSettings } from "../domain/plots/settings.ts";
import { text } from "./message.ts";

/**
 * The fields of an address that draw plots over runs: a page that shows `Plots` spreads them into its own message. What is not known
 * means the usual choice, as in `pages.ts`.
 */

const many = z.preprocess((value) => value === undefined ? [] : [value].flat(), z.array(text));
const field = text.optional().catch(undefined).transform((value) => value || undefined);
const end = text.default("").catch("");

/** `1e-4,1e-3:params.lr`, with the ends encoded as in an address, so that a category may hold a comma or a colon. */
const brushes = many.transform((values) =>
  values.flatMap((value) => {
    const [, from, to, axis] = /^([^,:]*),([^,:]*):([^]+)$/.exec(value) ?? [];
    if (from === undefined || to === undefined || axis === undefined) return [];
    const ends = [from, to].map(decoded);
    return ends[0] === undefined || ends[1] === undefined ? [] : [{ axis, from: ends[0], to: ends[1] }];
  })
);

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

export const plotsShape = {
  /** Which plots are shown; none named: the page chooses. A name that is no plot ("none") chooses none. */
  plot: many.transform((names) => names.length === 0 ? undefined : plotKinds.filter((kind) => names.includes(kind))),
  /** The metric that the plots are about: `metrics.val/loss`, `min.val/loss`. */
  about: field,
  plot_x: field,
  plot_y: field,
  plot_color: field,
  plot_size: field,
  plot_group: field,
  /** Of the parallel coordinates, from left to right. */
  axes: many,
  /** `log:params.lr` and `linear:params.lr`, where the reader wants another scale than the values ask for. */
  scale: many.transform((values) =>
    new Map(
      values.flatMap((value): [string, boolean][] => {
        const [, kind, axis = ""] = /^(log|linear):([^]+)$/.exec(value) ?? [];
        return kind === undefined ? [] : [[axis, kind === "log"]];
      }),
    )
  ),
  brush: brushes,
  /** One more brush, as a form without JavaScript sends it; it replaces the one of its axis. */
  brush_axis: field,
  brush_from: end,
  brush_to: end,
  /** All runs that match, up to a thousand, instead of those on the page. */
  plot_all: end.transform((value) => value !== "" && value !== "0"),
};

type Asked = z.output<z.ZodObject<typeof plotsShape>>;

/** The fields of plots of a page's view, put together under `plots`. */
export function withPlots<View extends Asked>(view: View): Omit<View, keyof Asked> & { plots: PlotSettings } {
  const {
    plot,
    about,
    plot_x,
    plot_y,
    plot_color,
    plot_size,
    plot_group,
    axes,
    scale,
    brush,
    brush_axis,
    brush_from,
    brush_to,
    plot_all,
    ...rest
  } = view;
  const kept = brush.filter(({ axis }) => axis !== brush_axis);
  const added = brush_axis === undefined || brush_from === "" && brush_to === ""
    ? []
    : [{ axis: brush_axis, from: brush_from, to: brush_to }];
  const plots = { plot, about, plot_x, plot_y, plot_color, plot_size, plot_group, axes, scale, all: plot_all };
  return { ...rest, plots: { ...plots, brush: [...kept, ...added] } };
}
