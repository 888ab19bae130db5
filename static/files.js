// @ts-check
/** The tree of files by arrow keys: up and down, right opens and left closes, Home and End. Every entry is a link without them, too. */

document.addEventListener("keydown", (event) => {
  const link = event.target;
  if (!(link instanceof HTMLAnchorElement) || !link.matches("nav.files li > a")) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const links = [...document.querySelectorAll("nav.files li > a")].filter((one) => one instanceof HTMLAnchorElement);
  const at = links.indexOf(link);
  const expanded = link.getAttribute("aria-expanded");
  const above = link.closest("ul")?.closest("li")?.querySelector(":scope > a");
  /** @type {Record<string, () => unknown>} */
  const keys = {
    ArrowDown: () => links[at + 1]?.focus(),
    ArrowUp: () => links[at - 1]?.focus(),
    Home: () => links[0]?.focus(),
    End: () => links.at(-1)?.focus(),
    ArrowRight: () => expanded === "false" ? link.click() : expanded === "true" && links[at + 1]?.focus(),
    ArrowLeft: () => expanded === "true" ? link.click() : above instanceof HTMLElement && above.focus(),
  };
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]?.();
});

/** The entry that has the focus, by where it stands: a swap may put another link in its place. @type {string | undefined} */
let focused;

const nameOf = (/** @type {Element | null} */ link) => link?.getAttribute("data-file") ?? undefined;

document.addEventListener("htmx:before:swap", () => focused = nameOf(document.activeElement));
document.addEventListener("htmx:after:swap", () => {
  if (focused === undefined || nameOf(document.activeElement) === focused) return;
  const link = [...document.querySelectorAll("nav.files li > a")].find((one) => nameOf(one) === focused);
  if (link instanceof HTMLElement) link.focus();
});

/** The entry that is shown stands where it can be seen, also in a tree that is taller than its place. */
function showCurrent() {
  const link = document.querySelector("nav.files [aria-current]");
  const tree = link?.closest("nav.files");
  if (!(link instanceof HTMLElement) || !(tree instanceof HTMLElement)) return;
  const [at, place] = [link.getBoundingClientRect(), tree.getBoundingClientRect()];
  if (at.top < place.top || at.bottom > place.bottom) tree.scrollTop += at.top - place.top - tree.clientHeight / 2;
}

/** What is unfolded of the file that is shown: while its run goes on, the page is made anew with what was folded at first. */
const folds = () => {
  const look = document.querySelector(".look");
  return { name: look?.getAttribute("data-look"), details: [...look?.querySelectorAll("details") ?? []] };
};

/** @type {{ name: string | null | undefined, open: boolean[] } | undefined} */
let unfolded;

document.addEventListener("htmx:before:swap", () => {
  const { name, details } = folds();
  unfolded = { name, open: details.map(({ open }) => open) };
});
document.addEventListener("htmx:after:swap", () => {
  const { name, details } = folds();
  if (unfolded === undefined || name !== unfolded.name || details.length !== unfolded.open.length) return;
  for (const [i, fold] of details.entries()) fold.open = unfolded.open[i] ?? fold.open;
});

showCurrent();
document.addEventListener("htmx:after:swap", showCurrent);
