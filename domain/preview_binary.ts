/** Files that are no text: what they are by their first bytes, and those bytes. */

const magics: readonly (readonly [bytes: string, at: number, name: string])[] = [
  ["\x93NUMPY", 0, "NumPy array"],
  ["\x89HDF\r\n\x1a\n", 0, "HDF5 (Keras, h5py, netCDF 4)"],
  ["PAR1", 0, "Parquet table"],
  ["ARROW1", 0, "Arrow file (Feather)"],
  ["SQLite format 3\0", 0, "SQLite database"],
  ["\x89PNG\r\n\x1a\n", 0, "PNG picture"],
  ["\xff\xd8\xff", 0, "JPEG picture"],
  ["GIF8", 0, "GIF picture"],
  ["II*\0", 0, "TIFF picture"],
  ["MM\0*", 0, "TIFF picture"],
  ["%PDF-", 0, "PDF document"],
  ["GGUF", 0, "GGUF model (llama.cpp)"],
  ["TFL3", 4, "TensorFlow Lite model"],
  ["PK\x03\x04", 0, "ZIP archive (also PyTorch, NPZ, Keras 3, Office)"],
  ["\x1f\x8b", 0, "gzip data"],
  ["BZh", 0, "bzip2 data"],
  ["\xfd7zXZ\0", 0, "xz data"],
  ["\x28\xb5\x2f\xfd", 0, "Zstandard data"],
  ["ustar", 257, "tar archive"],
  ["\x7fELF", 0, "ELF program or library"],
  ["MZ", 0, "Windows program"],
  ["\xca\xfe\xba\xbe", 0, "Java class or Mach-O program"],
  ["\0asm", 0, "WebAssembly"],
  ["OggS", 0, "Ogg sound or film"],
  ["ID3", 0, "MP3 sound"],
  ["fLaC", 0, "FLAC sound"],
  ["ftyp", 4, "MP4 film or sound"],
  ["\x1aE\xdf\xa3", 0, "Matroska or WebM film"],
  ["joblib", 0, "joblib dump"],
];

/** What a file is by its first bytes, in words; undefined where they do not tell. */
export function magicOf(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, 512));
  const known = magics.find(([magic, at]) => text.startsWith(magic, at))?.[2];
  if (known !== undefined) return known;
  if (/^RIFF[^]{4}WAVE/.test(text)) return "WAV sound";
  if (/^RIFF[^]{4}WEBP/.test(text)) return "WebP picture";
  // Protocol 2 to 5 of Python's pickle; 4 and later frame it.
  // deno-lint-ignore no-control-regex -- bytes are what is looked for
  if (/^\x80[\x02-\x05]/.test(text)) return "Python pickle: it can run code when it is loaded";
  // safetensors: the length of a JSON header, which follows.
  if (/^[^]{3}\0{5}\{"/.test(text)) return "safetensors";
  return undefined;
}

/** Characters of a header that are shown. */
const longestHeader = 8_000;

/** What NumPy's and safetensors' files say of their arrays in a text before them. */
export function headerOf(bytes: Uint8Array): string | undefined {
  if (bytes.length < 12) return undefined;
  const text = (from: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(from, from + Math.min(length, longestHeader))).trim();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (magicOf(bytes)?.split(" ")[0]) {
    case "NumPy":
      // Version 1 has two bytes for the length, later ones four.
      return bytes[6] === 1 ? text(10, view.getUint16(8, true)) : text(12, view.getUint32(8, true));
    case "safetensors":
      return text(8, view.getUint32(0, true));
    default:
      return undefined;
  }
}

/** Bytes that are shown, and bytes in a line. */
export const shownBytes = 512;
const inLine = 16;

/** Where the bytes are, their digits, and their letters. */
export interface HexLine {
  at: string;
  hex: string;
  text: string;
}

/** Bytes as in a hex editor. */
export function hexLines(bytes: Uint8Array): HexLine[] {
  const lines = Math.ceil(bytes.length / inLine);
  return Array.from({ length: lines }, (_, line) => {
    const part = [...bytes.subarray(line * inLine, (line + 1) * inLine)];
    const digits = part.map((byte) => byte.toString(16).padStart(2, "0"));
    return {
      at: (line * inLine).toString(16).padStart(8, "0"),
      hex: `${digits.slice(0, 8).join(" ")}  ${digits.slice(8).join(" ")}`.padEnd(inLine * 3),
      text: part.map((byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·").join(""),
    };
  });
}
