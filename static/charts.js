// @ts-check
/**
 * The charts of a page: Chart.js over the curves that the server drew, fetched when a chart comes into sight, thinned to its width,
 * fetched again when it is zoomed or when its run goes on. Sections with `data-chart` inside a box with `data-charts` are charts.
 */

import { curvesOf, dataSets, options, rangesOf } from "./chart_config.js";
import { drawMarks, readable } from "./readout.js";

/** @typedef {import("./chart_config.js").Settings} Settings */
/** @typedef {import("./chart_config.js").Line} Line */
/** @typedef {import("./chart_config.js").Series} Series */
/** @typedef {import("./chart_config.js").Curve} Curve */
/** @typedef {import("./curve.js").Range} Range */
/** @typedef {import("chart.js").Chart<"line", { x: number, y: number }[]>} Drawing */

/**
 * @typedef {object} Card One chart.
 * @property {HTMLElement} section
 * @property {HTMLCanvasElement} canvas
 * @property {Settings} settings
 * @property {Line[]} lines
 * @property {Series[]} series
 * @property {Curve[]} curves
 * @property {Drawing} [drawing]
 * @property {Range} [zoom]
 * @property {string} [hot] The run that stands out.
 * @property {boolean} seen Whether it is or was in sight.
 * @property {string} fetched What was asked for last.
 * @property {AbortController} [asking]
 * @property {number} asked When it was asked for, ms of `performance.now()`.
 */

/** @type {Map<Element, Card>} */
const cards = new Map();

/** All charts on the page. */
export const allCards = () => [...cards.values()];

/** @param {HTMLElement} section @returns {Settings} */
function settingsOf({ dataset }) {
  const x = dataset.x === "time" || dataset.x === "relative" ? dataset.x : "step";
  return {
    key: dataset.chart ?? "",
    x,
    smooth: Number(dataset.smooth),
    log: dataset.log !== undefined,
    clip: dataset.clip !== undefined,
    direction: dataset.direction ?? "unknown",
  };
}

/** @param {HTMLElement} section */
const boxOf = (section) => /** @type {HTMLElement} */ (section.closest("[data-charts]"));

const sight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const card = cards.get(target);
    if (card && isIntersecting && !card.seen) {
      card.seen = true;
      fetchCurves(card);
    }
  }
}, { rootMargin: "200px" });

/** Takes up the charts that the page has now: new ones, those that changed, and lets go of those that are gone. */
export function takeUp() {
  for (const [section, card] of cards) {
    if (section.isConnected) continue;
    card.drawing?.destroy();
    cards.delete(section);
  }
  for (const section of document.querySelectorAll("[data-charts] [data-chart]")) {
    if (!(section instanceof HTMLElement)) continue;
    const card = cards.get(section) ?? newCard(section);
    card.settings = settingsOf(section);
    card.lines = JSON.parse(boxOf(section).dataset.lines ?? "[]");
    if (!card.seen) continue;
    if (card.fetched === wanted(card).href) draw(card);
    else fetchCurves(card);
  }
}

/** @param {HTMLElement} section @returns {Card} */
function newCard(section) {
  const canvas = /** @type {HTMLCanvasElement} */ (section.querySelector("canvas"));
  /** @type {Card} */
  const card = {
    section,
    canvas,
    settings: settingsOf(section),
    lines: [],
    series: [],
    curves: [],
    seen: false,
    fetched: "",
    asked: 0,
  };
  cards.set(section, card);
  sight.observe(section);
  readable(card, { zoomTo: (zoom) => zoomTo(card, zoom), emphasize: (run_id) => emphasize(card, run_id), allCards });
  return card;
}

/** The address of the curves that a card wants now. @param {Card} card */
function wanted({ section, settings, lines, zoom }) {
  const url = new URL(boxOf(section).dataset.series ?? "", location.href);
  for (const { run_id } of lines) url.searchParams.append("runs", run_id);
  url.searchParams.set("key", settings.key);
  url.searchParams.set("x", settings.x);
  url.searchParams.set("width", String(Math.max(100, Math.ceil(section.clientWidth / 100) * 100)));
  if (zoom) {
    url.searchParams.set("from", String(zoom.min));
    url.searchParams.set("to", String(zoom.max));
  }
  return url;
}

/** @type {Promise<typeof import("chart.js").Chart> | undefined} */
let library;

/** Chart.js, which leaves its name on the page. @param {string} url @returns {Promise<typeof import("chart.js").Chart>} */
function chartLibrary(url) {
  library ??= import(url).then(() => Reflect.get(globalThis, "Chart"));
  return library;
}

/** @param {Card} card */
async function fetchCurves(card) {
  card.asking?.abort();
  const asking = card.asking = new AbortController();
  const url = wanted(card);
  card.asked = performance.now();
  try {
    const [Chart, answer] = await Promise.all([
      chartLibrary(boxOf(card.section).dataset.charts ?? ""),
      fetch(url, { signal: asking.signal }),
    ]);
    if (!answer.ok) throw new Error(`The server answered ${answer.status}`);
    const { series } = await answer.json();
    card.series = series.map(exact);
    card.fetched = url.href;
    draw(card, Chart);
  } catch (error) {
    if (!asking.signal.aborted) {
      note(card, `The curves could not be read: ${error instanceof Error ? error.message : error}.`);
    }
  }
}

