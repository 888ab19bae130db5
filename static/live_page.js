// @ts-check
/** A page about runs that go on: their curves are fetched again, and a part of the page made anew in place. */

import { refreshCurves } from "./charts.js";
import { listen } from "./weir.js";

/** Least milliseconds between two makings of the page; more where one takes long. */
const leastInterval = 2000;

/** @typedef {{ run_id: string, status: string, end_time?: number | null, metrics: { key: string }[] }} Pulse */

/** Follows the runs of `#live[data-events]`. @param {string} part The selector of what is made anew. */
export function followRuns(part) {
  const live = document.querySelector("#live[data-events]");
  if (!(live instanceof HTMLElement)) return;
  const refresh = refresher(part);
  let lost = false;
  listen(live.dataset.events ?? "", {
    run: (/** @type {Pulse} */ { metrics }) => {
      refreshCurves(new Set(metrics.map(({ key }) => key)));
      refresh();
    },
  }, (now) => {
    if (lost && !now) refresh(); // what happened meanwhile
    lost = now;
    const mark = document.querySelector("#live");
    mark?.classList.toggle("lost", now);
    mark?.setAttribute("title", now ? "Not connected; what is shown may be old" : "");
  });
}

/** A switch or a slider keeps the focus long after it was used. */
const textInput = "input:not([type=checkbox], [type=radio], [type=range])";

/** Someone is typing, choosing or reading a menu: the page waits. What is unfolded of a file is none. @param {string} part */
const inUse = (part) =>
  document.hidden || document.fullscreenElement !== null ||
  document.querySelector(
    `${part} details[open]:not(.look details), ${part} :is(textarea, ${textInput}):focus, ${part} input:active`,
  );

/** @param {string} part */
function refresher(part) {
  let due = false;
  let interval = leastInterval;
  return function refresh() {
    if (due) return;
    due = true;
    setTimeout(async () => {
      due = false;
      if (inUse(part)) return refresh();
      const start = performance.now();
      await htmx()?.ajax("GET", location.href, { target: part, select: part, swap: "outerMorph" });
      interval = Math.max(leastInterval, 10 * (performance.now() - start));
    }, interval);
  };
}

/** @returns {{ ajax: (verb: string, url: string, context: Record<string, string>) => Promise<unknown> } | undefined} */
const htmx = () => Reflect.get(globalThis, "htmx");
