/** Pixels. */
export interface Pixels {
  width: number;
  height: number;
}

/** How large a picture is by its first bytes; undefined where they do not tell. */
export function pixelsOf(bytes: Uint8Array): Pixels | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = readers.map((read) => read(view)).find((one) => one !== undefined);
    return size && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // its end was not read
    throw error;
  }
}

const readers: ((view: DataView) => Pixels | undefined)[] = [png, gif, bmp, webp, jpeg, svg];

const ascii = (view: DataView, at: number, length: number): string =>
  String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, Math.min(length, view.byteLength - at)));

function png(view: DataView): Pixels | undefined {
  if (ascii(view, 1, 3) !== "PNG") return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(view: DataView): Pixels | undefined {
  if (ascii(view, 0, 4) !== "GIF8") return undefined;
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function bmp(view: DataView): Pixels | undefined {
  if (ascii(view, 0, 2) !== "BM") return undefined;
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

function webp(view: DataView): Pixels | undefined {
  if (ascii(view, 0, 4) !== "RIFF" || ascii(view, 8, 4) !== "WEBP") return undefined;
  switch (ascii(view, 12, 4)) {
    case "VP8X":
      return { width: 1 + (view.getUint32(24, true) & 0xffffff), height: 1 + (view.getUint32(27, true) & 0xffffff) };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
    }
    default:
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
}

/** The segments are walked up to the first that begins a frame (SOF0 to SOF15 but DHT, JPG and DAC). */
function jpeg(view: DataView): Pixels | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 < view.byteLength;) {
    const marker = view.getUint16(at);
    if (marker < 0xff00) return undefined;
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    at += 2 + view.getUint16(at + 2);
  }
}

/** Its own width and height, or else those of its view box. */
function svg(view: DataView): Pixels | undefined {
  const [tag] = /<svg\b[^>]{0,2000}/i.exec(ascii(view, 0, 8_000)) ?? [];
  if (tag === undefined) return undefined;
  const length = (name: string) => new RegExp(`\\s${name}=["']\\s*([\\d.]+)(px|pt)?["']`).exec(tag);
  const [width, height] = [length("width"), length("height")];
  const pixels = (found: RegExpExecArray) => Math.round(Number(found[1]) * (found[2] === "pt" ? 4 / 3 : 1));
  if (width && height) return { width: pixels(width), height: pixels(height) };
  const box = /\sviewBox=["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(tag);
  return box ? { width: Math.round(Number(box[1])), height: Math.round(Number(box[2])) } : undefined;
}
