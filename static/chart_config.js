// @ts-check
/** What Chart.js is told: data sets and scales of one card. */

import { bounded, fitX, fitY, isDrawable, smooth } from "./curve.js";
import { clockTick, durationTick, logTicks, niceTicks, tickTexts, timeTicks } from "./ticks.js";

/** @typedef {import("./curve.js").CurvePoint} CurvePoint */
/** @typedef {import("./curve.js").Range} Range */
/** @typedef {{ run_id: string, name: string, color: number, dash: string }} Line */
/**
 * @typedef {object} Series A curve; or the mean of several, with a standard deviation at each point and the number of runs in place of
 * the step.
 * @property {string} run_id
 * @property {number} total Points before thinning.
 * @property {number} [used] Points that were read for a mean.
 * @property {CurvePoint[]} points
 * @property {number[]} [deviations]
 */
/** @typedef {"step" | "time" | "relative" | "metric"} Axis */
/**
 * @typedef {object} Settings
 * @property {string} key
 * @property {Axis} x
 * @property {string} by The metric along x.
 * @property {number} smooth
 * @property {boolean} log
 * @property {boolean} logx
 * @property {boolean} clip
 * @property {string} direction
 * @property {Partial<Range>} xs Bounds that the reader set.
 * @property {Partial<Range>} ys
 */
/** @typedef {{ line: Line, points: CurvePoint[], drawn: number[], deviations?: number[] | undefined }} Curve */
/** @typedef {import("chart.js").ChartConfiguration<"line", { x: number, y: number }[]>} Config */
/** @typedef {Config["data"]["datasets"][number]} DataSet */

/** What a card says of how it is drawn. @param {HTMLElement} section @returns {Settings} */
export function settingsOf({ dataset }) {
  const x = dataset.x === "time" || dataset.x === "relative" || dataset.x === "metric" ? dataset.x : "step";
  return {
    key: dataset.chart ?? "",
    x,
    by: dataset.by ?? "",
    smooth: Number(dataset.smooth),
    log: dataset.log !== undefined,
    logx: dataset.logx !== undefined,
    clip: dataset.clip !== undefined,
    direction: dataset.direction ?? "unknown",
    xs: boundsIn(dataset.xmin, dataset.xmax),
    ys: boundsIn(dataset.ymin, dataset.ymax),
  };
}

/** @param {string | undefined} min @param {string | undefined} max @returns {Partial<Range>} */
const boundsIn = (min, max) => ({ ...(min && { min: Number(min) }), ...(max && { max: Number(max) }) });

const probe = document.createElement("i");
probe.hidden = true;

/** @type {Map<string, string>} */
const colors = new Map();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => colors.clear());

/** A colour of the style sheet as it is now. @param {string} name */
export function color(name) {
  const known = colors.get(name);
  if (known !== undefined) return known;
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  colors.set(name, found);
  return found;
}

/** @param {string} rgb @param {number} alpha */
const faded = (rgb, alpha) =>
  rgb.replace(/rgba?\(([^)]+)\)/, (_, v) => `rgba(${v.split(",").slice(0, 3).join(",")},${alpha})`);

/** @type {Record<string, number[]>} */
export const dashes = { base: [5, 3], again: [1.5, 2.5] };

/** How far the reader's clock is ahead of UTC (ms). @param {number} at */
const zoneAt = (at) => -60_000 * new Date(at).getTimezoneOffset();

