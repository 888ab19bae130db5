// @ts-check
/** Axes of parallel coordinates change places when their names are dragged; the menu of an axis does the same without a pointer. */

import { go } from "./place.js";

/** @type {{ axis: HTMLElement, from: number, moved: boolean } | undefined} */
let drag;

const shortest = 8;

/** @param {HTMLElement} axis */
const axesBeside = (
  axis,
) => /** @type {HTMLElement[]} */ ([...axis.parentElement?.querySelectorAll("[data-axis]") ?? []]);

document.addEventListener("pointerdown", (event) => {
  const head = event.target instanceof Element ? event.target.closest(".pmenu > summary") : null;
  const axis = head?.closest("[data-axis]");
  if (!(axis instanceof HTMLElement) || event.button !== 0 || event.pointerType === "touch") return;
  drag = { axis, from: event.clientX, moved: false };
});

document.addEventListener("pointermove", (event) => {
  if (drag === undefined) return;
  const by = event.clientX - drag.from;
  if (Math.abs(by) >= shortest) drag.moved = true;
  if (!drag.moved) return;
  event.preventDefault();
  drag.axis.querySelector(".pmenu")?.classList.add("moving");
  drag.axis.style.transform = `translateX(${by}px)`;
});

document.addEventListener("pointerup", (event) => {
  if (drag === undefined) return;
  const { axis, moved } = drag;
  drag = undefined;
  axis.style.transform = "";
  axis.querySelector(".pmenu")?.classList.remove("moving");
  if (!moved) return;
  // The click that follows would open the menu.
  addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
  setTimeout(() => dropAt(axis, event.clientX));
});

document.addEventListener("pointercancel", () => {
  if (drag) drag.axis.style.transform = "";
  drag = undefined;
});

/** The axis that was changed by its menu: the focus goes with it. @type {string | undefined} */
let changed;

document.addEventListener("click", ({ target }) => {
  const link = target instanceof Element ? target.closest(".pmenu a") : null;
  changed = link?.closest("[data-axis]")?.getAttribute("data-axis") ?? undefined;
});

document.addEventListener("htmx:after:swap", () => {
  const axis = [...document.querySelectorAll("[data-axis]")].find((each) => each.getAttribute("data-axis") === changed);
  changed = undefined;
  axis?.querySelector("summary")?.focus({ preventScroll: true });
});

/** @param {HTMLElement} axis @param {number} x */
function dropAt(axis, x) {
  const others = axesBeside(axis).filter((each) => each !== axis);
  const before = others.filter((each) => each.getBoundingClientRect().left < x).length;
  const names = others.map((each) => each.dataset.axis ?? "");
  names.splice(before, 0, axis.dataset.axis ?? "");
  const url = new URL(location.href);
  url.searchParams.delete("axes");
  for (const name of names) url.searchParams.append("axes", name);
  go(axis, url);
}
