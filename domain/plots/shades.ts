import type { NumberColumn } from "./columns.ts";
import { hasPlace, placed } from "./columns.ts";
import { alongLog, asksForLog } from "./scales.ts";

/**
 * How many shades a metric is drawn in: `--m0` to `--m6` of the style sheet, which grow darker on light pages and lighter on dark ones, so
 * that their order is seen without colour.
 */
export const shadeCount = 7;

export interface Shades {
  min: number;
  max: number;
  log: boolean;
  /** Less is better: the least value has the strongest shade. */
  turned: boolean;
}

/** Shades between the least and greatest value of a column; undefined where it has none. */
export function shadesOf(column: NumberColumn): Shades | undefined {
  const values = placed(column);
  if (values.length === 0) return undefined;
  return {
    min: values.reduce((a, b) => Math.min(a, b)),
    max: values.reduce((a, b) => Math.max(a, b)),
    log: asksForLog(values),
    turned: column.direction === "lower",
  };
}

/** The shade of a value, 0 to 6; undefined for none, NaN and infinities. */
export function shadeOf({ min, max, log, turned }: Shades, value: number | undefined): number | undefined {
  if (value === undefined || !hasPlace(value)) return undefined;
  const along = !(max > min) ? 0.5 : log ? alongLog(value, min, max) : (value / 2 - min / 2) / (max / 2 - min / 2);
  const place = Math.min(1, Math.max(0, turned ? 1 - along : along));
  return Math.min(shadeCount - 1, Math.floor(place * shadeCount));
}
