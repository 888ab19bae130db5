// @ts-check
/** A chart as a file: what is shown as a picture, or every point of it. */

import { allCards, wanted } from "./charts.js";
import { color } from "./chart_config.js";
import { element } from "./weir.js";

/** @typedef {ReturnType<typeof allCards>[number]} Card */

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-export]") : null;
  const card = allCards().find(({ section }) => button && section.contains(button));
  if (card && button) exportCard(card, button.getAttribute("data-export") ?? "");
});

/** @param {Card} card @param {string} kind */
function exportCard(card, kind) {
  if (kind === "png") return savePicture(card);
  const url = wanted(card);
  const { settings, section, canvas } = card;
  url.pathname += `.${kind}`;
  url.searchParams.set("key", settings.key);
  if (kind === "svg") {
    url.searchParams.set("width", String(Math.max(300, section.clientWidth)));
    url.searchParams.set("height", String(Math.max(200, canvas.clientHeight + 60)));
    if (settings.smooth > 0) url.searchParams.set("smooth", String(settings.smooth));
    if (settings.log) url.searchParams.set("log", "true");
    if (settings.clip && card.zoom === undefined) url.searchParams.set("clip", "true");
    const { min, max } = settings.ys;
    if (min !== undefined) url.searchParams.set("ymin", String(min));
    if (max !== undefined) url.searchParams.set("ymax", String(max));
  }
  save(url.href, fileName(settings.key, kind));
}

/** @param {string} key @param {string} kind */
const fileName = (key, kind) => `${key.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 100)}.${kind}`;

/** @param {string} href @param {string} name */
function save(href, name) {
  const link = element("a");
  if (!(link instanceof HTMLAnchorElement)) return;
  link.href = href;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** The drawing with its title above and the names of its lines below. @param {Card} card */
function savePicture({ canvas, settings, curves }) {
  const scale = canvas.width / canvas.clientWidth;
  const font = getComputedStyle(document.body).fontFamily;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const columns = Math.max(1, Math.floor(width / 200));
  const rows = Math.ceil(Math.min(curves.length, 30) / columns);
  const picture = document.createElement("canvas");
  picture.width = width * scale;
  picture.height = (height + 32 + rows * 18 + 8) * scale;
  const ctx = picture.getContext("2d");
  if (!ctx) return;
  ctx.scale(scale, scale);
  ctx.fillStyle = color("--bg");
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.drawImage(canvas, 0, 28, width, height);
  ctx.fillStyle = color("--ink");
  ctx.font = `600 13px ${font}`;
  ctx.fillText(settings.key, 12, 19, width - 24);
  ctx.font = `11px ${font}`;
  curves.slice(0, 30).forEach(({ line }, i) => {
    const [x, y] = [12 + (i % columns) * (width / columns), height + 42 + Math.floor(i / columns) * 18];
    ctx.fillStyle = color(`--c${line.color}`);
    ctx.fillRect(x, y - 5, 14, 2);
    ctx.fillStyle = color("--ink");
    ctx.fillText(line.name, x + 20, y, width / columns - 40);
  });
  picture.toBlob((blob) => {
    if (!blob) return;
    const url = URL.createObjectURL(blob);
    save(url, fileName(settings.key, "png"));
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
}
