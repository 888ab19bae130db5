// @ts-check
/** Uploads to a run: files and folders that are chosen or dropped, some at a time, each with its progress, and a way to stop it. */

import { chosenFiles, droppedFiles } from "./dropped_files.js";
import { element } from "./weir.js";

const mostAtOnce = 3;
/** Rows that are shown of those that wait. */
const mostWaiting = 5;

/**
 * @typedef {object} Upload
 * @property {string} url
 * @property {string} path In the run's artifacts.
 * @property {File} file
 * @property {HTMLElement} row
 * @property {XMLHttpRequest} [request] While it goes on.
 * @property {string} [failure]
 */

/** @type {Upload[]} */
let waiting = [];
/** @type {Set<Upload>} */
const running = new Set();
/** @type {Set<Upload>} */
const failed = new Set();
let done = 0;

/* ---- Choosing and dropping ---- */

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-pick]") : null;
  const place = button?.closest("[data-upload]");
  if (!(button instanceof HTMLElement) || !(place instanceof HTMLElement)) return;
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = button.dataset.pick === "folder";
  const { upload = "", folder = "" } = place.dataset;
  input.addEventListener("change", () => add(upload, folder, chosenFiles(input.files)));
  input.click();
});

/** The part of the page that files may be dropped on. @param {Event} event */
function dropPlace(event) {
  const part = event.target instanceof Element ? event.target.closest("#artifacts") : null;
  const place = part?.querySelector("[data-upload]");
  const files = event instanceof DragEvent && event.dataTransfer?.types.includes("Files");
  return files && part && place instanceof HTMLElement ? { part, place } : undefined;
}

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    const at = dropPlace(event);
    document.querySelector("#artifacts")?.classList.toggle("over", at !== undefined);
    if (at) event.preventDefault();
  });
}
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.querySelector("#artifacts")?.classList.remove("over");
});
document.addEventListener("drop", async (event) => {
  const at = dropPlace(event);
  document.querySelector("#artifacts")?.classList.remove("over");
  if (!at || !event.dataTransfer) return;
  event.preventDefault();
  const { upload = "", folder = "" } = at.place.dataset;
  add(upload, folder, await droppedFiles(event.dataTransfer));
});

/** @param {string} url @param {string} folder @param {import("./dropped_files.js").Found[]} found */
function add(url, folder, found) {
  for (const { path, file } of found) {
    const at = folder === "" ? path : `${folder}/${path}`;
    waiting.push({ url: `${url}?${new URLSearchParams({ path: at })}`, path: at, file, row: rowOf(at) });
  }
  proceed();
}

/* ---- Sending ---- */

function proceed() {
  while (running.size < mostAtOnce) {
    const next = waiting.shift();
    if (next === undefined) break;
    send(next);
  }
  show();
  if (running.size === 0 && waiting.length === 0 && done > 0) refresh();
}

/** @param {Upload} upload */
function send(upload) {
  const request = new XMLHttpRequest(); // `fetch` does not tell how far it is
  const start = performance.now();
  upload.request = request;
  delete upload.failure;
  running.add(upload);
  request.upload.onprogress = ({ loaded }) => tell(upload, loaded, performance.now() - start);
  request.onload = () => {
    running.delete(upload);
    if (request.status === 200) done++;
    else fail(upload, reasonOf(request));
    proceed();
  };
  request.onerror = () => {
    running.delete(upload);
    fail(upload, "The connection broke, or the file cannot be read.");
    proceed();
  };
  request.onabort = () => {
    running.delete(upload);
    proceed();
  };
  request.open("PUT", upload.url);
  request.setRequestHeader("content-type", "application/octet-stream");
  tell(upload, 0, 0);
  request.send(upload.file);
}

/** @param {XMLHttpRequest} request */
function reasonOf(request) {
  try {
    return String(JSON.parse(request.responseText).message);
  } catch {
    return `The server answered ${request.status}.`;
  }
}

/** @param {Upload} upload @param {string} reason */
function fail(upload, reason) {
  upload.failure = reason;
  failed.add(upload);
}

