// @ts-check
/** Reading charts: one line at the same x in all of them, every run's value there, and zooming by dragging. `chart_keys.js` does the same by keys. */

import { color, xText } from "./chart_config.js";
import { isDrawable } from "./curve.js";
import { element } from "./weir.js";

/** @typedef {import("./charts.js").Card} Card */
/** @typedef {import("./curve.js").Range} Range */
/** @typedef {import("./chart_config.js").Curve} Curve */
/**
 * @typedef {object} Actions What a reader can do to a chart.
 * @property {(zoom: Range | undefined) => void} zoomTo
 * @property {(run_id: string | undefined) => void} emphasize
 * @property {() => Card[]} allCards
 */

/** Where the line is, in all charts with this x axis. @type {{ axis: string, x: number } | undefined} */
let cursor;
/** The axis of a chart: charts of one axis are read together. @param {Card} card */
const axisOf = ({ settings: { x, by } }) => `${x} ${x === "metric" ? by : ""}`;
/** What is being dragged over, in one chart. @type {{ card: Card, from: number, to: number } | undefined} */
let drag;

const mostRows = 12;

/** Makes a chart answer to the pointer. @param {Card} card @param {Actions} actions */
export function readable(card, actions) {
  const { canvas, section } = card;
  canvas.addEventListener("pointermove", (event) => {
    const x = xAt(card, event.offsetX);
    if (x === undefined) return;
    if (drag?.card === card) drag.to = x;
    point(card, actions, x, event.offsetY);
  });
  canvas.addEventListener("pointerleave", () => !drag && leave(actions));
  canvas.addEventListener("pointerdown", (event) => {
    const x = xAt(card, event.offsetX);
    if (x === undefined || event.pointerType === "touch" || event.button !== 0) return;
    drag = { card, from: x, to: x };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointerup", () => endDrag(card, actions));
  canvas.addEventListener("pointercancel", () => drag = undefined);
  canvas.addEventListener("dblclick", () => actions.zoomTo(undefined));
  section.addEventListener("pointerover", (event) => {
    const key = event.target instanceof Element ? event.target.closest("[data-line]") : null;
    if (key instanceof HTMLElement) actions.emphasize(key.dataset.line);
  });
  section.addEventListener("pointerleave", () => actions.emphasize(undefined));
}

/** @param {Card} card @param {number} pixel @returns {number | undefined} */
function xAt({ drawing }, pixel) {
  const scale = drawing?.scales.x;
  if (!drawing || !scale) return undefined;
  const { left, right } = drawing.chartArea;
  return scale.getValueForPixel(Math.min(right, Math.max(left, pixel)));
}

/** @param {Card} card @param {Actions} actions */
function endDrag(card, actions) {
  if (drag?.card !== card) return;
  const [min = 0, max = 0] = [drag.from, drag.to].sort((a, b) => a - b);
  drag = undefined;
  const scale = card.drawing?.scales.x;
  const wide = scale && scale.getPixelForValue(max) - scale.getPixelForValue(min) > 8;
  if (wide) actions.zoomTo({ min, max });
  else card.drawing?.draw();
}

/** Puts the line at an x, and answers what is read there. @param {Card} card @param {Actions} actions @param {number} x @param {number} [pixel] Height of the pointer. */
export function point(card, actions, x, pixel) {
  const rows = rowsAt(card, x, pixel);
  cursor = { axis: axisOf(card), x: rows[0]?.point[0] ?? x };
  actions.emphasize(pixel === undefined ? undefined : rows.find((row) => row.nearest)?.curve.line.run_id);
  for (const other of actions.allCards()) {
    if (other !== card) hideReadout(other);
    other.drawing?.draw();
  }
  showReadout(card, rows);
  return rows;
}

/** Where the line is, if it is in this chart. @param {Card} card @returns {number | undefined} */
export const lineIn = (card) => cursor?.axis === axisOf(card) ? cursor.x : undefined;

/** @param {Actions} actions */
export function leave(actions) {
  cursor = undefined;
  actions.emphasize(undefined);
  for (const card of actions.allCards()) {
    hideReadout(card);
    card.drawing?.draw();
  }
}

/** @typedef {{ curve: Curve, point: import("./curve.js").CurvePoint, drawn: number, nearest: boolean }} Row */

/**
 * Each run's point nearest to an x, the best first; of many runs those nearest to the pointer.
 * @param {Card} card @param {number} x @param {number} [pixel] @returns {Row[]}
 */
function rowsAt({ curves, drawing, settings }, x, pixel) {
  const rows = curves.flatMap((curve) => {
    const i = nearestIndex(curve.points, x);
    const found = curve.points[i];
    return found ? [{ curve, point: found, drawn: curve.drawn[i] ?? NaN, nearest: false }] : [];
  });
  const closest = Math.min(...rows.map((row) => Math.abs(row.point[0] - x)));
  const here = rows.filter((row) => Math.abs(row.point[0] - x) <= closest * 2 + spacing(row.curve.points));
  const away = (/** @type {Row} */ row) => {
    const y = drawing?.scales.y?.getPixelForValue(row.drawn) ?? NaN;
    return pixel === undefined || Number.isNaN(y) ? Infinity : Math.abs(y - pixel);
  };
  const near = here.toSorted((a, b) => away(a) - away(b) || 0);
  if (near[0]) near[0].nearest = pixel !== undefined;
  const sign = settings.direction === "lower" ? 1 : -1;
  return near.slice(0, mostRows).sort((a, b) => sign * (a.drawn - b.drawn) || 0);
}

/** The mean distance of points: a run that ended long before x is not read there. @param {Curve["points"]} points */
function spacing(points) {
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  return points.length > 1 ? 2 * (last - first) / (points.length - 1) : 0;
}

/** @param {Curve["points"]} points @param {number} x */
function nearestIndex(points, x) {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) < x) low = middle;
    else high = middle;
  }
  return Math.abs((points[low]?.[0] ?? 0) - x) <= Math.abs((points[high]?.[0] ?? 0) - x) ? low : high;
}

