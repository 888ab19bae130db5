/** What a ZIP archive holds, by the directory at its end: PyTorch and Keras files, NPZ, wheels and Office files are such archives. */

export interface ZippedFile {
  name: string;
  /** Bytes once it is unpacked, and as it is packed. */
  size: number;
  packed: number;
}

export interface ZipList {
  files: ZippedFile[];
  /** Files in all, where `files` are the first of them. */
  total: number;
}

/** Names that a page carries. */
const mostNames = 500;

const endMark = 0x06054b50, entryMark = 0x02014b50;
const endLength = 22, entryLength = 46;

/**
 * Reads the directory out of the last bytes of an archive of so many bytes. Undefined where it is not in them, or is none that is
 * told in 32 bits (APPNOTE.TXT 4.3.12, 4.3.16).
 */
export function zipList(end: Uint8Array, total: number): ZipList | undefined {
  const view = new DataView(end.buffer, end.byteOffset, end.byteLength);
  const at = endOfDirectory(view);
  if (at === undefined) return undefined;
  const count = view.getUint16(at + 10, true);
  const start = view.getUint32(at + 16, true) - (total - end.length);
  const files: ZippedFile[] = [];
  for (let entry = start; files.length < Math.min(count, mostNames);) {
    if (entry < 0 || entry + entryLength > at || view.getUint32(entry, true) !== entryMark) return undefined;
    const lengths = [28, 30, 32].map((field) => view.getUint16(entry + field, true));
    const [name = 0, extra = 0, comment = 0] = lengths;
    files.push({
      name: new TextDecoder().decode(end.subarray(entry + entryLength, entry + entryLength + name)),
      size: view.getUint32(entry + 24, true),
      packed: view.getUint32(entry + 20, true),
    });
    entry += entryLength + name + extra + comment;
  }
  return { files, total: count };
}

/** The last place where the mark of the end stands, with a comment behind it that fills the rest. */
function endOfDirectory(view: DataView): number | undefined {
  for (let at = view.byteLength - endLength; at >= 0; at--) {
    if (view.getUint32(at, true) !== endMark) continue;
    if (at + endLength + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
}
