// @ts-check
/**
 * Brushing parallel coordinates: a drag along an axis picks the runs that cross it there, a click clears it. What is picked stands in the
 * address, as the menu of the axis puts it there without a pointer.
 */

import { go } from "./place.js";

/** @typedef {{ axis: HTMLElement, chart: HTMLElement, name: string, mode: "new" | "move" | "low" | "high", at: number, start: [number, number], range: [number, number], moved: boolean }} Drag */

/** @type {Drag | undefined} */
let drag;

/** Pixels: a shorter drag is a click; the ends of a brush are caught this near. */
const shortest = 4, nearEnd = 6;

/** @param {HTMLElement} axis @param {number} y */
function placeAt(axis, y) {
  const { top, height } = axis.getBoundingClientRect();
  return Math.min(1, Math.max(0, 1 - (y - top) / height));
}

/** The brush of an axis as places. @param {HTMLElement} axis @returns {[number, number] | undefined} */
export function brushOf(axis) {
  const brush = axis.querySelector("[data-brush]");
  if (!(brush instanceof HTMLElement)) return undefined;
  return [parseFloat(brush.style.bottom) / 100, 1 - parseFloat(brush.style.top) / 100];
}

/** @param {HTMLElement} axis @param {[number, number]} range */
export function showBrush(axis, [low, high]) {
  let brush = axis.querySelector("[data-brush]");
  if (!(brush instanceof HTMLElement)) {
    brush = document.createElement("i");
    brush.className = "brush";
    brush.setAttribute("data-brush", "");
    axis.append(brush);
  }
  if (brush instanceof HTMLElement) {
    brush.style.bottom = `${100 * low}%`;
    brush.style.top = `${100 * (1 - high)}%`;
  }
}

/** Where the line of a run crosses the axes: y of the drawing by x. @param {Element} line */
function crossings(line) {
  const pieces = line.getAttribute("d")?.match(/[MC][^MC]*/g) ?? [];
  return new Map(pieces.map((piece) => {
    const numbers = piece.replace("h0", "").slice(1).split(" ").map(Number);
    return /** @type {[number, number]} */ ([numbers.at(-2) ?? 0, numbers.at(-1) ?? 0]);
  }));
}

/** Fades the lines outside of the brushes and says how many are left. @param {HTMLElement} chart */
export function fade(chart) {
  const axes = /** @type {HTMLElement[]} */ ([...chart.querySelectorAll("[data-axis]")]);
  const height = chart.querySelector("svg")?.viewBox.baseVal.height ?? 1;
  const width = chart.querySelector("svg")?.viewBox.baseVal.width ?? 1;
  const ranges = axes.flatMap((axis, i) => {
    const range = brushOf(axis);
    return range === undefined ? [] : [{ x: Math.round(i * width / Math.max(1, axes.length - 1)), range }];
  });
  let inside = 0;
  const lines = chart.querySelectorAll("[data-line]");
  for (const line of lines) {
    const at = ranges.length === 0 ? new Map() : crossings(line);
    const kept = ranges.every(({ x, range: [low, high] }) => {
      const y = at.get(x);
      const place = y === undefined ? NaN : 1 - y / height;
      return place >= low - 0.002 && place <= high + 0.002; // the drawing is rounded
    });
    line.classList.toggle("off", !kept);
    if (kept) inside++;
  }
  const note = chart.closest("[data-plot]")?.querySelector("[data-brushed]");
  if (note) note.textContent = `${inside} of ${lines.length} runs brushed`;
}

/**
 * The ends of a range in the words of the address, and the range that these words mean: whole categories, numbers of four figures.
 * @param {HTMLElement} axis @param {[number, number]} range @returns {{ from: string, to: string, range: [number, number] } | undefined}
 */
