// @ts-check
/** What Chart.js is told: data sets and scales of one card. */

import { fitX, fitY, isDrawable, smooth } from "./curve.js";
import { clockTick, durationTick, logTicks, niceTicks, tickTexts, timeTicks } from "./ticks.js";

/** @typedef {import("./curve.js").CurvePoint} CurvePoint */
/** @typedef {import("./curve.js").Range} Range */
/** @typedef {{ run_id: string, name: string, color: number, dash: string }} Line */
/** @typedef {{ run_id: string, total: number, points: CurvePoint[] }} Series */
/** @typedef {"step" | "time" | "relative"} Axis */
/** @typedef {{ key: string, x: Axis, smooth: number, log: boolean, clip: boolean, direction: string }} Settings */
/** @typedef {{ line: Line, points: CurvePoint[], drawn: number[] }} Curve */
/** @typedef {import("chart.js").ChartConfiguration<"line", { x: number, y: number }[]>} Config */
/** @typedef {Config["data"]["datasets"][number]} DataSet */

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
const dashes = { base: [5, 3], again: [1.5, 2.5] };

/** How far the reader's clock is ahead of UTC (ms). @param {number} at */
const zoneAt = (at) => -60_000 * new Date(at).getTimezoneOffset();

/** A place on the x axis in words. @param {Axis} axis @param {number} x */
export function xText(axis, x) {
  if (axis === "relative") return durationTick(Math.round(x * 1000));
  if (axis === "step") return `step ${x.toLocaleString("en-US").replaceAll("-", "−")}`;
  return new Date(x).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** @param {Axis} axis @param {Range} range @param {number} count @returns {{ value: number, label: string }[]} */
function xTicks(axis, { min, max }, count) {
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
    const points = byId.get(line.run_id)?.points ?? [];
    return points.length === 0 ? [] : [{ line, points, drawn: smooth(points.map(([, value]) => value), weight) }];
  });
}

/** @param {Curve[]} curves @param {Settings} settings @param {string | undefined} hot The run to stand out. @returns {DataSet[]} */
export function dataSets(curves, { smooth: weight, log }, hot) {
  return curves.flatMap(({ line, points, drawn }) => {
    const ink = color(`--c${line.color}`);
    const at = (/** @type {number[]} */ values) =>
      points.map(([x], i) => ({ x, y: isDrawable(values[i] ?? NaN, log) ? values[i] ?? NaN : NaN }));
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

/** A point between two gaps has no line: it gets a dot. @param {{ y: number }[]} data */
function lonePoints(data) {
  const gap = (/** @type {number} */ i) => !(i in data) || Number.isNaN(data[i]?.y);
  return data.some((_, i) => !gap(i) && gap(i - 1) && gap(i + 1))
    ? data.map((_, i) => !gap(i) && gap(i - 1) && gap(i + 1) ? 2 : 0)
    : 0;
}

/**
 * @param {Curve[]} curves @param {Settings} settings @param {Range | undefined} zoom
 * @returns {{ x: Range, y: Range, clipped: boolean }}
 */
export function rangesOf(curves, settings, zoom) {
  const points = curves.map((curve) => curve.points);
  const { range, clipped } = fitY(points, zoom ? { ...settings, clip: false } : settings);
  return { x: zoom ?? fitX(points), y: range, clipped };
}

/** @param {Settings} settings @param {{ x: Range, y: Range }} ranges @returns {NonNullable<Config["options"]>} */
export function options({ x: axis, log }, { x, y }) {
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
        type: "linear",
        ...x,
        grid: { display: false, drawTicks: false },
        // Chart.js puts labels of its own on ticks that are built for it, so they are set again after that.
        afterBuildTicks: (scale) => void (scale.ticks = xTicks(axis, x, tickCount(scale.chart.width))),
        afterTickToLabelConversion: (scale) => void (scale.ticks = xTicks(axis, x, tickCount(scale.chart.width))),
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
