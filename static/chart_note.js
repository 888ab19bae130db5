// @ts-check
/** What stands below a chart: how many points of how many, and what of them is not to be seen. `views/chart.tsx` says the same of what the server draws. */

/** @typedef {import("./chart_config.js").Series} Series */

/** @param {Series[]} series @param {boolean} zoomed @param {boolean} clipped */
export function noteOf(series, zoomed, clipped) {
  const count = (/** @type {number} */ n) => n.toLocaleString("en-US");
  const sum = (/** @type {(each: Series) => number} */ of) => series.reduce((all, each) => all + of(each), 0);
  const total = sum((each) => each.total);
  const used = sum((each) => each.used ?? 0);
  const shown = sum(({ points }) => points.length);
  const undrawn = sum(({ points }) => points.filter(([, v]) => !Number.isFinite(v)).length);
  const points = series.some(({ deviations }) => deviations)
    ? `mean ± std of ${count(series.length)} groups, from ${used < total ? `${count(used)} of ` : ""}${
      count(total)
    } points`
    : `${count(shown)} of ${count(total)} points`;
  return [
    `${points}${zoomed ? " in sight" : ""}`,
    undrawn > 0 ? `${count(undrawn)} NaN or infinite` : "",
    clipped ? "y cut to the late part" : "",
    shown < total ? "drag to zoom" : "",
  ].filter((text) => text !== "").join(" · ");
}
