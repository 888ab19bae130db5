// @ts-check
/** A page about what goes on elsewhere: it is made anew in place when the server tells of changes. */

import { listen } from "./weir.js";

/** Least milliseconds between two makings of the page; more where one takes long. */
const leastInterval = 2000;

/**
 * Follows the events of `#live[data-events]`.
 * @param {string} part The selector of what is made anew.
 * @param {string} event The name of the events.
 * @param {(data: any) => void} [told] What else is to be done at each.
 */
export function followPage(part, event, told) {
  const live = document.querySelector("#live[data-events]");
  if (!(live instanceof HTMLElement)) return;
  const refresh = refresher(part);
  let lost = false;
  listen(live.dataset.events ?? "", {
    [event]: (data) => {
      told?.(data);
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
