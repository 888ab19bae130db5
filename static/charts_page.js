// @ts-check
/** An experiment's charts: the runs beside the wall, cards that are moved, and what changes while runs go on. */

import { allCards, lightRun, refreshCurves } from "./charts.js";
import { element, listen } from "./weir.js";

/* ---- A run under the pointer, in the list or a chart, is lit in all ---- */

document.addEventListener("pointerover", (event) => {
  const row = event.target instanceof Element ? event.target.closest(".clist [data-line]") : null;
  if (row) lightRun(row.getAttribute("data-line") ?? undefined);
});
document.addEventListener("pointerout", (event) => {
  const row = event.target instanceof Element ? event.target.closest(".clist [data-line]") : null;
  const to = event instanceof PointerEvent && event.relatedTarget instanceof Element ? event.relatedTarget : null;
  if (row && to?.closest("[data-line]") !== row) lightRun(undefined);
});

/* ---- The form around the wall: what changes the address ---- */

const wall = () => /** @type {HTMLFormElement | null} */ (document.querySelector("form#wall"));

/** Sends the view with these fields in place of what they were. @param {Record<string, (string | number)[]>} fields */
function show(fields) {
  const form = wall();
  if (!form) return;
  for (const [name, values] of Object.entries(fields)) setFields(form, name, values);
  form.requestSubmit();
}

// What is folded is said in the address at once, without asking for the page again.
document.addEventListener("toggle", (event) => {
  const section = event.target;
  if (!(section instanceof HTMLDetailsElement) || section.dataset.section === undefined) return;
  const url = new URL(location.href);
  const closed = new Set(url.searchParams.getAll("closed"));
  if (section.open === !closed.has(section.dataset.section)) return;
  if (section.open) closed.delete(section.dataset.section);
  else closed.add(section.dataset.section);
  url.searchParams.delete("closed");
  for (const prefix of closed) url.searchParams.append("closed", prefix);
  history.replaceState(history.state, "", url);
}, { capture: true });

// What the address came to say since the page was made, its forms say, too.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.closest("#charts") === null) return;
  const { searchParams } = new URL(location.href);
  for (const name of ["closed", "image"]) setFields(form, name, searchParams.getAll(name));
}, { capture: true });

/** @param {HTMLFormElement} form @param {string} name @param {(string | number)[]} values */
function setFields(form, name, values) {
  for (const old of form.querySelectorAll(`input[type=hidden][name="${name}"]`)) old.remove();
  for (const value of values) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target?.closest("[data-zoom-all]")) return;
  const card = allCards().find(({ section }) => section.contains(target));
  if (card?.zoom) show({ from: [card.zoom.min], to: [card.zoom.max] });
});

/* ---- Cards are moved by their heads ---- */

/** @type {HTMLElement | undefined} */
let dragged;

/** @param {Event} event */
const cardOf = (event) => {
  const card = event.target instanceof Element ? event.target.closest(".ccards > [data-chart]") : null;
  return card instanceof HTMLElement ? card : undefined;
};