/** Numbers of one column: about six figures, the same decimals for all, a true minus. @param {number[]} values */
export function numberTexts(values) {
  const greatest = Math.max(...values.filter(Number.isFinite).map(Math.abs), 0);
  const tiny = greatest > 0 && greatest < 1e-3 || greatest >= 1e9;
  const whole = values.every((value) => Number.isInteger(value) || !Number.isFinite(value));
  const decimals = whole ? 0 : Math.min(6, Math.max(0, 5 - Math.floor(Math.log10(greatest || 1))));
  return values.map((value) => {
    if (Number.isNaN(value)) return "NaN";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
    const text = tiny && value !== 0
      ? value.toExponential(3).replace("e+", "e")
      : value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return text.replaceAll("-", "−");
  });
}

/** Of means: "± 0.006 · 14 runs". @param {Row[]} rows */
function deviationTexts(rows) {
  const deviations = rows.map(({ curve, point: at }) => curve.deviations?.[curve.points.indexOf(at)]);
  const texts = numberTexts(deviations.map((deviation) => deviation ?? 0));
  return rows.map(({ point: [, , runs] }, i) =>
    deviations[i] === undefined ? "" : ` ± ${texts[i]} · ${runs} ${runs === 1 ? "run" : "runs"}`
  );
}

/** @param {Card} card */
function readoutOf({ section }) {
  const found = section.querySelector("table.read");
  if (found instanceof HTMLElement) return found;
  const made = element("table");
  made.className = "read";
  section.querySelector(".ch")?.append(made);
  return made;
}

/** @param {Card} card */
function hideReadout({ section }) {
  section.querySelector("table.read")?.remove();
}

