// @ts-check
/**
 * What every page does beyond plain HTML: keys and their list, menus that close, buttons that copy, times in the reader's own zone,
 * forms without empty fields, server-sent events. Pages work without any of it.
 */

/* ---- Links that MLflow's clients print ---- */

// `/#/experiments/3/runs/ab12`: only the browser knows what follows the `#`; `/` leads here with it.
const [, experiment, run] = /^#\/experiments\/(\w+)(?:\/runs\/(\w+))?(?![^/?])/.exec(location.hash) ?? [];
const home = document.querySelector("a.logo");
if (experiment !== undefined && home instanceof HTMLAnchorElement) {
  location.replace(new URL(run === undefined ? `experiments/${experiment}` : `runs/${run}`, home.href));
}

/* ---- Keys ---- */

/** @typedef {{ key: string, does: string, run: (event: KeyboardEvent) => void }} Key */

/** @type {{ title: string, keys: Key[] }[]} */
const sections = [];

/**
 * Adds keys. They are pressed alone (no Ctrl, Alt or Meta) and outside of text fields; `key` is `KeyboardEvent.key`.
 * @param {string} title The heading in the list that `?` shows.
 * @param {Key[]} keys
 */
export function addKeys(title, keys) {
  sections.push({ title, keys });
}

/** @param {EventTarget | null} target */
function takesText(target) {
  return target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])"));
}

const jump = () => import("./jump.js").then(({ openJump }) => openJump());

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    jump();
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (event.key === "Escape") return escape(event);
  if (takesText(event.target) || document.querySelector("dialog[open]")) return;
  const known = sections.flatMap(({ keys }) => keys).find(({ key }) => key === event.key);
  if (known === undefined) return;
  event.preventDefault();
  known.run(event);
});

/** @param {KeyboardEvent} event */
function escape(event) {
  const menu = document.querySelector("details.menu[open]");
  if (menu instanceof HTMLDetailsElement) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  } else if (event.target instanceof HTMLInputElement && event.target.matches("[data-slash]")) {
    event.target.blur();
  }
}

addKeys("Everywhere", [
  {
    key: "/",
    does: "Go to the filter",
    run: () => {
      const box = document.querySelector("[data-slash]") ?? document.querySelector("input[type=search]");
      if (box instanceof HTMLInputElement) box.select();
    },
  },
  { key: "?", does: "Show this list", run: showKeys },
]);

function showKeys() {
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = element("h2", "Keyboard shortcuts");
  title.id = "keys-title";
  const close = element("button", "Close");
  const form = element("form", title, close);
  form.setAttribute("method", "dialog");
  dialog.append(form);
  for (const { title, keys } of sections.toReversed()) {
    const list = element(
      "dl",
      ...keys.flatMap(({ key, does }) => [element("dt", element("kbd", keyName(key))), element("dd", does)]),
    );
    dialog.append(element("h3", title), list);
  }
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {string} key */
const keyName = (key) => /^[a-z]$/.test(key) ? key.toUpperCase() : key;

/**
 * @param {string} name
 * @param {(string | Node)[]} content Text is never taken for HTML.
 */
export function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

/* ---- Menus, copying, forms ---- */

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu instanceof HTMLDetailsElement && !menu.contains(target)) menu.open = false;
  }
  if (target?.closest("[data-keys]")) showKeys();
  if (target?.closest("#jump") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    jump();
  }
  const copier = target?.closest("[data-copy]");
  if (copier instanceof HTMLElement) copy(copier);
});

/**
 * Copies what `data-copy` says, or the `pre` beside the button.
 * @param {HTMLElement} button
 */
async function copy(button) {
  const text = button.dataset.copy || button.parentElement?.querySelector("pre")?.textContent || "";
  const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  button.title = done ? "Copied" : "The browser does not let pages copy here";
  button.classList.toggle("done", done === true);
  setTimeout(() => button.classList.remove("done"), 1500);
}

// Whoever goes through a list with keys is not done with the first entry: a choice counts after a rest.
// From an open list it is taken with Enter, and counts at once.
let lastKey = -Infinity;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let resting;
document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLSelectElement) lastKey = event.key === "Enter" ? -Infinity : event.timeStamp;
}, { capture: true });
document.addEventListener("change", (event) => {
  const list = event.target;
  if (!(list instanceof HTMLSelectElement) || !list.matches("[data-submits]")) return;
  clearTimeout(resting);
  const byKey = event.timeStamp - lastKey < 100;
  resting = setTimeout(() => list.isConnected && list.form?.requestSubmit(), byKey ? 700 : 0);
});

