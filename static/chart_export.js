// @ts-check
/** A chart as a file: what is shown as a picture, or every point of it. Fetched when somebody wants one. */

import { color, dashes } from "./chart_config.js";
import { element } from "./weir.js";

/** @typedef {import("./charts.js").Card} Card */

/** @param {Card} card @param {string} kind `png`, `svg` or `csv` @param {URL} url Of its curves. */
export function exportCard(card, kind, url) {
  if (kind === "png") return savePicture(card);
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

/** Lines that are named below a picture. */
const mostNames = 30;

/** The drawing with its title above and the names of its lines below. @param {Card} card */
function savePicture({ canvas, settings, curves }) {
  const scale = canvas.width / canvas.clientWidth;
  const font = getComputedStyle(document.body).fontFamily;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const columns = Math.max(1, Math.floor(width / 200));
  const more = curves.length - mostNames;
  const rows = Math.ceil((Math.min(curves.length, mostNames) + Number(more > 0)) / columns);
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
  ctx.fillText(fitting(ctx, settings.key, width - 24), 12, 19);
  ctx.font = `11px ${font}`;
  const at = (/** @type {number} */ i) => ({
    x: 12 + (i % columns) * (width / columns),
    y: height + 42 + Math.floor(i / columns) * 18,
  });
  curves.slice(0, mostNames).forEach(({ line }, i) => {
    const { x, y } = at(i);
    ctx.strokeStyle = color(`--c${line.color}`);
    ctx.lineWidth = 2;
    ctx.setLineDash(dashes[line.dash] ?? []);
    ctx.beginPath();
    ctx.moveTo(x, y - 4);
    ctx.lineTo(x + 14, y - 4);
    ctx.stroke();
    ctx.fillText(fitting(ctx, line.name, width / columns - 40), x + 20, y);
  });
  if (more > 0) ctx.fillText(`and ${more} more`, at(mostNames).x, at(mostNames).y);
  picture.toBlob((blob) => {
    if (!blob) return;
    const url = URL.createObjectURL(blob);
    save(url, fileName(settings.key, "png"));
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
}

/** As much of a text as there is room for. @param {CanvasRenderingContext2D} ctx @param {string} text @param {number} width */
function fitting(ctx, text, width) {
  if (ctx.measureText(text).width <= width) return text;
  const letters = [...text];
  while (letters.length > 0 && ctx.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("")}…`;
}