export function wordsOf(axis, [low, high]) {
  const { min, max, values } = axis.dataset;
  if (values !== undefined) {
    /** @type {string[]} */
    const all = JSON.parse(values);
    const share = 1 / all.length;
    const places = all.map((_, i) => 1 - (i + 0.5) * share);
    const caught = places.flatMap((place, i) => place >= low && place <= high ? [i] : []);
    const nearest = Math.min(all.length - 1, Math.max(0, Math.floor((1 - (low + high) / 2) / share)));
    const [first, last] = [caught[0] ?? nearest, caught.at(-1) ?? nearest];
    const [from, to] = [all[first], all[last]];
    if (from === undefined || to === undefined || from === "" || to === "") return undefined;
    return { from, to, range: [1 - (last + 1) * share, 1 - first * share] };
  }
  const scale = { min: Number(min), max: Number(max), log: axis.dataset.log !== undefined };
  const turn = (/** @type {number} */ place) => axis.dataset.turned === undefined ? place : 1 - place;
  const valueAt = (/** @type {number} */ place) => {
    const along = turn(place);
    const value = scale.log
      ? scale.min * (scale.max / scale.min) ** along
      : scale.min + (scale.max - scale.min) * along;
    return Number(value.toPrecision(figures(scale)));
  };
  const placeOf = (/** @type {number} */ value) =>
    turn(
      scale.log
        ? Math.log(value / scale.min) / Math.log(scale.max / scale.min)
        : (value - scale.min) / (scale.max - scale.min),
    );
  // The end of the axis is meant when the pointer is beyond it, and rounding must not leave out the run that stands there.
  const ends = [low, high].map((place) => place <= 0.001 ? "" : place >= 0.999 ? "" : String(valueAt(place)));
  const places = ends.map((text, i) => text === "" ? i : placeOf(Number(text)));
  const [from = "", to = ""] = axis.dataset.turned === undefined ? ends : ends.toReversed();
  return { from, to, range: [places[0] ?? 0, places[1] ?? 1] };
}

/** Enough figures to part the axis finely, however far from 0 it begins. @param {{ min: number, max: number }} scale */
function figures({ min, max }) {
  const size = Math.max(Math.abs(min), Math.abs(max));
  return Math.min(15, 4 + Math.max(0, Math.ceil(Math.log10(size / Math.abs(max - min) || 1))));
}

/** Makes the address say the brush of an axis; no range clears it. @param {HTMLElement} axis @param {[number, number]} [range] */
export function keepBrush(axis, range) {
  const name = axis.dataset.axis ?? "";
  const words = range && wordsOf(axis, range);
  const url = new URL(location.href);
  const fields = url.searchParams;
  const kept = fields.getAll("brush");
  const also = fields.get("brush_axis");
  const [from = "", to = ""] = ["brush_from", "brush_to"].map((field) => fields.get(field) ?? "");
  if (also && (from || to)) kept.push(`${encodeURIComponent(from)},${encodeURIComponent(to)}:${also}`);
  for (const field of ["brush", "brush_axis", "brush_from", "brush_to"]) fields.delete(field);
  for (const text of kept) if (text.slice(text.indexOf(":") + 1) !== name) fields.append("brush", text);
  if (words && (words.from || words.to)) {
    fields.append("brush", `${encodeURIComponent(words.from)},${encodeURIComponent(words.to)}:${name}`);
  }
  go(axis, url);
}

document.addEventListener("pointerdown", (event) => {
  const grab = event.target instanceof Element ? event.target.closest("[data-grab]") : null;
  const axis = grab?.closest("[data-axis]");
  const chart = grab?.closest("[data-parallel]");
  if (!(grab instanceof HTMLElement && axis instanceof HTMLElement && chart instanceof HTMLElement)) return;
  if (event.button !== 0) return;
  event.preventDefault();
  grab.setPointerCapture(event.pointerId);
  const at = placeAt(axis, event.clientY);
  const start = brushOf(axis);
  const near = nearEnd / axis.getBoundingClientRect().height;
  /** @type {Drag["mode"]} */
  const mode = start === undefined
    ? "new"
    : Math.abs(at - start[0]) <= near
    ? "low"
    : Math.abs(at - start[1]) <= near
    ? "high"
    : at > start[0] && at < start[1]
    ? "move"
    : "new";
  const range = start ?? [at, at];
  drag = { axis, chart, name: axis.dataset.axis ?? "", mode, at, start: range, range, moved: false };
});

document.addEventListener("pointermove", (event) => {
  if (drag === undefined) return;
  const { axis, at, start, mode } = drag;
  const now = placeAt(axis, event.clientY);
  if (Math.abs(now - at) * axis.getBoundingClientRect().height >= shortest) drag.moved = true;
  if (!drag.moved) return;
  const shift = Math.min(1 - start[1], Math.max(-start[0], now - at));
  const ends = mode === "new"
    ? [at, now]
    : mode === "move"
    ? [start[0] + shift, start[1] + shift]
    : mode === "low"
    ? [now, start[1]]
    : [start[0], now];
  drag.range = [Math.min(...ends), Math.max(...ends)];
  showBrush(axis, drag.range);
  fade(drag.chart);
});

document.addEventListener("pointerup", () => {
  if (drag === undefined) return;
  const { axis, chart, range, moved } = drag;
  drag = undefined;
  if (moved) {
    const words = wordsOf(axis, range);
    if (words) showBrush(axis, words.range);
    fade(chart);
    keepBrush(axis, range);
  } else if (brushOf(axis)) {
    axis.querySelector("[data-brush]")?.remove();
    fade(chart);
    keepBrush(axis);
  }
});

document.addEventListener("pointercancel", () => {
  drag = undefined;
});
