/**
 * The records of a zip file whose entries are stored as they are, for a file that is written from front to back: APPNOTE.TXT 6.3.10.
 * Names are UTF-8. Zip64 where a size, an offset or the number of entries asks for it.
 *
 * Why no library: client-zip 2.5.1 writes no zip64 end for 70,000 small entries and leaves the file open that it reads when cancelled;
 * @zip.js/zip.js 2.24.0 keeps 5 KB for each entry (a folder of 70,000 files and 4.4 GB took 1.2 GB of memory).
 */

/** A file that was written. */
export interface ZipEntry {
  name: Uint8Array<ArrayBuffer>;
  modified: Date;
  /** Bytes. */
  size: number;
  crc: number;
  /** Where its record begins, in bytes from the start. */
  offset: number;
}

/** All bits set in 32 and 16 bits: the number stands in a zip64 field. */
const in64 = 0xffff_ffff;
const in64Entries = 0xffff;

/** A size that does not fit into 32 bits. */
const isLarge = (size: number): boolean => size >= in64;

/** Sizes and checksum follow the file (bit 3), the name is UTF-8 (bit 11). */
const flags = 1 << 3 | 1 << 11;
const plainVersion = 20;
const zip64Version = 45;
/** Made on Unix, whose permissions the attributes then are: a plain file, rw-r--r--. */
const madeBy = 3 << 8 | zip64Version;
const attributes = 0o100644 * 2 ** 16;

/** What stands before a file. */
export function fileHeader(
  { name, modified, size }: Pick<ZipEntry, "name" | "modified" | "size">,
): Uint8Array<ArrayBuffer> {
  const large = isLarge(size);
  const extra = [...timeField(modified), ...(large ? zip64Field([0, 0]) : [])];
  const unknown = large ? in64 : 0;
  const head = record([
    [4, 0x0403_4b50],
    [2, large ? zip64Version : plainVersion],
    [2, flags],
    [2, 0],
    [4, dosTime(modified)],
    [4, 0],
    [4, unknown],
    [4, unknown],
    [2, name.length],
    [2, extra.length],
  ]);
  return joined(head, name, extra);
}

/** What stands behind a file. */
export function fileFooter({ size, crc }: Pick<ZipEntry, "size" | "crc">): Uint8Array<ArrayBuffer> {
  const width = isLarge(size) ? 8 : 4;
  return record([[4, 0x0807_4b50], [4, crc], [width, size], [width, size]]);
}

/** A file in the list at the end. */
export function listEntry({ name, modified, size, crc, offset }: ZipEntry): Uint8Array<ArrayBuffer> {
  const large = [...(isLarge(size) ? [size, size] : []), ...(isLarge(offset) ? [offset] : [])];
  const extra = [...timeField(modified), ...(large.length > 0 ? zip64Field(large) : [])];
  const head = record([
    [4, 0x0201_4b50],
    [2, madeBy],
    [2, large.length > 0 ? zip64Version : plainVersion],
    [2, flags],
    [2, 0],
    [4, dosTime(modified)],
    [4, crc],
    [4, Math.min(size, in64)],
    [4, Math.min(size, in64)],
    [2, name.length],
    [2, extra.length],
    [2, 0], // comment
    [2, 0], // disk
    [2, 0], // internal attributes
    [4, attributes],
    [4, Math.min(offset, in64)],
  ]);
  return joined(head, name, extra);
}

/** The end of a file with so many entries, whose list has so many bytes and begins at this offset. */
export function zipEnd(entries: number, size: number, offset: number): Uint8Array<ArrayBuffer> {
  const large = entries >= in64Entries || isLarge(size) || isLarge(offset);
  const shown = Math.min(entries, in64Entries);
  const end = record([
    [4, 0x0605_4b50],
    [2, 0],
    [2, 0],
    [2, shown],
    [2, shown],
    [4, Math.min(size, in64)],
    [4, Math.min(offset, in64)],
    [2, 0],
  ]);
  if (!large) return end;
  const end64 = record([
    [4, 0x0606_4b50],
    [8, 44], // bytes that follow in this record
    [2, madeBy],
    [2, zip64Version],
    [4, 0],
    [4, 0],
    [8, entries],
    [8, entries],
    [8, size],
    [8, offset],
  ]);
  const locator = record([[4, 0x0706_4b50], [4, 0], [8, offset + size], [4, 1]]);
  return joined(end64, locator, end);
}

/**
 * The name of an entry for a path relative to the folder: as it is, but that no name in it can lead out of the folder that it is
 * unpacked to (A12 of the attack list). Weir stores no such names; a bucket may hold what others put there.
 */
export function entryName(path: string): string {
  const names = path.replaceAll(/[\p{Cc}\\]/gu, "_").split("/");
  return names.map((name) => /^(\.{0,2}|[a-z]:)$/i.test(name) ? "_".repeat(Math.max(1, name.length)) : name).join("/");
}

/** Field 0x5455: the time of the last change in seconds since the epoch. Left out where 32 bits do not hold it. */
function timeField(modified: Date): number[] {
  const seconds = Math.floor(modified.getTime() / 1000);
  if (!(seconds >= 0 && seconds < 2 ** 31)) return [];
  return [...record([[2, 0x5455], [2, 5], [1, 1], [4, seconds]])];
}

/** Field 0x0001: the numbers that 32 bits do not hold. */
const zip64Field = (values: readonly number[]): number[] => [
  ...record([[2, 1], [2, 8 * values.length], ...values.map((value): [8, number] => [8, value])]),
];

/** Time and date of MS-DOS, 1980 to 2107 in steps of two seconds; in UTC, since a server's own zone means nothing to its users. */
function dosTime(date: Date): number {
  const year = date.getUTCFullYear();
  if (!(year >= 1980)) return 1 << 21 | 1 << 16;
  const days = Math.min(year - 1980, 127) << 9 | date.getUTCMonth() + 1 << 5 | date.getUTCDate();
  const seconds = date.getUTCHours() << 11 | date.getUTCMinutes() << 5 | date.getUTCSeconds() >> 1;
  return days * 2 ** 16 + seconds;
}

/** Numbers, each in so many bytes, the least significant first. */
function record(fields: readonly (readonly [width: 1 | 2 | 4 | 8, value: number])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return bytes;
}

function joined(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
