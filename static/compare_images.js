// @ts-check
/** Two pictures of a comparison: the line that divides them, and what differs in them pixel by pixel. */

/** Pixels of a side up to which pictures are compared at their own size; greater ones are drawn smaller. */
const longestSide = 2000;
/** How far apart two channels may be without being another colour: what compression does to a picture. */
const tolerance = 4;

document.addEventListener("input", (event) => {
  const over = event.target instanceof HTMLInputElement ? event.target.closest(".over") : null;
  if (over instanceof HTMLElement && event.target instanceof HTMLInputElement) {
    over.style.setProperty("--at", `${event.target.value}%`);
  }
});

/** Draws every difference that the page asks for. */
function drawAll() {
  for (const box of document.querySelectorAll('[data-images="difference"]')) void draw(box);
}

/** @param {Element} box */
async function draw(box) {
  const [one, two] = [...box.querySelectorAll(".side img")].filter((image) => image instanceof HTMLImageElement);
  const canvas = box.querySelector("canvas");
  const said = box.querySelector("[data-said]");
  if (!one || !two || !canvas || !said) return;
  for (const image of [one, two]) image.loading = "eager";
  try {
    await Promise.all([one.decode(), two.decode()]);
  } catch {
    said.textContent = "a picture cannot be shown";
    return;
  }
  const width = Math.max(one.naturalWidth, two.naturalWidth, 1);
  const height = Math.max(one.naturalHeight, two.naturalHeight, 1);
  const scale = Math.min(1, longestSide / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return;
  const [before, after] = [one, two].map((image) => pixelsOf(context, image, scale));
  if (!before || !after) return;
  const changed = mark(context, before, after);
  const size = one.naturalWidth === two.naturalWidth && one.naturalHeight === two.naturalHeight
    ? ""
    : "; the pictures have other sizes, and lie over each other at the top left";
  said.textContent = `${share(changed / (canvas.width * canvas.height))} of the pixels differ${size}`;
}

/** @param {number} part */
const share = (part) =>
  part === 0 ? "none" : part < 0.001 ? "less than 0.1 %" : `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLImageElement} image
 * @param {number} scale
 */
function pixelsOf(context, image, scale) {
  const { width, height } = context.canvas;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0, image.naturalWidth * scale, image.naturalHeight * scale);
  return context.getImageData(0, 0, width, height).data;
}

/**
 * Blue where the second is brighter, orange where it is darker, the stronger the further; what is the same, as a pale grey of itself.
 * Answers how many pixels differ.
 * @param {CanvasRenderingContext2D} context
 * @param {Uint8ClampedArray} before
 * @param {Uint8ClampedArray} after
 */
function mark(context, before, after) {
  const { width, height } = context.canvas;
  const shown = context.createImageData(width, height);
  const { data } = shown;
  let changed = 0;
  for (let at = 0; at < data.length; at += 4) {
    const apart = [0, 1, 2].map((channel) => (after[at + channel] ?? 0) - (before[at + channel] ?? 0));
    const most = Math.max(...apart.map(Math.abs));
    const sum = apart.reduce((total, each) => total + each, 0);
    const grey = 255 - (255 - ((after[at] ?? 0) + (after[at + 1] ?? 0) + (after[at + 2] ?? 0)) / 3) * 0.15;
    const strength = most <= tolerance ? 0 : 0.35 + 0.65 * (most / 255);
    if (strength > 0) changed++;
    const colour = sum >= 0 ? [11, 94, 168] : [186, 87, 11];
    for (const channel of [0, 1, 2]) {
      data[at + channel] = grey + ((colour[channel] ?? 0) - grey) * strength;
    }
    data[at + 3] = 255;
  }
  context.putImageData(shown, 0, 0);
  return changed;
}

document.addEventListener("htmx:after:swap", drawAll);
drawAll();
