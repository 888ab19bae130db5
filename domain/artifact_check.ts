/** A file in a store, or what is noted of one. */
export interface KnownFile {
  uri: string;
  /** Bytes. */
  size: number;
}

/**
 * What store and notes do not say alike: a file that is not noted, a noted one that is missing, one of another size than noted, or
 * one whose run, model or trace is gone.
 */
export interface Finding {
  finding: "not_recorded" | "missing" | "other_size" | "no_owner";
  uri: string;
  /** Bytes in the store; null where there is no file. */
  size: number | null;
  /** Bytes that are noted; null where nothing is. */
  recorded_size: number | null;
}

/** What a check says as it goes; the last of all is the summary. */
export type CheckStep = { finding: Finding } | { progress: CheckSummary } | { summary: CheckSummary };

/** What a check has seen. */
export interface CheckSummary {
  files: number;
  /** In the store. */
  bytes: number;
  not_recorded: number;
  missing: number;
  other_size: number;
  no_owner: number;
  /** Findings that were repaired. */
  repaired: number;
  /** Uploads that never ended and were removed. */
  unfinished_removed: number;
}

/** Both in the order of their URIs' bytes in UTF-8. Yields each file once, with what the other side says; memory stays flat. */
export async function* merged<Found extends KnownFile, Noted extends KnownFile>(
  found: AsyncIterable<Found>,
  noted: AsyncIterable<Noted>,
): AsyncGenerator<{ found?: Found; noted?: Noted }> {
  const [left, right] = [found[Symbol.asyncIterator](), noted[Symbol.asyncIterator]()];
  let [a, b] = await Promise.all([left.next(), right.next()]);
  while (!a.done || !b.done) {
    const order = a.done ? 1 : b.done ? -1 : byBytes(a.value.uri, b.value.uri);
    if (order < 0) {
      yield { found: a.value };
      a = await left.next();
    } else if (order > 0) {
      yield { noted: b.value };
      b = await right.next();
    } else {
      yield { found: a.value, noted: b.value };
      [a, b] = await Promise.all([left.next(), right.next()]);
    }
  }
}

/** The order of texts by their bytes in UTF-8, which is that of their code points; JavaScript's own is that of UTF-16. */
export function byBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    // Of two that differ, a surrogate stands for a code point beyond all others.
    if (x !== y) return Number(isSurrogate(x)) - Number(isSurrogate(y)) || x - y;
  }
  return a.length - b.length;
}

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;