/** A place on the x axis in words. @param {Pick<Settings, "x" | "by">} settings @param {number} x */
export function xText({ x: axis, by }, x) {
  if (axis === "metric") {
    // The number first: the name may be long, and is cut off.
    return `${x.toLocaleString("en-US", { maximumSignificantDigits: 6 }).replaceAll("-", "−")} ${by}`;
  }
  if (axis === "relative") return durationTick(Math.round(x * 1000));
  if (axis === "step") return `step ${x.toLocaleString("en-US").replaceAll("-", "−")}`;
  return new Date(x).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** @param {Settings} settings @param {Range} range @param {number} count @returns {{ value: number, label: string }[]} */
function xTicks({ x: axis, logx }, { min, max }, count) {
  if (logx) return labelled(logTicks(min, max));
  if (axis === "time") {
    const zone = zoneAt(max);
    return timeTicks(min, max, count, zone).map((value) => ({ value, label: clockTick(value, zone) }));
  }
  if (axis === "relative") {
    return timeTicks(1000 * min, 1000 * max, count).map((ms) => ({ value: ms / 1000, label: durationTick(ms) }));
  }
  return labelled(niceTicks(min, max, count));
}

/** One for every 64 pixels. @param {number} width */
const tickCount = (width) => Math.max(3, Math.round(width / 64));

/** @param {number[]} ticks */
function labelled(ticks) {
  const texts = tickTexts(ticks);
  return ticks.map((value, i) => ({ value, label: texts[i] ?? "" }));
}

/** @param {Series[]} series @param {Line[]} lines @param {number} weight @returns {Curve[]} */
export function curvesOf(series, lines, weight) {
  const byId = new Map(series.map((each) => [each.run_id, each]));
  return lines.flatMap((line) => {
    const { points = [], deviations } = byId.get(line.run_id) ?? {};
    const drawn = smooth(points.map(([, value]) => value), weight);
    return points.length === 0 ? [] : [{ line, points, drawn, deviations }];
  });
}

/** @param {Curve[]} curves @param {Settings} settings @param {string | undefined} hot The run to stand out. @returns {DataSet[]} */
export function dataSets(curves, { smooth: weight, log, logx }, hot) {
  return curves.flatMap(({ line, points, drawn, deviations }) => {
    const ink = color(`--c${line.color}`);
    const at = (/** @type {number[]} */ values) =>
      points.map(([x], i) => ({
        x: logx && !(x > 0) ? NaN : x,
        y: isDrawable(values[i] ?? NaN, log) ? values[i] ?? NaN : NaN,
      }));
    const base = { borderColor: ink, backgroundColor: ink, pointRadius: 0 };
    const data = at(drawn);
    const main = {
      ...base,
      data,
      borderWidth: line.run_id === hot ? 2.5 : line.dash === "base" ? 2 : 1.5,
      borderDash: dashes[line.dash] ?? [],
      pointRadius: lonePoints(data),
      order: line.run_id === hot ? 0 : 1,
    };
    if (deviations) return [main, ...band(at, drawn, deviations, log, ink)];
    if (!(weight > 0)) return [main];
    const raw = {
      ...base,
      data: at(points.map(([, value]) => value)),
      borderColor: faded(ink, 0.2),
      borderWidth: 1,
      order: 2,
    };
    return [main, raw];
  });
}

/**
 * From one deviation below a mean to one above it. On a log axis what lies below 0 is cut off.
 * @param {(values: number[]) => { x: number, y: number }[]} at @param {number[]} means @param {number[]} deviations
 * @param {boolean} log @param {string} ink
 */
function band(at, means, deviations, log, ink) {
  const edge = { borderWidth: 0, pointRadius: 0, order: 3 };
  const low = means.map((mean, i) => mean - (deviations[i] ?? 0));
  const floor = Math.min(...means.filter((mean) => isDrawable(mean, log))) / 1e3;
  return [
    { ...edge, data: at(log ? low.map((value) => Math.max(value, floor)) : low) },
    {
      ...edge,
      data: at(means.map((mean, i) => mean + (deviations[i] ?? 0))),
      fill: "-1",
      backgroundColor: faded(ink, 0.16),
    },
  ];
}

/** A point between two gaps has no line: it gets a dot. @param {{ y: number }[]} data */
function lonePoints(data) {
  const gap = (/** @type {number} */ i) => !(i in data) || Number.isNaN(data[i]?.y);
  return data.some((_, i) => !gap(i) && gap(i - 1) && gap(i + 1))
    ? data.map((_, i) => !gap(i) && gap(i - 1) && gap(i + 1) ? 2 : 0)
    : 0;
}

/**
 * What the axes cover: the curves, within what the reader set or zoomed to.
 * @param {Curve[]} curves @param {Settings} settings @param {Range | undefined} zoom
 * @returns {{ x: Range, y: Range, clipped: boolean }}
 */
export function rangesOf(curves, settings, zoom) {
  const { log, logx, xs, ys } = settings;
  const covered = curves.flatMap(({ points, deviations }) =>
    deviations
      ? [-1, 1].map((sign) => points.map(([x, mean], i) => aside(x, mean + sign * (deviations[i] ?? 0))))
      : [points]
  );
  const x = zoom ?? bounded(fitX(covered, logx), xs, logx);
  const inside = zoom ? covered : covered.map((points) => points.filter(([at]) => at >= x.min && at <= x.max));
  const { range, clipped } = fitY(inside, zoom ? { ...settings, clip: false } : settings);
  return { x, y: bounded(range, ys, log), clipped: clipped && ys.min === undefined && ys.max === undefined };
}

/** @param {number} x @param {number} value @returns {CurvePoint} */
const aside = (x, value) => [x, value, 0, 0];

/** @param {Settings} settings @param {{ x: Range, y: Range }} ranges @returns {NonNullable<Config["options"]>} */
export function options(settings, { x, y }) {
  const { log, logx } = settings;
  const look = {
    border: { display: false },
    ticks: {
      color: color("--mut"),
      font: { size: 11, family: getComputedStyle(document.body).fontFamily },
      padding: 4,
      maxRotation: 0,
      autoSkip: false,
    },
  };
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    parsing: false,
    normalized: true,
    events: [], // the pointer is read in readout.js, for all charts of the page together
    elements: { point: { radius: 0 }, line: { tension: 0, borderJoinStyle: "round" } },
    layout: { padding: { top: 6, right: 8 } },
    plugins: { legend: { display: false }, tooltip: { enabled: false } },
    scales: {
      x: {
        ...look,
        type: logx ? "logarithmic" : "linear",
        ...x,
        grid: { display: false, drawTicks: false },
        // Chart.js puts labels of its own on ticks that are built for it, so they are set again after that.
        afterBuildTicks: (scale) => void (scale.ticks = xTicks(settings, x, tickCount(scale.chart.width))),
        afterTickToLabelConversion: (scale) => void (scale.ticks = xTicks(settings, x, tickCount(scale.chart.width))),
        afterFit: (scale) => void (scale.height = 20),
      },
      y: {
        ...look,
        type: log ? "logarithmic" : "linear",
        ...y,
        grid: { color: color("--line"), drawTicks: false },
        afterBuildTicks: (scale) =>
          void (scale.ticks = labelled(log ? logTicks(y.min, y.max) : niceTicks(y.min, y.max))),
        afterTickToLabelConversion: (scale) => void (scale.ticks = labelled(scale.ticks.map(({ value }) => value))),
        afterFit: (scale) => void (scale.width = 48),
      },
    },
  };
}
