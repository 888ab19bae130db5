// @ts-check
/** A run's page: charts, what changes while it goes on, and finding metrics and params without asking the server. */

import { refreshTold } from "./charts.js";
import { followPage } from "./live_page.js";

followPage("#run", "run", refreshTold);

/** Hides the rows that do not hold what is typed. @param {HTMLInputElement} box */
function filter(box) {
  const words = box.value.trim().toLowerCase();
  const rows = document.querySelectorAll(`${box.dataset.filters} [data-name]`);
  let shown = 0;
  for (const row of rows) {
    if (!(row instanceof HTMLElement)) continue;
    row.hidden = !(row.dataset.name ?? "").toLowerCase().includes(words);
    if (!row.hidden) shown++;
  }
  const count = box.closest("section, .bar")?.querySelector("[data-count]");
  if (count) count.textContent = words === "" ? `${rows.length}` : `${shown} of ${rows.length}`;
}

document.addEventListener("input", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches("[data-filters]")) filter(event.target);
});

document.addEventListener("htmx:after:swap", () => {
  for (const box of document.querySelectorAll("input[data-filters]")) if (box instanceof HTMLInputElement) filter(box);
});

// A link into the files ends at them for readers without JavaScript; here the page stays where it is.
document.addEventListener("htmx:config:request", (event) => {
  const request = event instanceof CustomEvent ? event.detail.ctx?.request : undefined;
  if (request) delete request.anchor;
});
