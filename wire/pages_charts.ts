import { z } from "zod";
import { cardRanges, cardSizes, shortEyes } from "../domain/charts_view.ts";
import { curveAxes } from "../domain/curve.ts";
import { imagePlaces } from "../domain/image_steps.ts";
import { listViews } from "../domain/list_view.ts";
import { groupOf } from "../domain/run_groups.ts";
import { message, name, text } from "./message.ts";
import { plotsShape, withPlots } from "./pages_plots.ts";

/** The query string of an experiment's charts. What is not known means the usual choice, as in `pages.ts`. */

const words = text.default("").transform((value) => value.trim());
const flag = text.default("").transform((value) => value !== "" && value !== "0");
const names = z.preprocess((value) => value === undefined ? [] : [value].flat(), z.array(text));
const number = text.optional().transform((value) => {
  const found = Number(value);
  return value === undefined || value.trim() === "" || !Number.isFinite(found) ? undefined : found;
});

export const ChartsQuery = message({
  experiment_id: name,
  /* What goes along from tab to tab. */
  filter: words,
  order_by: words,
  view: z.enum(listViews).catch("active"),
  group: text.optional().transform((value) => groupOf(value) && value),
  runs: names,
  page_token: text.optional().transform((value) => value || undefined),
  /** Which runs are drawn: see `shownRuns`. */
  eye: names,
  /* How. */
  x: z.enum(curveAxes).catch("step"),
  by: text.default(""),
  smooth: z.preprocess(Number, z.number().min(0).max(0.99)).catch(0),
  log: flag,
  logx: flag,
  full: flag,
  from: number,
  to: number,
  /* Which cards, where, how large. */
  find: words,
  pin: names,
  unpin: names,
  first: names,
  /** One more to stand first, as a button says it. */
  lead: text.optional().transform((value) => value || undefined),
  size: names,
  y: names,
  /** Bounds of y of the metric that stands alone, as its form says them. */
  ymin: number,
  ymax: number,
  /** Which of its steps each card of images shows, and one more as its form says it. */
  image: names,
  image_key: text.optional(),
  image_at: text.optional(),
  /** Prefixes of sections that are folded. */
  closed: names,
  /** One metric, alone and large. */
  only: text.optional().transform((value) => value || undefined),
  /** Cards that are drawn for readers without JavaScript. */
  drawn: z.preprocess(Number, z.int().min(0).max(60)).catch(6),
  ...plotsShape,
}).transform(({ pin, unpin, first, lead, eye, size, y, ymin, ymax, image, image_key, image_at, ...view }) => ({
  ...withPlots(view),
  eye: shortEyes(eye),
  pin: leading([...new Set(pin)].filter((key) => !unpin.includes(key)), lead, false),
  first: leading([...new Set(first)], lead, !pin.includes(lead ?? "")),
  sizes: cardSizes(size),
  images: imagePlaces([...image, ...image_key === undefined ? [] : [`${image_at ?? ""}:${image_key}`]]),
  ranges: cardRanges([
    ...y,
    ...(ymin ?? ymax) === undefined ? [] : [`${ymin ?? ""}..${ymax ?? ""}:${view.only ?? ""}`],
  ]),
  // An axis without a metric is none.
  x: view.x === "metric" && view.by === "" ? "step" as const : view.x,
}));
export type ChartsView = z.output<typeof ChartsQuery>;

/** `keys` with one in front; one that is not among them only where it is to be added. */
function leading(keys: string[], lead: string | undefined, add: boolean): string[] {
  if (lead === undefined || !(add || keys.includes(lead))) return keys;
  return [lead, ...keys.filter((key) => key !== lead)];
}
