// @ts-check
/**
 * The charts of a page: Chart.js over the curves that the server drew, fetched when a chart comes into sight, thinned to its width,
 * fetched again when it is zoomed or when its run goes on. Sections with `data-chart` inside a box with `data-charts` are charts.
 */

import { curvesOf, dataSets, options, rangesOf, settingsOf } from "./chart_config.js";
import { askCurves } from "./chart_fetch.js";
import { keyed, readAgain } from "./chart_keys.js";
import { noteOf } from "./chart_note.js";
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
 * @property {boolean} seen Whether it is in sight.
 * @property {string} fetched What its curves are the answer to.
 * @property {boolean} stale Whether there is more since.
 * @property {AbortController} [asking]
 */

/** @type {Map<Element, Card>} */
const cards = new Map();

/** All charts on the page. */
export const allCards = () => [...cards.values()];

/** @param {HTMLElement} section */
const boxOf = (section) => /** @type {HTMLElement} */ (section.closest("[data-charts]"));

const sight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const card = cards.get(target);
    if (!card) continue;
    card.seen = isIntersecting;
    if (isIntersecting) bringUpToDate(card);
  }
}, { rootMargin: "200px" });

/** Draws a card that is in sight, with new curves where others are wanted. @param {Card} card */
function bringUpToDate(card) {
  if (!card.seen) return;
  if (card.stale || card.fetched !== wanted(card).href) fetchCurves(card);
  else draw(card);
}

/** Takes up the charts that the page has now: new ones, those that changed, and lets go of those that are gone. */
export function takeUp() {
  for (const [section, card] of cards) {
    if (section.isConnected) continue;
    card.asking?.abort();
    card.drawing?.destroy();
    sight.unobserve(section);
    cards.delete(section);
  }
  for (const section of document.querySelectorAll("[data-charts] [data-chart]")) {
    if (!(section instanceof HTMLElement)) continue;
    const card = cards.get(section) ?? newCard(section);
    card.settings = settingsOf(section);
    card.lines = JSON.parse(boxOf(section).dataset.lines ?? "[]");
    bringUpToDate(card);
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
    stale: false,
  };
  cards.set(section, card);
  sight.observe(section);
  const actions = {
    zoomTo: (/** @type {Range | undefined} */ zoom) => zoomTo(card, zoom),
    emphasize: lightRun,
    allCards,
  };
  readable(card, actions);
  keyed(card, actions);
  return card;
}

/** The address of the curves that a card wants now, but for the metric. @param {Card} card */
function wanted({ section, settings, lines, zoom }) {
  const box = boxOf(section);
  const url = new URL(box.dataset.series ?? "", location.href);
  const runs = box.dataset.runs === undefined ? lines.map(({ run_id }) => run_id) : JSON.parse(box.dataset.runs);
  for (const run_id of runs) url.searchParams.append("runs", run_id);
  url.searchParams.set("x", settings.x);
  if (settings.x === "metric") url.searchParams.set("by", settings.by);
  if (box.dataset.group !== undefined) url.searchParams.set("group", box.dataset.group);
  url.searchParams.set("width", String(Math.max(100, Math.ceil(section.clientWidth / 100) * 100)));
  const { min, max } = zoom ?? settings.xs;
  if (min !== undefined) url.searchParams.set("from", String(min));
  if (max !== undefined) url.searchParams.set("to", String(max));
  if (settings.logx) url.searchParams.set("logx", "true");
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
  card.stale = false;
  card.fetched = url.href;
  try {
    const [Chart, series] = await Promise.all([
      chartLibrary(boxOf(card.section).dataset.charts ?? ""),
      askCurves(url, card.settings.key, asking.signal),
    ]);
    if (asking.signal.aborted || !card.section.isConnected) return;
    card.series = series;
    draw(card, Chart);
  } catch (error) {
    if (asking.signal.aborted) return;
    card.fetched = "";
    note(card, `The curves could not be read: ${error instanceof Error ? error.message : error}.`);
  }
}

/** @param {Card} card @param {typeof import("chart.js").Chart} [Chart] */
function draw(card, Chart) {
  const { settings, zoom, canvas } = card;
  if (!card.drawing && !Chart) return; // not here yet
  card.curves = curvesOf(card.series, card.lines, settings.smooth);
  const ranges = rangesOf(card.curves, settings, zoom);
  const data = { datasets: dataSets(card.curves, settings, hot) };
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
  for (const button of card.section.querySelectorAll("[data-whole], [data-zoom-all]")) {
    button.toggleAttribute("hidden", zoom === undefined);
  }
  note(card, noteOf(card.series, zoom !== undefined, ranges.clipped));
  readAgain(card);
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

/** @type {string | undefined} */
let hot;

/** Makes a run stand out in all charts, and in the list. @param {string | undefined} run_id */
export function lightRun(run_id) {
  if (hot === run_id) return;
  hot = run_id;
  for (const line of document.querySelectorAll("[data-line]")) {
    line.classList.toggle("hot", run_id !== undefined && line.getAttribute("data-line") === run_id);
  }
  for (const { drawing, curves, settings, seen } of cards.values()) {
    if (!drawing || !seen) continue;
    drawing.data = { datasets: dataSets(curves, settings, hot) };
    drawing.update("none");
  }
}

/** Milliseconds between two looks at the curves of runs that go on. */
const liveInterval = 1000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let looking;

/** Fetches the charts of these metrics again, once a second at most, all that are in sight together. @param {ReadonlySet<string>} keys */
export function refreshCurves(keys) {
  for (const card of cards.values()) if (keys.has(card.settings.key)) card.stale = true;
  looking ??= setTimeout(() => {
    looking = undefined;
    if (document.hidden) return;
    for (const card of cards.values()) if (card.seen && card.stale && card.section.isConnected) fetchCurves(card);
  }, liveInterval);
}

/** Fetches those that a run's event tells of. @param {{ metrics: { key: string }[] }} pulse */
export const refreshTold = ({ metrics }) => refreshCurves(new Set(metrics.map(({ key }) => key)));

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
  // A metric along x: its radio goes with it.
  if (event.target instanceof HTMLSelectElement && event.target.matches("[data-along]")) {
    const { form, value } = event.target;
    const radio = form?.querySelector(`input[name=x][value=${value === "" ? "step" : "metric"}]`);
    if (radio instanceof HTMLInputElement) radio.checked = true;
    form?.requestSubmit();
  }
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const card = allCards().find(({ section }) => target && section.contains(target));
  if (!card || !target) return;
  if (target.closest("[data-whole]")) zoomTo(card, undefined);
  const kind = target.closest("[data-export]")?.getAttribute("data-export");
  if (kind) import("./chart_export.js").then(({ exportCard }) => exportCard(card, kind, wanted(card)));
  if (target.closest("[data-full]")) {
    if (document.fullscreenElement) document.exitFullscreen();
    else card.section.requestFullscreen?.();
  }
});

document.addEventListener("fullscreenchange", () => {
  for (const card of cards.values()) bringUpToDate(card);
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const card of cards.values()) if (card.drawing) draw(card);
});

document.addEventListener("htmx:after:swap", takeUp);
// The page is there first.
requestAnimationFrame(() => setTimeout(takeUp));
