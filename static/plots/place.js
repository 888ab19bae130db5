// @ts-check
/** Leads to another view of the page with plots: by htmx where it is there, so that the reader's place and the rest stay. */

/** @param {Element} inside Something of the plots. @param {URL} url */
export function go(inside, url) {
  const root = inside.closest("[data-plots]");
  const link = document.createElement("a");
  link.href = url.href;
  link.hidden = true;
  link.setAttribute("hx-boost", root instanceof HTMLElement ? root.dataset.plots ?? "" : "");
  (root ?? document.body).append(link);
  const htmx = Reflect.get(globalThis, "htmx");
  htmx?.process(link);
  link.click();
  link.remove();
}
