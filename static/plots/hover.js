// @ts-check
/** Names the run whose line or dot is nearest to the pointer, with its values, and lights it in every plot. */

import { element } from "../weir.js";

/** Pixels: farther away than this nothing is meant. */
const reach = 18;

/** @type {{ plot: Element, line: Element } | undefined} */
let lit;

/** @param {Element} line @param {number} x @param {number} y Of the window. */
function distanceTo(line, x, y) {
  const svg = line.closest("svg");
  if (!svg) return Infinity;
  const { left, top, width, height } = svg.getBoundingClientRect();
  const { width: wide, height: high } = svg.viewBox.baseVal;
  const points = (line.getAttribute("d")?.match(/[MC][^MC]*/g) ?? []).map((piece) => {
    const numbers = piece.replace("h0", "").slice(1).split(" ").map(Number);
    return {
      x: left + (numbers.at(-2) ?? 0) * width / wide,
      y: top + (numbers.at(-1) ?? 0) * height / high,
      first: piece[0] === "M",
    };
  });
  if (points.length === 1) return Math.hypot((points[0]?.x ?? 0) - x, (points[0]?.y ?? 0) - y);
  const i = points.findIndex((point, i) =>
    i > 0 && !point.first && point.x >= x && (points[i - 1]?.x ?? Infinity) <= x
  );
  const [from, to] = [points[i - 1], points[i]];
  if (!from || !to) return Infinity;
  const t = (x - from.x) / (to.x - from.x || 1);
  // The lines are drawn with level ends: a smooth step between them.
  return Math.abs(from.y + (to.y - from.y) * t * t * (3 - 2 * t) - y);
}

/** @param {Element} plot @param {number} x @param {number} y */
function nearestLine(plot, x, y) {
  let best = reach;
  /** @type {Element | undefined} */
  let found;
  for (const line of plot.querySelectorAll("[data-line]:not(.off)")) {
    const distance = distanceTo(line, x, y);
    if (distance < best) [best, found] = [distance, line];
  }
  return found;
}

/** The browser's own word on a line would come on top. @param {Element} line */
function nameOf(line) {
  const title = line.querySelector("title");
  if (title) {
    line.setAttribute("data-title", title.textContent ?? "");
    title.remove();
  }
  return line.getAttribute("data-title") ?? "";
}

/** @param {string | undefined} run_id */
function light(run_id) {
  for (const each of document.querySelectorAll("[data-plots] [data-line], [data-plots] [data-run]")) {
    const own = each.getAttribute("data-line") ?? each.getAttribute("data-run");
    each.classList.toggle("hot", run_id !== undefined && own === run_id);
  }
}

/** What the table of values says of a run. @param {Element} plot @param {string} run_id */
function valuesOf(plot, run_id) {
  const row = [...plot.querySelectorAll(".pvals tr[data-run]")].find((each) =>
    each.getAttribute("data-run") === run_id
  );
  const heads = [...plot.querySelectorAll(".pvals thead th")].slice(1).map((head) => head.textContent ?? "");
  return [...row?.querySelectorAll("td") ?? []].flatMap((cell, i) => [
    element("dt", heads[i] ?? ""),
    element("dd", cell.textContent || "none"),
  ]);
}

/** @param {Element} plot @param {Element} line @param {PointerEvent} event */
function show(plot, line, event) {
  const box = plot.querySelector(".read") ?? plot.appendChild(element("div"));
  if (!(box instanceof HTMLElement)) return;
  if (lit?.line !== line) {
    const name = element("p", dotOf(line), element("bdi", nameOf(line)));
    box.className = "read";
    box.replaceChildren(name, element("dl", ...valuesOf(plot, line.getAttribute("data-line") ?? "")));
    light(line.getAttribute("data-line") ?? undefined);
  }
  const frame = plot.getBoundingClientRect();
  const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
  box.style.left = `${Math.max(4, x + 16 + box.offsetWidth > frame.width ? x - 16 - box.offsetWidth : x + 16)}px`;
  box.style.top = `${Math.max(4, Math.min(y + 12, frame.height - box.offsetHeight - 4))}px`;
  lit = { plot, line };
}

/** @param {Element} line */
function dotOf(line) {
  const dot = element("span");
  dot.className = `dot ${[...line.classList].filter((name) => /^[cm]\d?$/.test(name)).join(" ")}`;
  return dot;
}

function hide() {
  if (lit === undefined) return;
  lit.plot.querySelector(".read")?.remove();
  lit = undefined;
  light(undefined);
}

document.addEventListener("pointermove", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const picture = target?.closest("[data-plots] :is(.pc, .pframe)");
  const plot = picture?.closest("[data-plot]");
  if (!plot || event.buttons !== 0 || target?.closest("details")) return hide();
  if (lit !== undefined && lit.plot !== plot) hide();
  const line = nearestLine(plot, event.clientX, event.clientY);
  if (line) show(plot, line, event);
  else hide();
});

document.addEventListener("htmx:before:swap", hide);
document.addEventListener("pointerleave", hide);

// A dot leads to its run.
document.addEventListener("click", (event) => {
  if (lit === undefined || !(event.target instanceof Element) || !event.target.closest(".pframe")) return;
  const runs = lit.plot.closest("[data-runs-at]")?.getAttribute("data-runs-at");
  location.assign(`${runs}/${lit.line.getAttribute("data-line")}`);
});