/** NaN and infinities travel as strings. @param {Series} series @returns {Series} */
const exact = ({ points, ...series }) => ({
  ...series,
  points: points.map(([x, value, step, timestamp]) => [x, Number(value), step, timestamp]),
});

/** @param {Card} card @param {typeof import("chart.js").Chart} [Chart] */
function draw(card, Chart) {
  const { settings, zoom, canvas } = card;
  card.curves = curvesOf(card.series, card.lines, settings.smooth);
  const ranges = rangesOf(card.curves, settings, zoom);
  const data = { datasets: dataSets(card.curves, settings, card.hot) };
  canvas.hidden = false;
  if (card.drawing) {
    card.drawing.data = data;
    card.drawing.options = options(settings, ranges);
    card.drawing.update("none");
  } else if (Chart) {
    const marks = {
      id: "marks",
      afterDatasetsDraw: (/** @type {Drawing} */ drawing) => {
        card.drawing ??= drawing; // it draws itself before it is there
        drawMarks(card);
      },
    };
    card.drawing = new Chart(canvas, { type: "line", data, options: options(settings, ranges), plugins: [marks] });
  }
  const axis = card.section.querySelector("[data-axis]");
  if (axis && settings.x === "time") axis.textContent = "wall time"; // the reader's; the server drew it in UTC
  const whole = card.section.querySelector("[data-whole]");
  if (whole instanceof HTMLElement) whole.hidden = zoom === undefined;
  note(card, noteOf(card, ranges.clipped));
}

/** @param {Card} card @param {boolean} clipped */
function noteOf({ series, zoom }, clipped) {
  const count = (/** @type {number} */ n) => n.toLocaleString("en-US");
  const shown = series.reduce((sum, { points }) => sum + points.length, 0);
  const total = series.reduce((sum, each) => sum + each.total, 0);
  const undrawn = series.reduce((sum, { points }) => sum + points.filter(([, v]) => !Number.isFinite(v)).length, 0);
  return [
    `${count(shown)} of ${count(total)} points${zoom ? " in sight" : ""}`,
    undrawn > 0 ? `${count(undrawn)} NaN or infinite` : "",
    clipped ? "y cut to the late part" : "",
    shown < total ? "drag to zoom" : "",
  ].filter((text) => text !== "").join(" · ");
}

/** @param {Card} card @param {string} text */
function note({ section }, text) {
  const place = section.querySelector("[data-note]");
  if (place) place.textContent = text;
}

/** Shows a stretch of x with the points in it, or the whole curve. @param {Card} card @param {Range | undefined} zoom */
function zoomTo(card, zoom) {
  if (zoom) card.zoom = zoom;
  else delete card.zoom;
  if (card.drawing) draw(card); // at once, from the points that are here
  fetchCurves(card);
}

/** @param {Card} card @param {string | undefined} run_id */
function emphasize(card, run_id) {
  if (card.hot === run_id) return;
  if (run_id === undefined) delete card.hot;
  else card.hot = run_id;
  if (!card.drawing) return;
  card.drawing.data = { datasets: dataSets(card.curves, card.settings, card.hot) };
  card.drawing.update("none");
}

/** Milliseconds between two looks at the curve of a run that goes on. */
const liveInterval = 1000;

/** Fetches the charts in sight of these metrics again, each at most once a second. @param {ReadonlySet<string>} keys */
export function refreshCurves(keys) {
  for (const card of cards.values()) {
    if (!card.seen || !keys.has(card.settings.key) || card.section.dataset.due !== undefined) continue;
    const wait = Math.max(0, card.asked + liveInterval - performance.now());
    card.section.dataset.due = "";
    setTimeout(() => {
      delete card.section.dataset.due;
      if (card.section.isConnected && !document.hidden) fetchCurves(card);
    }, wait);
  }
}

/* ---- What the page's own controls do ---- */

// A slider is seen to work while it moves; the form says so to the server, and in the address, when it is let go.
document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!(slider instanceof HTMLInputElement) || !slider.matches("[name=smooth][data-draws]")) return;
  const output = slider.parentElement?.querySelector("output");
  if (output) output.textContent = Number(slider.value).toFixed(2);
  for (const card of cards.values()) {
    card.settings.smooth = Number(slider.value);
    if (card.drawing) draw(card);
  }
});

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches("[data-draws]")) {
    event.target.form?.requestSubmit();
  }
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const card = allCards().find(({ section }) => target && section.contains(target));
  if (!card || !target) return;
  if (target.closest("[data-whole]")) zoomTo(card, undefined);
  if (target.closest("[data-full]")) {
    if (document.fullscreenElement) document.exitFullscreen();
    else card.section.requestFullscreen?.();
  }
});

document.addEventListener("fullscreenchange", () => {
  for (const card of cards.values()) if (card.seen && card.fetched !== wanted(card).href) fetchCurves(card);
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const card of cards.values()) if (card.drawing) draw(card);
});

document.addEventListener("htmx:after:swap", takeUp);
// The page is there first.
requestAnimationFrame(() => setTimeout(takeUp));