/** @param {Card} card @param {Row[]} rows */
function showReadout(card, rows) {
  const { drawing, settings } = card;
  const scale = drawing?.scales.x;
  if (!drawing || !scale || !cursor) return;
  const table = readoutOf(card);
  const head = element("th", xText(settings, cursor.x));
  head.setAttribute("colspan", "3");
  const more = card.curves.length - rows.length;
  const texts = numberTexts(rows.map(({ point: [, value] }) => value));
  const aside = deviationTexts(rows);
  const lines = rows.map(({ curve: { line }, nearest }, i) => {
    const mark = element("i");
    mark.className = `line c${line.color} ${line.dash}`;
    const name = element("td", line.name);
    name.dir = "auto";
    const number = element("td", `${texts[i] ?? ""}${aside[i] ?? ""}`);
    number.className = "r";
    const row = element("tr", element("td", mark), name, number);
    row.classList.toggle("hot", nearest && rows.length > 1);
    return row;
  });
  const rest = more > 0 && rows.length === mostRows
    ? [element("tr", element("td"), element("td", `and ${more} more`))]
    : [];
  table.style.setProperty("--wide", `${drawing.width}px`);
  table.replaceChildren(element("tr", head), ...lines, ...rest);
  const at = scale.getPixelForValue(cursor.x);
  const right = at > (drawing.chartArea.left + drawing.chartArea.right) / 2;
  const left = right ? at - 12 - table.offsetWidth : at + 12;
  table.style.left = `${Math.max(0, Math.min(left, drawing.width - table.offsetWidth))}px`;
}

/* ---- Marks on the canvas ---- */

/** The line under the pointer, its dots, what is dragged over, and where values are NaN or infinite. @param {Card} card */
export function drawMarks(card) {
  const { drawing, curves, settings } = card;
  const { x, y } = drawing?.scales ?? {};
  if (!drawing || !x || !y) return;
  const { ctx, chartArea: { top, bottom, left, right } } = drawing;
  ctx.save();
  drawUndrawn(card);
  if (drag?.card === card) {
    const [from, to] = [x.getPixelForValue(drag.from), x.getPixelForValue(drag.to)];
    ctx.globalAlpha = 0.15;
    ctx.fillStyle = color("--acc");
    ctx.fillRect(from, top, to - from, bottom - top);
    ctx.globalAlpha = 1;
  }
  const at = x.getPixelForValue(lineIn(card) ?? NaN);
  if (cursor && at >= left - 1 && at <= right + 1) {
    ctx.strokeStyle = color("--ctl");
    ctx.lineWidth = 1;
    stroke(ctx, Math.round(at) + 0.5, top, bottom);
    for (const { points, drawn, line } of curves) {
      const i = nearestIndex(points, cursor.x);
      if (
        Math.abs((points[i]?.[0] ?? NaN) - cursor.x) > spacing(points) || !isDrawable(drawn[i] ?? NaN, settings.log)
      ) continue;
      ctx.fillStyle = color(`--c${line.color}`);
      ctx.strokeStyle = color("--bg");
      ctx.beginPath();
      ctx.arc(x.getPixelForValue(points[i]?.[0] ?? NaN), y.getPixelForValue(drawn[i] ?? NaN), 3, 0, 7);
      ctx.fill();
      ctx.stroke();
    }
  }
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} from @param {number} to */
function stroke(ctx, x, from, to) {
  ctx.beginPath();
  ctx.moveTo(x, from);
  ctx.lineTo(x, to);
  ctx.stroke();
}

/** Short strokes on the lower edge where a value is NaN or infinite. @param {Card} card */
function drawUndrawn({ drawing, curves }) {
  const x = drawing?.scales.x;
  if (!drawing || !x) return;
  const { ctx, chartArea: { bottom } } = drawing;
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = color("--bad");
  for (const { points } of curves) {
    for (const [at, value] of points) {
      if (!Number.isFinite(value)) stroke(ctx, x.getPixelForValue(at), bottom - 8, bottom);
    }
  }
}
