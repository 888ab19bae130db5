// @ts-check
/** The runs table: selecting, walking with keys, and what changes while it is looked at. The boxes in the page are the truth. */

import { addKeys, element, listen } from "./weir.js";

/** @type {Set<string>} Runs that began since the page was made and are not on it. */
const fresh = new Set();

/* ---- Selecting ---- */

const form = () => /** @type {HTMLFormElement | null} */ (document.querySelector("#selection"));

/** @returns {HTMLInputElement[]} */
const boxes = () =>
  [...document.querySelectorAll("#rows input[name=runs]")].filter((box) => box instanceof HTMLInputElement);

/** @returns {HTMLInputElement[]} Runs that were selected on other pages. */
const elsewhere = () =>
  [...document.querySelectorAll("#selection > input[name=runs]")].filter((box) => box instanceof HTMLInputElement);

/** @returns {{ id: string, name: string, color: string }[]} */
function selected() {
  const here = boxes().filter((box) => box.checked).map((box) => ({
    id: box.value,
    name: box.ariaLabel ?? "",
    color: colorOf(box),
  }));
  const away = elsewhere().map((box) => ({
    id: box.value,
    name: box.dataset.name ?? "",
    color: `c${box.dataset.color}`,
  }));
  return [...away, ...here];
}

/** @param {HTMLInputElement} box */
const colorOf = (box) => box.closest("th")?.querySelector('a[class^="c"]')?.className ?? "";

/** Shows the selection in its bar and says it in the address, so that it can be sent and comes back. */
function showSelection() {
  const runs = selected();
  const count = document.querySelector("#selected-count");
  const names = document.querySelector("#selected-names");
  if (count) count.textContent = `${runs.length} selected`;
  names?.replaceChildren(
    ...runs.slice(0, 8).map(({ name, color }) => {
      const dot = element("span");
      dot.className = `dot ${color}`;
      return element("span", dot, name);
    }),
  );
  const compare = document.querySelector("#compare");
  if (compare instanceof HTMLButtonElement) compare.disabled = runs.length < 2;
  showAll();
  const { href } = withRuns(new URL(location.href), runs.map(({ id }) => id));
  if (href !== location.href) history.replaceState(history.state, "", href);
}

function showAll() {
  const all = document.querySelector("#all");
  if (!(all instanceof HTMLInputElement)) return;
  const checked = boxes().filter((box) => box.checked).length;
  all.checked = checked > 0 && checked === boxes().length;
  all.indeterminate = checked > 0 && checked < boxes().length;
}

/**
 * @param {URL} url
 * @param {string[]} ids
 */
function withRuns(url, ids) {
  url.searchParams.delete("runs");
  for (const id of ids) url.searchParams.append("runs", id);
  return url;
}

/** @type {HTMLInputElement | undefined} */
let last;

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement)) return;
  if (box.id === "all") { for (const each of boxes()) each.checked = box.checked; }
  if (box.id === "all" || box.matches("#rows input")) showSelection();
});

document.addEventListener("click", (event) => {
  const box = event.target;
  if (box instanceof HTMLButtonElement && box.id === "clear") return clear(event);
  if (!(box instanceof HTMLInputElement) || !box.matches("#rows input")) return;
  if (event.shiftKey && last?.isConnected) {
    const all = boxes();
    const [from = 0, to = 0] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const each of all.slice(from, to + 1)) each.checked = box.checked;
  }
  last = box;
});

/** @param {Event} event */
function clear(event) {
  event.preventDefault(); // a reset would bring back what was selected when the page was made
  for (const box of elsewhere()) box.remove();
  for (const box of boxes()) box.checked = false;
  showSelection();
}

// Links and forms that htmx follows take the selection along.
document.addEventListener("htmx:config:request", (event) => {
  const request = event instanceof CustomEvent ? event.detail.ctx?.request : undefined;
  if (request?.method?.toUpperCase() !== "GET") return;
  // Where no run matches there is no form, but the address still knows.
  const ids = form() ? selected().map(({ id }) => id) : new URL(location.href).searchParams.getAll("runs");
  request.action = withRuns(new URL(request.action, location.href), ids).href;
});

document.addEventListener("htmx:after:swap", () => {
  if (form()) showSelection();
  if (!new URL(location.href).searchParams.has("page_token")) fresh.clear(); // they are on the page now
  showFresh();
});
if (form()) showSelection();

/* ---- Keys ---- */

/** @param {number} by */
function move(by) {
  const links = [...document.querySelectorAll('#rows th > a[class^="c"]')];
  const row = document.activeElement?.closest("#rows tr");
  const at = links.findIndex((link) => link.closest("tr") === row);
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)];
  if (next instanceof HTMLElement) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

