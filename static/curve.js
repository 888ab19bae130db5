// @ts-check
/** What becomes of points before they are drawn: `domain/curve.ts` for the browser. A test holds the two together. */

/** @typedef {readonly [x: number, value: number, step: number, timestamp: number]} CurvePoint */
/** @typedef {{ min: number, max: number }} Range */

/**
 * Exponential moving average, debiased. NaN and infinities stay where they are.
 * @param {readonly number[]} values @param {number} weight 0 to below 1
 */
export function smooth(values, weight) {
  if (!(weight > 0)) return [...values];
  let sum = 0;
  let rest = 1;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    sum = sum * weight + (1 - weight) * value;
    rest *= weight;
    return sum / (1 - rest);
  });
}

const greatestDrawn = 1e300;

/** Whether a line can show a value. @param {number} value @param {boolean} log */
export const isDrawable = (value, log) =>
  log ? value > 1 / greatestDrawn && value < greatestDrawn : Math.abs(value) < greatestDrawn;

/** @param {readonly number[]} values @returns {Range | undefined} */
function rangeOf(values) {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : undefined;
}

/** The x that curves cover. @param {readonly (readonly CurvePoint[])[]} curves @param {boolean} [log] @returns {Range} */
export function fitX(curves, log = false) {
  const keep = (/** @type {number} */ x) => Number.isFinite(x) && (!log || x > 0);
  const range = rangeOf(curves.flatMap((points) => points.map(([x]) => x).filter(keep)));
  if (!range) return log ? { min: 1, max: 10 } : { min: 0, max: 1 };
  if (log) return range.min < range.max ? range : { min: range.min / 2, max: range.max * 2 };
  return range.min < range.max ? range : { min: range.min - 0.5, max: range.max + 0.5 };
}

/**
 * A range with the bounds that a reader set, as far as they make sense.
 * @param {Range} range @param {Partial<Range>} bounds @param {boolean} [log] @returns {Range}
 */
export function bounded(range, { min, max }, log = false) {
  const fits = (/** @type {number | undefined} */ bound) =>
    bound !== undefined && Number.isFinite(bound) && (!log || bound > 0);
  const set = { min: fits(min) ? min ?? range.min : range.min, max: fits(max) ? max ?? range.max : range.max };
  return set.min < set.max ? set : range;
}

const earlyPart = 0.2;
const fewPoints = 10;

/** @param {Range} range @param {boolean} log @returns {number} */
const spanOf = ({ min, max }, log) => log ? Math.log(max) - Math.log(min) : max - min;

/** @param {Range} range @param {boolean} log @returns {Range} */
function padded({ min, max }, log) {
  if (log) {
    const span = spanOf({ min, max }, log);
    const pad = Math.exp(span * 0.04);
    return span > 1e-9 ? { min: min / pad, max: max * pad } : { min: min / 2, max: max * 2 };
  }
  const pad = min < max ? (max - min) * 0.04 : Math.abs(min) * 0.1 || 1;
  return { min: min - pad, max: max + pad };
}

/**
 * The values that curves cover; with `clip` those of their late part, if that shows it at least twice as large.
 * @param {readonly (readonly CurvePoint[])[]} curves @param {{ log: boolean, clip: boolean }} settings
 * @returns {{ range: Range, clipped: boolean }}
 */
export function fitY(curves, { log, clip }) {
  const valuesOf = (/** @type {readonly CurvePoint[]} */ points) =>
    points.map(([, value]) => value).filter((value) => isDrawable(value, log));
  const all = rangeOf(curves.flatMap(valuesOf));
  if (!all) return { range: log ? { min: 0.1, max: 10 } : { min: 0, max: 1 }, clipped: false };
  const late = clip
    ? rangeOf(curves.flatMap((points) => {
      const { min, max } = fitX([points]);
      const early = points.length < fewPoints ? 0 : earlyPart;
      return valuesOf(points.filter(([x]) => x >= min + (max - min) * early));
    }))
    : undefined;
  if (late && late.min < late.max && spanOf(late, log) * 2 <= spanOf(all, log)) {
    return { range: padded(late, log), clipped: true };
  }
  return { range: padded(all, log), clipped: false };
}