document.addEventListener("pointerdown", (event) => {
  const head = event.target instanceof Element ? event.target.closest(".ccards > [data-chart] > header") : null;
  if (head?.parentElement) {
    head.parentElement.draggable = !(event.target instanceof Element && event.target.closest("button, details"));
  }
});
document.addEventListener("dragstart", (event) => {
  dragged = cardOf(event);
  dragged?.classList.add("dragged");
});
document.addEventListener("dragover", (event) => {
  const over = cardOf(event);
  if (!dragged || over?.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  for (const card of document.querySelectorAll(".chart.target")) card.classList.remove("target");
  if (over !== dragged) over?.classList.add("target");
});
document.addEventListener("drop", (event) => {
  const over = cardOf(event);
  if (!dragged || !over || over === dragged || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  over.before(dragged);
  keepOrder(dragged);
});

/** Says in the address in which order the cards of a section stand. @param {HTMLElement} card One of them. */
function keepOrder(card) {
  const section = card.closest("[data-section]");
  const cards = [...section?.querySelectorAll("[data-chart]") ?? []];
  const keys = cards.map((each) => each.getAttribute("data-chart") ?? "");
  if (section?.getAttribute("data-section") === "pinned") return show({ pin: keys });
  const others = new URL(location.href).searchParams.getAll("first").filter((key) => !keys.includes(key));
  show({ first: [...keys, ...others] });
}

document.addEventListener("dragend", () => {
  for (const card of document.querySelectorAll(".chart.target, .chart.dragged")) {
    card.classList.remove("target", "dragged");
  }
  if (dragged) dragged.draggable = false;
  dragged = undefined;
});

// By the menu of a card, which closes: its head keeps the focus, so that the card can be moved on.
document.addEventListener("click", (event) => {
  const way = event.target instanceof Element ? event.target.closest("[data-move]")?.getAttribute("data-move") : null;
  const card = cardOf(event);
  const other = way === "1" ? card?.nextElementSibling : card?.previousElementSibling;
  if (!way || !card || !other) return;
  if (way === "1") other.after(card);
  else other.before(card);
  const menu = card.querySelector("details.menu");
  menu?.removeAttribute("open");
  menu?.querySelector("summary")?.focus();
  keepOrder(card);
});

/* ---- Cards are resized by their corners ---- */

/** @type {{ card: HTMLElement, x: number, y: number, wide: number, high: number } | undefined} */
let resized;

document.addEventListener("pointerdown", (event) => {
  const corner = event.target instanceof Element ? event.target.closest("[data-corner]") : null;
  const card = cardOf(event);
  if (!corner || !card || event.button !== 0) return;
  event.preventDefault();
  corner.setPointerCapture(event.pointerId);
  const { width, height } = card.getBoundingClientRect();
  const now = { x: event.clientX - width, y: event.clientY - height };
  const columns = Number(/w(\d)/.exec(card.className)?.[1] ?? 1);
  const rows = card.classList.contains("h2") ? 2 : 1;
  resized = { card, ...now, wide: width / columns, high: height / rows };
});
document.addEventListener("pointermove", (event) => {
  if (!resized) return;
  const { card, x, y, wide, high } = resized;
  const parts = (/** @type {number} */ size, /** @type {number} */ most) =>
    Math.min(most, Math.max(1, Math.round(size)));
  const [columns, rows] = [parts((event.clientX - x) / wide, 3), parts((event.clientY - y) / high, 2)];
  card.className = `pan chart w${columns} h${rows}`;
});
document.addEventListener("pointerup", () => {
  if (!resized) return;
  const { card } = resized;
  resized = undefined;
  const [, columns = "1", rows = "1"] = /w(\d) h(\d)/.exec(card.className) ?? [];
  const sizes = new URL(location.href).searchParams.getAll("size");
  show({ size: [...sizes, `${columns}x${rows}:${card.dataset.chart}`] });
});

/* ---- Images at steps ---- */

document.addEventListener("input", (event) => {
  const slider = event.target;
  const card = slider instanceof HTMLInputElement && slider.name === "image_at"
    ? slider.closest("[data-images]")
    : null;
  if (!(card instanceof HTMLElement) || !(slider instanceof HTMLInputElement)) return;
  const step = JSON.parse(card.dataset.steps ?? "[]")[Number(slider.value)];
  const text = (/** @type {number} */ n) => `step ${n.toLocaleString("en-US")}`;
  slider.setAttribute("aria-valuetext", text(step));
  const output = card.querySelector("output");
  if (output) output.textContent = text(step);
  for (const figure of card.querySelectorAll("[data-known]")) {
    /** @type {[step: number, shown: string, page: string][]} */
    const known = JSON.parse(figure.getAttribute("data-known") ?? "[]");
    const [at, shown, page] = known.findLast(([each]) => each <= step) ?? known[0] ?? [0, "", ""];
    figure.querySelector("img")?.setAttribute("src", shown);
    figure.querySelector("a:has(img)")?.setAttribute("href", page);
    const caption = figure.querySelector("[data-step]");
    if (caption) caption.textContent = text(at);
  }
});

// Where the slider was let go is said in the address, without asking for the page again.
document.addEventListener("change", (event) => {
  const slider = event.target;
  if (!(slider instanceof HTMLInputElement) || slider.name !== "image_at") return;
  const key = slider.closest("[data-images]")?.getAttribute("data-images") ?? "";
  const url = new URL(location.href);
  const others = url.searchParams.getAll("image").filter((word) => word.slice(word.indexOf(":") + 1) !== key);
  url.searchParams.delete("image");
  for (const word of [...others, `${slider.value}:${key}`]) url.searchParams.append("image", word);
  history.replaceState(history.state, "", url);
});

/* ---- Runs that go on ---- */

const live = document.querySelector("#live");
const metric = () => document.querySelector(".clist table")?.getAttribute("data-metric");

/** @typedef {{ run_id: string, status: string, metrics: { key: string, value: number | string }[] }} Pulse */

/** @param {Pulse} pulse */
function take({ run_id, status, metrics }) {
  refreshCurves(new Set(metrics.map(({ key }) => key)));
  const row = document.querySelector(`[data-run="${CSS.escape(run_id)}"]`);
  const value = metrics.find(({ key }) => key === metric())?.value;
  const cell = row?.querySelector("[data-value]");
  if (cell && value !== undefined) cell.textContent = numberText(Number(value), cell.textContent ?? "");
  if (status !== "RUNNING") row?.querySelector(".on")?.remove();
  const known = new Set(allCards().map(({ settings }) => settings.key));
  if (metrics.some(({ key }) => !known.has(key) && !single.has(key))) announce("New metrics");
}

/** Metrics with one value only have no card. */
const single = new Set((live?.getAttribute("data-single") ?? "").split("\n"));

/** In as many decimals as the number had that stood there. @param {number} value @param {string} before */
function numberText(value, before) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const decimals = /^−?[\d,]+\.(\d+)$/.exec(before)?.[1]?.length;
  const text = decimals === undefined
    ? String(Number(value.toPrecision(4)))
    : value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return text.replaceAll("-", "−");
}

/** Says that there is more to show, and offers it: the page does not change by itself. @param {string} text */
function announce(text) {
  const place = document.querySelector("#fresh");
  if (!place || place.childElementCount > 0) return;
  const link = element("a", "Show them");
  link.setAttribute("href", location.href);
  place.replaceChildren(`${text} · `, link);
}

let fresh = 0;
if (live instanceof HTMLElement) {
  const lost = (/** @type {boolean} */ now) => live.classList.toggle("lost", now);
  if (live.dataset.events) listen(live.dataset.events, { run: take }, lost);
  listen(live.dataset.experiment ?? "", {
    runs: (/** @type {{ created: string[], running: number }} */ { created, running }) => {
      live.textContent = running === 0 ? "Nothing running" : `${running} ${running === 1 ? "run" : "runs"} running`;
      fresh += created.length;
      if (created.length > 0) announce(fresh === 1 ? "1 new run" : `${fresh} new runs`);
    },
  });
}