/** @param {Upload} upload */
function cancel(upload) {
  waiting = waiting.filter((one) => one !== upload);
  failed.delete(upload);
  if (running.has(upload)) upload.request?.abort();
  else proceed();
}

/** @param {Upload} upload */
function retry(upload) {
  failed.delete(upload);
  waiting.push(upload);
  proceed();
}

addEventListener("beforeunload", (event) => {
  if (running.size + waiting.length > 0) event.preventDefault();
});

/** The tree of files again, with those that came. */
function refresh() {
  const htmx = Reflect.get(globalThis, "htmx");
  htmx?.ajax("GET", location.href, { target: "#run", select: "#run", swap: "outerMorph" });
}

/* ---- Showing ---- */

const panel = element("aside");
panel.id = "uploads";
panel.hidden = true;
panel.setAttribute("aria-label", "Uploads");
const summary = element("p");
summary.setAttribute("role", "status");
const all = button("", () => busy() ? cancelAll() : close());
const head = element("header", summary, all);
const rows = element("ul");
panel.append(head, rows);
document.body.append(panel);

const busy = () => running.size + waiting.length > 0;

function cancelAll() {
  waiting = [];
  for (const upload of [...running]) cancel(upload);
  show();
}

function close() {
  failed.clear();
  done = 0;
  show();
}

function show() {
  const shown = [...failed, ...running, ...waiting.slice(0, mostWaiting)];
  for (const upload of [...failed, ...waiting]) describe(upload);
  const wanted = shown.map(({ row }) => row);
  for (const row of [...rows.children]) if (!wanted.some((one) => one === row)) row.remove();
  for (const row of wanted) if (row.parentElement !== rows) rows.append(row);
  const total = done + running.size + waiting.length + failed.size;
  panel.hidden = total === 0;
  const texts = [
    busy() ? `Uploading, ${done} of ${files(total)} done` : `${files(done)} uploaded`,
    failed.size > 0 ? `${failed.size} failed` : "",
  ];
  const text = texts.filter((one) => one !== "").join(", ");
  if (summary.textContent !== text) summary.textContent = text;
  all.textContent = busy() ? "Cancel all" : "Close";
}

/** @param {number} count */
const files = (count) => count === 1 ? "1 file" : `${count} files`;

/** @param {string} path */
function rowOf(path) {
  const name = element("bdi", path);
  name.title = path;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", path);
  return element("li", name, element("span"), bar, element("span"));
}

/** @param {Upload} upload */
function parts({ row }) {
  const [, note, bar, acts] = row.children;
  if (!note || !(bar instanceof HTMLProgressElement) || !acts) throw new Error("A row of uploads is not whole.");
  return { note, bar, acts };
}

/** That it waits, or why it failed. @param {Upload} upload */
function describe(upload) {
  const { note, bar, acts } = parts(upload);
  const why = upload.failure ?? "waits";
  if (note.textContent === why) return;
  note.textContent = why;
  note.className = upload.failure === undefined ? "" : "bad";
  bar.hidden = true;
  const again = upload.failure === undefined ? [] : [button("Retry", () => retry(upload))];
  acts.replaceChildren(...again, button(upload.failure === undefined ? "Cancel" : "Dismiss", () => cancel(upload)));
}

/** How far it is. @param {Upload} upload @param {number} loaded @param {number} ms */
function tell(upload, loaded, ms) {
  const { note, bar, acts } = parts(upload);
  const { size } = upload.file;
  if (bar.hidden || acts.childElementCount === 0) acts.replaceChildren(button("Cancel", () => cancel(upload)));
  bar.hidden = false;
  bar.max = Math.max(size, 1);
  bar.value = size === 0 ? 1 : loaded;
  const rate = ms > 500 ? `, ${bytes(1000 * loaded / ms)}/s` : "";
  note.className = "";
  note.textContent = loaded >= size ? "being stored" : `${bytes(loaded)} of ${bytes(size)}${rate}`;
}

/** @param {string} text @param {() => void} act */
function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/** As the server writes sizes. @param {number} size */
function bytes(size) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit > 0 && size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}
