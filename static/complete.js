// @ts-check
/**
 * Completion in a filter box: an `input[data-complete]` becomes a combobox, and its list says how the filter can go on. The server
 * knows the language and the experiment's keys and values. Tab and Enter take, arrows move, Escape closes.
 */

import { element } from "./weir.js";

/** @typedef {{ from: number, to: number, completions: { text: string, note: string }[] }} Answer */

const list = element("ul");
list.id = "completions";
list.className = "completions";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "How the filter can go on");

/** @type {(Answer & { length: number }) | undefined} What the list shows, for a text of so many characters. */
let shown;
/** Which one is lit; -1: none. */
let lit = -1;
/** @type {AbortController | undefined} */
let asking;

/** @param {EventTarget | null} target @returns {HTMLInputElement | undefined} */
const boxOf = (target) => target instanceof HTMLInputElement && target.dataset.complete ? target : undefined;

/** @param {HTMLInputElement} box */
async function suggest(box) {
  asking?.abort();
  const { signal } = asking = new AbortController();
  const url = new URL(box.dataset.complete ?? "", location.href);
  url.searchParams.set("filter", box.value);
  url.searchParams.set("at", String(box.selectionStart ?? box.value.length));
  try {
    const answer = await fetch(url, { signal });
    if (!answer.ok) return close();
    /** @type {Answer} */
    const found = await answer.json();
    if (document.activeElement === box) show(box, found);
  } catch {
    if (!signal.aborted) close(); // the server is away: the filter can be typed without
  }
}

/**
 * @param {HTMLInputElement} box
 * @param {Answer} found
 */
function show(box, found) {
  if (found.completions.length === 0) return close();
  shown = { ...found, length: box.value.length };
  lit = -1;
  list.replaceChildren(...found.completions.map(({ text, note }, i) => {
    const item = element("li", element("span", text.trimEnd()), element("small", note));
    item.id = `completion-${i}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    return item;
  }));
  if (list.previousElementSibling !== box) box.after(list);
  box.setAttribute("aria-expanded", "true");
  light(box, -1);
}

/**
 * Until the server has answered for what was typed meanwhile, the list is what still fits: Tab may come first.
 * @param {HTMLInputElement} box
 */
function narrow(box) {
  if (shown === undefined) return;
  const to = shown.to + box.value.length - shown.length;
  const begun = box.value.slice(shown.from, box.selectionStart ?? undefined).toLowerCase();
  const completions = shown.completions.filter(({ text }) => text.toLowerCase().includes(begun));
  show(box, { from: shown.from, to, completions });
}

function close() {
  asking?.abort();
  shown = undefined;
  const box = boxOf(list.previousElementSibling);
  list.remove();
  box?.setAttribute("aria-expanded", "false");
  box?.removeAttribute("aria-activedescendant");
}

/**
 * @param {HTMLInputElement} box
 * @param {number} at
 */
function light(box, at) {
  list.children[lit]?.setAttribute("aria-selected", "false");
  lit = at;
  const item = list.children[lit];
  item?.setAttribute("aria-selected", "true");
  item?.scrollIntoView({ block: "nearest" });
  if (item) box.setAttribute("aria-activedescendant", item.id);
  else box.removeAttribute("aria-activedescendant");
}

/**
 * @param {HTMLInputElement} box
 * @param {number} at
 */
function take(box, at) {
  const completion = shown?.completions[at];
  if (!shown || !completion) return;
  const before = box.value.slice(0, shown.from);
  const gap = /[\p{L}\p{N}'"`]$/u.test(before) && /^\p{L}/u.test(completion.text) ? " " : "";
  box.setRangeText(gap + completion.text, shown.from, Math.min(shown.to, box.value.length), "end");
  const caret = box.selectionEnd ?? 0;
  if (/\s$/.test(completion.text) && box.value[caret] === " ") box.setRangeText("", caret, caret + 1, "end");
  close(); // what it shows is for the text before
  suggest(box);
}

document.addEventListener("focusin", (event) => {
  const box = boxOf(event.target);
  if (box === undefined || box.role === "combobox") return;
  box.type = "text"; // a search box cannot be a combobox
  box.role = "combobox";
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
});

document.addEventListener("input", (event) => {
  const box = boxOf(event.target);
  if (box === undefined) return;
  narrow(box);
  suggest(box);
});

document.addEventListener("focusout", (event) => {
  if (boxOf(event.target)) close();
});

document.addEventListener("keydown", (event) => {
  const box = boxOf(event.target);
  if (box === undefined || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (shown === undefined) {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      suggest(box);
    }
    return;
  }
  if (pressed(box, event)) event.preventDefault();
}, { capture: true }); // before the page's own Escape

/**
 * @param {HTMLInputElement} box
 * @param {KeyboardEvent} event
 * @returns {boolean} Whether the list made use of the key.
 */
function pressed(box, { key, shiftKey }) {
  const last = list.children.length - 1;
  switch (key) {
    case "ArrowDown":
      light(box, lit === last ? -1 : lit + 1);
      return true;
    case "ArrowUp":
      light(box, lit === -1 ? last : lit - 1);
      return true;
    case "Escape":
      close();
      return true;
    case "Enter":
      if (lit < 0) break; // the form goes
      take(box, lit);
      return true;
    case "Tab":
      // Nobody is held in the box: with nothing begun and nothing lit, Tab goes on.
      if (shiftKey || lit < 0 && shown?.from === box.selectionStart) return false;
      take(box, Math.max(lit, 0));
      return true;
  }
  return false;
}

// The pointer takes without taking the focus.
list.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  const item = event.target instanceof Element ? event.target.closest("li") : null;
  const box = boxOf(list.previousElementSibling);
  if (item && box) take(box, [...list.children].indexOf(item));
});
