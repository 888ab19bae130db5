// @ts-check
/** The comparison: charts, and what changes while runs go on. */

import { refreshTold } from "./charts.js";
import { followPage } from "./live_page.js";

followPage("#compare", "run", refreshTold);

// A run under the pointer, in the table or in a chart, is lit in both.
document.addEventListener("pointerover", (event) => {
  const over = event.target instanceof Element ? event.target.closest("[data-line], [data-run]") : null;
  const run_id = over instanceof HTMLElement ? over.dataset.line ?? over.dataset.run : undefined;
  for (const each of document.querySelectorAll("[data-line], [data-run]")) {
    if (each instanceof HTMLElement) {
      each.classList.toggle("hot", run_id !== undefined && (each.dataset.line ?? each.dataset.run) === run_id);
    }
  }
});
