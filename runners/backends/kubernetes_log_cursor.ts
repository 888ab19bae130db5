/** Bytes of `2026-01-31T12:30:00.123456789+02:00` and the space behind it. */
const longestStamp = 40;
const [lineFeed, space] = [10, 32];

/** Reads lines with timestamps, and knows those that it has read, whole or in part, when another connection brings them again. */
export class LogCursor {
  /** Of the line that is being read; undefined until all of it is there. */
  private stamp: string | undefined;
  private head: number[] = [];
  /** Whether the line was handed on before. */
  private known = false;
  /** Bytes of the line that were read. */
  private read = 0;
  /** The line that a broken connection left, and how many of its bytes were handed on. */
  private cut: { stamp: string; bytes: number } | undefined;

  /** Lines that were handed on with the stamp `since`: clocks are not always as fine as logs are fast. */
  private handed = Infinity;
  /** Up to where lines come again on this connection. */
  private before: { since: bigint; left: number } | undefined;

  /** `since`: the stamp of the last line that was handed on as a whole. */
  constructor(public since?: string) {}

  /** For a new connection: the server counts whole seconds. */
  query(): Record<string, string> {
    return this.since === undefined ? {} : { sinceTime: this.since.replace(/\.\d+/, "") };
  }

  /** A new connection begins with a new line. */
  connected(): void {
    const cut = this.cut?.stamp === this.stamp ? this.cut?.bytes ?? 0 : 0;
    if (this.stamp !== undefined && !this.known) this.cut = { stamp: this.stamp, bytes: Math.max(cut, this.read) };
    const since = this.since === undefined ? undefined : nanoseconds(this.since);
    this.before = since === undefined ? undefined : { since, left: this.handed };
    this.head = [];
    this.stamp = undefined;
  }

  /** What of these bytes is new, without the stamps. */
  take(bytes: Uint8Array): Uint8Array {
    const fresh = new Uint8Array(bytes.length + longestStamp + 1);
    let length = 0;
    for (const byte of bytes) {
      if (this.stamp === undefined) {
        const unstamped = this.begin(byte);
        fresh.set(unstamped, length);
        length += unstamped.length;
        continue;
      }
      this.read++;
      const again = this.cut?.stamp === this.stamp && this.read <= this.cut.bytes;
      if (!this.known && !again) fresh[length++] = byte;
      if (byte === lineFeed) this.end();
    }
    return fresh.subarray(0, length);
  }

  /** Takes a byte of a stamp. Answers the bytes that turn out to be none: then all of them belong to the line. */
  private begin(byte: number): number[] {
    const head = this.head;
    head.push(byte);
    if (byte !== space && byte !== lineFeed && head.length <= longestStamp) return [];
    this.head = [];
    const stamp = new TextDecoder().decode(new Uint8Array(head)).trim();
    const time = nanoseconds(stamp);
    if (byte === lineFeed) return time === undefined ? head : [];
    this.read = 0;
    this.stamp = stamp;
    this.known = time !== undefined && this.isKnown(time);
    return time === undefined ? head : [];
  }

  private isKnown(time: bigint): boolean {
    if (this.before === undefined || time > this.before.since) return false;
    return time < this.before.since || this.before.left-- > 0;
  }

  private end(): void {
    if (!this.known && this.stamp !== undefined && nanoseconds(this.stamp) !== undefined) {
      this.handed = this.since === this.stamp ? this.handed + 1 : 1;
      this.since = this.stamp;
      this.cut = undefined;
    }
    this.stamp = undefined;
  }
}

/** Since the epoch; undefined for what is no time. */
function nanoseconds(stamp: string): bigint | undefined {
  const [, second = "", fraction = "", zone = ""] = /^([^.]*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(stamp) ?? [];
  const milliseconds = Date.parse(second + zone);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
}