// Addresses stay short: a GET form does not send its empty fields.
document.addEventListener("formdata", (event) => {
  if (!(event.target instanceof HTMLFormElement) || event.target.method !== "get") return;
  for (const [name, value] of [...event.formData]) {
    if (value !== "") continue;
    const kept = event.formData.getAll(name).filter((one) => one !== "");
    event.formData.delete(name);
    for (const one of kept) event.formData.append(name, one);
  }
});

// Links between the pages of one thing (`data-carries`) take along what the address says now: it may have changed since they were made.
for (const moment of ["pointerdown", "click"]) {
  document.addEventListener(moment, (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-carries] a") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    const [here, there] = [new URL(location.href), new URL(link.href)];
    for (const name of link.closest("[data-carries]")?.getAttribute("data-carries")?.split(" ") ?? []) {
      there.searchParams.delete(name);
      for (const value of here.searchParams.getAll(name)) there.searchParams.append(name, value);
    }
    link.href = there.href;
  }, { capture: true });
}

/* ---- Times ---- */

/** @type {Intl.DateTimeFormat | undefined} Takes a while to make, and many pages hold no moment. */
let zoned;

/**
 * Writes the moments below `root` in the reader's zone; ages keep their text and get it as a title.
 * @param {ParentNode} root
 */
function localizeTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    if (!(time instanceof HTMLTimeElement) || time.dataset.local) continue;
    zoned ??= new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
    const text = zoned.format(new Date(time.dateTime));
    if (time.title === "") {
      time.title = time.textContent ?? "";
      time.textContent = text;
    } else time.title = text;
    time.dataset.local = "1";
  }
}

localizeTimes(document);

/* ---- Swaps of htmx ---- */

/** @type {{ left: number, id: string | undefined } | undefined} */
let scrolled;

document.addEventListener("htmx:before:swap", () => {
  const table = document.querySelector(".tw");
  scrolled = table === null ? undefined : { left: table.scrollLeft, id: document.activeElement?.id };
});

document.addEventListener("htmx:after:swap", () => {
  localizeTimes(document);
  const table = document.querySelector(".tw");
  if (table !== null && scrolled !== undefined) table.scrollLeft = scrolled.left;
});

for (const failure of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(failure, (event) => {
    const status = event instanceof CustomEvent ? event.detail?.ctx?.response?.status : undefined;
    if (status === 400) return; // the page itself, saying what is wrong
    if (status === undefined) say("The server cannot be reached.");
    else say(status === 404 ? "What was asked for is gone, or has another name." : `The server answered ${status}.`);
  });
}

/**
 * Says something in a corner for some seconds.
 * @param {string} text
 */
export function say(text) {
  const note = element("p", text);
  note.className = "toast";
  note.setAttribute("role", "alert");
  document.body.append(note);
  setTimeout(() => note.remove(), 6000);
}

/* ---- Server-sent events ---- */

/**
 * Listens as long as the page is seen, and goes on where it was; answers what ends it. `lost` is told when the connection breaks (true) and when it is back (false).
 * @param {string} url
 * @param {Record<string, (data: any) => void>} handlers By event name; the data is JSON.
 * @param {(lost: boolean) => void} [lost]
 * @returns {() => void}
 */
export function listen(url, handlers, lost) {
  /** @type {EventSource | undefined} */
  let source;
  let [since, ended] = ["", false];
  const open = () => {
    source?.close();
    if (ended) return;
    const address = new URL(url, location.href);
    if (since !== "") address.searchParams.set("since", since); // an id is the browser's only while it reconnects by itself
    source = new EventSource(address);
    source.onopen = () => lost?.(false);
    source.onerror = () => lost?.(true);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        since = event.lastEventId;
        handle(JSON.parse(event.data));
      });
    }
  };
  // A hidden page would hold one of the few connections that a browser has per host.
  document.addEventListener("visibilitychange", () => document.hidden ? source?.close() : open());
  addEventListener("pagehide", () => source?.close());
  const start = () => {
    if (!document.hidden) open();
  };
  // What the page shows comes first.
  if (document.readyState === "complete") start();
  else addEventListener("load", () => setTimeout(start));
  return () => {
    ended = true;
    source?.close();
  };
}
