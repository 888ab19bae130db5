// @ts-check
/** The log of a run: what comes is added at its end, where the reader stays unless they scrolled up. */

/** @typedef {{ rows: string, open: string, total: number, skipped: boolean }} News */

/** Pixels that count as the end. */
const near = 24;

/** @type {Map<Element, () => void>} What stops following, by the box that is followed. */
const followed = new Map();

/** @param {Element} box @param {string} part */
const inside = (box, part) => /** @type {HTMLElement} */ (box.querySelector(part));

/** @param {Element} box */
const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < near;

/** @param {Element} box */
const toEnd = (box) => void (box.scrollTop = box.scrollHeight);

/** Takes up the boxes that the page has now. */
function takeUp() {
  for (const [box, stop] of followed) {
    if (box.isConnected) continue;
    stop();
    followed.delete(box);
  }
  for (const box of document.querySelectorAll("[data-log]")) {
    if (!(box instanceof HTMLElement) || followed.has(box)) continue;
    localize(box);
    place(box);
    box.addEventListener("scroll", () => showTail(box), { passive: true });
    followed.set(box, box.dataset.log ? follow(box, box.dataset.log) : () => {});
  }
}

/** Where a box is opened: at the line that was asked for, at the beginning of what was found, or at its end. @param {HTMLElement} box */
function place(box) {
  const here = box.querySelector(".here") ??
    (location.hash.startsWith("#L") ? box.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`) : null);
  if (here instanceof HTMLElement) box.scrollTop = here.offsetTop - box.clientHeight / 3;
  else if (!/[?&](first|q|after)=/.test(location.search)) toEnd(box);
}

/**
 * Listens while the page is seen, and goes on where it was when it is seen again. Answers what ends it.
 * @param {HTMLElement} box @param {string} url
 */
function follow(box, url) {
  /** @type {EventSource | undefined} */
  let source;
  let ended = false;
  const address = new URL(url, location.href);
  const open = () => {
    source?.close();
    if (document.hidden || ended) return;
    source = new EventSource(address);
    source.addEventListener("lines", ({ data, lastEventId }) => {
      address.searchParams.set("position", lastEventId);
      const stay = atEnd(box);
      add(box, JSON.parse(data));
      if (stay) toEnd(box);
      else showTail(box);
    });
    source.addEventListener("end", () => stop());
  };
  const stop = () => {
    ended = true;
    source?.close();
    document.removeEventListener("visibilitychange", open);
  };
  document.addEventListener("visibilitychange", open);
  addEventListener("pagehide", () => source?.close());
  open();
  return stop;
}

/** The rows are made by the server, which escapes what was printed. @param {HTMLElement} box @param {News} news */
function add(box, { rows, open, total, skipped }) {
  const list = inside(box, "[data-rows]");
  if (skipped) list.textContent = "";
  list.insertAdjacentHTML("beforeend", rows);
  inside(box, "[data-open]").innerHTML = open;
  box.querySelector("[data-none]")?.remove();
  const surplus = list.childElementCount - Number(box.dataset.most);
  if (surplus > 0) {
    const before = box.scrollHeight;
    for (let i = 0; i < surplus; i++) list.firstElementChild?.remove();
    box.scrollTop -= before - box.scrollHeight; // what is read stays where it is
  }
  localize(box);
  const note = document.querySelector("#log-note");
  if (note && box.closest("#log")) {
    note.textContent = `${total.toLocaleString("en-US")} ${total === 1 ? "line" : "lines"}`;
  }
}

/** @param {HTMLElement} box */
function showTail(box) {
  const button = box.parentElement?.querySelector("[data-tail]");
  if (button instanceof HTMLElement) button.hidden = atEnd(box) || !(box instanceof HTMLElement && box.dataset.log);
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Times of the reader's zone. @param {HTMLElement} box */
function localize(box) {
  for (const time of box.querySelectorAll("time.lt:not([data-zoned])")) {
    if (!(time instanceof HTMLTimeElement)) continue;
    time.textContent = clock.format(new Date(time.dateTime));
    time.dataset.zoned = "";
  }
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const box = target?.closest("[data-tail]")?.parentElement?.querySelector("[data-log]");
  if (box) toEnd(box);
  const wrap = target?.closest("[data-wrap]");
  if (wrap instanceof HTMLAnchorElement) {
    event.preventDefault();
    toggleWrap(wrap);
  }
});

/** Without a reload, for what came live would be asked for again; the address says it all the same. @param {HTMLAnchorElement} button */
function toggleWrap(button) {
  const box = document.querySelector("#log .log");
  const stay = box !== null && atEnd(box);
  const on = box?.classList.toggle("wrap") ?? false;
  button.setAttribute("aria-pressed", String(on));
  const url = new URL(location.href);
  if (on) url.searchParams.set("wrap", "1");
  else url.searchParams.delete("wrap");
  history.replaceState(history.state, "", url);
  if (box && stay) toEnd(box);
}

// What is typed as a time is one of the reader's clock.
document.addEventListener("formdata", (event) => {
  if (event.target instanceof HTMLFormElement && event.target.id === "log-go") {
    event.formData.set("zone", String(-new Date().getTimezoneOffset()));
  }
});

takeUp();
document.addEventListener("htmx:after:swap", takeUp);