addKeys("Runs", [
  { key: "j", does: "Next run", run: () => move(1) },
  { key: "k", does: "Previous run", run: () => move(-1) },
  { key: "x", does: "Select the run, or take it out", run: () => boxOfRow()?.click() },
  {
    key: "c",
    does: "Compare the selected runs",
    run: () => /** @type {HTMLElement | null} */ (document.querySelector("#compare"))?.click(),
  },
]);

function boxOfRow() {
  const box = document.activeElement?.closest("#rows tr")?.querySelector("input[name=runs]");
  return box instanceof HTMLInputElement ? box : undefined;
}

/* ---- Long tables ---- */

/** How many rows are drawn after so many. @type {Record<string, string | undefined>} */
const rowsAfter = { 60: "180", 180: "320" };

/** Brings the rest of a long table a part at a time, whenever the browser has nothing else to do. */
function bringRows() {
  const rows = document.querySelector("#rows[data-first]");
  if (!(rows instanceof HTMLElement)) return;
  const more = () => {
    const next = rowsAfter[rows.dataset.first ?? ""];
    if (next === undefined) return rows.removeAttribute("data-first");
    rows.dataset.first = next;
    bringRows();
  };
  if ("requestIdleCallback" in globalThis) requestIdleCallback(more, { timeout: 1000 });
  else setTimeout(more, 100);
}

if (document.readyState === "complete") bringRows();
else addEventListener("load", () => setTimeout(bringRows, 100));
document.addEventListener("htmx:after:swap", bringRows);

/* ---- Live: values change in place, new runs wait until they are asked for ---- */

let due = false;
/** @type {{ url: string, end: () => void } | undefined} */
let stream;

/** Follows what the table shows now: another filter finds other new runs. */
function follow() {
  const table = document.querySelector("#runs[data-events]");
  const url = table instanceof HTMLElement ? table.dataset.events ?? "" : "";
  if (url === stream?.url) return;
  stream?.end();
  stream = url === "" ? undefined : { url, end: listenTo(url) };
}

/** @param {string} url */
function listenTo(url) {
  const live = document.querySelector("#live");
  return listen(url, {
    /** @param {{ running: number, created?: string[], changed?: string[] }} news Ids of runs. */
    runs: ({ running, created = [], changed = [] }) => {
      if (live) {
        live.textContent = running === 0 ? "Nothing running" : `${running} ${running === 1 ? "run" : "runs"} running`;
      }
      const here = new Set(boxes().map((box) => box.value));
      for (const id of created) if (!here.has(id)) fresh.add(id);
      showFresh();
      // The numbers of a group are also of runs that are not on the page.
      const isGrouped = document.querySelector("#rows .grp") !== null;
      if (isGrouped || changed.some((id) => here.has(id))) refreshSoon();
    },
  }, (lost) => {
    live?.classList.toggle("lost", lost);
    live?.setAttribute("title", lost ? "Not connected; what is shown may be old" : "");
  });
}

follow();
document.addEventListener("htmx:after:swap", follow);

function showFresh() {
  const place = document.querySelector("#fresh");
  if (place === null || fresh.size === 0) return place?.replaceChildren();
  const url = new URL(location.href);
  const link = element("a", fresh.size === 1 ? "Show it" : "Show them");
  url.searchParams.delete("page_token");
  link.setAttribute("href", url.href);
  const matches = !url.searchParams.has("filter") ? "" : fresh.size === 1 ? " matches" : " match";
  place.replaceChildren(`${fresh.size} new ${fresh.size === 1 ? "run" : "runs"}${matches} `, link);
  /** @type {{ htmx?: { process: (node: Element) => void } }} */ (globalThis).htmx?.process(link);
}

/** At most every two seconds, however fast a run logs. */
function refreshSoon() {
  if (due) return;
  due = true;
  setTimeout(async () => {
    due = false;
    if (!document.hidden) await refresh().catch(() => undefined);
  }, 2000);
}

/** What a row is known by: its run, or where its group leads. @param {Element} row */
function nameOf(row) {
  const box = row.querySelector("input[name=runs]");
  return box instanceof HTMLInputElement
    ? box.value
    : row.querySelector("th > a:not(.tog)")?.getAttribute("href") ?? "";
}

/** Puts new cells into the rows that are there; the name's cell, with its box and focus, stays. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const columns = (/** @type {ParentNode} */ of) => of.querySelectorAll(".runs thead tr:last-child th").length;
  if (columns(page) !== columns(document)) return; // a param began to differ: other columns, so not in place
  const fetched = new Map([...page.querySelectorAll("#rows tr")].map((row) => [nameOf(row), row]));
  for (const row of document.querySelectorAll("#rows tr")) {
    const now = fetched.get(nameOf(row));
    if (!now || row.childElementCount !== now.childElementCount) continue;
    [...now.children].slice(1).forEach((cell, i) => {
      const old = row.children[i + 1];
      if (old && old.outerHTML !== cell.outerHTML) old.replaceWith(cell.cloneNode(true));
    });
  }
}
