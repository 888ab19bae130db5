// @ts-check
/** Brushing by keys: each axis has two ends that take the focus and are moved by arrows; Escape clears the brush. */

import { brushOf, fade, keepBrush, showBrush, wordsOf } from "./brush.js";

/** Shares of an axis of numbers; one of categories is walked by category. */
const numberStep = 0.02;
/** Steps of PageUp and PageDown. */
const page = 5;
/** Milliseconds without a further key, before the address says the brush. */
const pause = 400;

/** @type {Record<string, number>} */
const steps = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: page,
  PageDown: -page,
  End: Infinity,
  Home: -Infinity,
};

/** @type {ReturnType<typeof setTimeout> | undefined} */
let keeping;

document.addEventListener("keydown", (event) => {
  const edge = event.target instanceof Element ? event.target.closest("[data-edge]") : null;
  const axis = edge?.closest("[data-axis]");
  if (!edge || !(axis instanceof HTMLElement) || event.ctrlKey || event.altKey || event.metaKey) return;
  const by = steps[event.key];
  if (event.key === "Escape") put(axis, undefined);
  else if (by !== undefined) put(axis, moved(axis, edge.getAttribute("data-edge") === "high", by));
  else return;
  event.preventDefault();
});

/** @param {HTMLElement} axis @param {boolean} high Which end. @param {number} by Steps. @returns {[number, number]} */
function moved(axis, high, by) {
  const [from, to] = brushOf(axis) ?? [0, 1];
  const { values } = axis.dataset;
  const step = values === undefined ? numberStep : 1 / JSON.parse(values).length;
  return high
    ? [from, Math.min(1, Math.max(from + step, to + by * step))]
    : [Math.max(0, Math.min(to - step, from + by * step)), to];
}

/** @param {HTMLElement} axis @param {[number, number] | undefined} asked No range clears the brush. */
function put(axis, asked) {
  const words = asked && wordsOf(axis, asked);
  const range = words && (words.range[0] > 0.001 || words.range[1] < 0.999) ? words.range : undefined;
  if (range) showBrush(axis, range);
  else axis.querySelector("[data-brush]")?.remove();
  const turned = axis.dataset.turned !== undefined || axis.dataset.values !== undefined;
  const [low = "", high = ""] = turned ? [words?.to, words?.from] : [words?.from, words?.to];
  say(axis, "low", range?.[0] ?? 0, low);
  say(axis, "high", range?.[1] ?? 1, high);
  const chart = axis.closest("[data-parallel]");
  if (chart instanceof HTMLElement) fade(chart);
  clearTimeout(keeping);
  keeping = setTimeout(() => keepBrush(axis, range), pause);
}

/** @param {HTMLElement} axis @param {string} end @param {number} place @param {string} word */
function say(axis, end, place, word) {
  const edge = axis.querySelector(`[data-edge=${end}]`);
  if (!(edge instanceof HTMLElement)) return;
  edge.style.bottom = `${100 * place}%`;
  edge.setAttribute("aria-valuenow", String(Math.round(100 * place)));
  edge.setAttribute("aria-valuetext", word || "end of the axis");
}
