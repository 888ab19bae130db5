// @ts-check
/** Reading and zooming charts by keys: each has a slider along x, which is seen when it has the focus. */

import { xText } from "./chart_config.js";
import { leave, lineIn, numberTexts, point } from "./readout.js";
import { addKeys } from "./weir.js";

/** @typedef {import("./charts.js").Card} Card */
/** @typedef {import("./curve.js").Range} Range */
/** @typedef {import("./readout.js").Actions} Actions */

/**
 * The chart whose slider has the focus, and the x that is read: none before it is drawn.
 * @type {{ card: Card, actions: Actions, slider: HTMLInputElement, x?: number } | undefined}
 */
let held;

/** What was zoomed to before, the whole curve first. @type {WeakMap<Card, (Range | undefined)[]>} */
const before = new WeakMap();

/** Makes a chart answer to the keyboard. @param {Card} card @param {Actions} actions */
export function keyed(card, actions) {
  const { section } = card;
  section.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.matches("[data-cursor]")) return;
    held = { card, actions, slider: target };
    readSlider();
  });
  section.addEventListener("input", readSlider);
  section.addEventListener("focusout", () => {
    held = undefined;
    leave(actions);
  });
  section.addEventListener("keydown", (event) => {
    const way = ways[event.key];
    if (way === undefined || held === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const x = nextX(card, held.x ?? 0, way);
    if (x !== undefined) readAt(x);
  });
}

/** @type {Record<string, number>} */
const ways = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/** The x of the next point of any curve in sight. @param {Card} card @param {number} x @param {number} way 1 or -1 */
function nextX({ curves, drawing }, x, way) {
  const { min = 0, max = 0 } = drawing?.scales.x ?? {};
  /** @type {number | undefined} */
  let found;
  for (const { points } of curves) {
    for (const [at] of points) {
      const beyond = (at - x) * way > 0 && at >= min && at <= max;
      if (beyond && (found === undefined || (found - at) * way > 0)) found = at;
    }
  }
  return found;
}

/** Reads on where a chart was drawn anew: with other points, zoomed, or for the first time. @param {Card} card */
export function readAgain(card) {
  if (held?.card !== card) return;
  if (held.x === undefined) readSlider();
  else readAt(held.x);
}

/** The slider goes from 0 to 1,000 along the axis. */
function readSlider() {
  const scale = held?.card.drawing?.scales.x;
  if (held && scale) readAt(scale.min + (scale.max - scale.min) * Number(held.slider.value) / 1000);
}

/** @param {number} x */
function readAt(x) {
  const scale = held?.card.drawing?.scales.x;
  if (!held || !scale) return;
  held.x = x;
  const { card, actions, slider } = held;
  const rows = point(card, actions, x);
  const texts = numberTexts(rows.map(({ point: [, value] }) => value));
  const words = rows.map(({ curve }, i) => `${curve.line.name} ${texts[i]}`);
  slider.value = String(1000 * (x - scale.min) / (scale.max - scale.min || 1));
  slider.setAttribute("aria-valuetext", `${xText(card.settings, lineIn(card) ?? x)}: ${words.join(", ")}`);
}

function zoomIn() {
  const scale = held?.card.drawing?.scales.x;
  if (!held || !scale) return;
  const { card, actions, x = scale.min } = held;
  const quarter = (scale.max - scale.min) / 4;
  const middle = Math.min(scale.max - quarter, Math.max(scale.min + quarter, x));
  before.set(card, [...before.get(card) ?? [], card.zoom]);
  actions.zoomTo({ min: middle - quarter, max: middle + quarter });
}

/** @param {boolean} whole */
function zoomOut(whole) {
  if (!held) return;
  const { card, actions } = held;
  const zooms = whole ? [] : before.get(card) ?? [];
  before.set(card, zooms.slice(0, -1));
  actions.zoomTo(zooms.at(-1));
}

addKeys("In a chart, where Tab leads to", [
  { key: "← →", does: "Read all runs point by point", run: () => {} }, // as `keyed` does
  { key: "+", does: "Zoom in there", run: zoomIn },
  { key: "-", does: "Zoom out again", run: () => zoomOut(false) },
  { key: "0", does: "The whole curve", run: () => zoomOut(true) },
]);
