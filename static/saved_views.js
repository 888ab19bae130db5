// @ts-check
/** Saved views: what is saved is what the address says now, which may have changed since the page was made. */

document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.matches("[data-view]")) return;
  const field = event.target.elements.namedItem("query");
  if (field instanceof HTMLInputElement) field.value = location.search.slice(1);
}, { capture: true });

/** @param {URLSearchParams} query */
function sorted(query) {
  query.delete("view", "active"); // the usual choice
  for (const field of ["done", "touched", "change", "page_token", "did", "view_id"]) query.delete(field);
  query.sort();
  return String(query);
}

// The page may show another view by now than when the menu was made.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLDetailsElement) || !menu.matches(".views") || !menu.open) return;
  const here = new URL(location.href);
  for (const link of menu.querySelectorAll("li > a")) {
    if (!(link instanceof HTMLAnchorElement)) continue;
    const there = new URL(link.href);
    const same = there.pathname === here.pathname && sorted(there.searchParams) === sorted(here.searchParams);
    if (same) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}, { capture: true });
