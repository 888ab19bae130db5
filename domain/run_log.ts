/** The console output of a run: two streams of bytes in one sequence, and lines cut out of it. */

export const logStreams = ["stdout", "stderr"] as const;
export type LogStream = (typeof logStreams)[number];

/** Bytes that one request may append. */
export const mostAppended = 1024 * 1024;
/** Bytes that the log of one run may have. */
export const mostLogged = 1024 * 1024 * 1024;

/** What one request appended. */
export interface LogPiece {
  stream: LogStream;
  bytes: Uint8Array;
  /** When it came, ms since the epoch. */
  time: number;
}

/** A line of a log. Its number counts line ends in the order in which they came, from 1. */
export interface LogLine {
  line: number;
  stream: LogStream;
  /** When its end came, ms since the epoch. */
  time: number;
  /** As it came, without its end; what is no UTF-8 is U+FFFD. */
  text: string;
  /** Whether its beginning is left out: it was too long, or stands too far away. */
  cut?: true;
}

/** Bytes at the end of a line that are kept: a progress bar draws itself over and over in one line. */
export const longestLine = 64 * 1024;

interface Rest {
  parts: Uint8Array[];
  size: number;
  cut: boolean;
  time: number;
}

/** Cuts pieces into lines, each stream by itself. */
export interface LineCutter {
  /** The lines that end in this piece. */
  cut(piece: LogPiece): LogLine[];
  /** Lines that have begun but not ended, numbered as if they ended now. */
  unfinished(): LogLine[];
  /** How many lines have ended, those before the first piece too. */
  ended(): number;
  /** Says how many have, where pieces of the other stream were left out. */
  skipTo(ended: number): void;
}

/** `ended` line ends come before the first piece; `begun` tells whether it is the beginning of the log. */
export function lineCutter(ended: number, begun: boolean): LineCutter {
  let count = ended;
  const rests: Record<LogStream, Rest> = { stdout: emptyRest(begun), stderr: emptyRest(begun) };
  return {
    cut: ({ stream, bytes, time }) => {
      const lines: LogLine[] = [];
      let from = 0;
      for (let end = bytes.indexOf(lineEnd); end >= 0; end = bytes.indexOf(lineEnd, from)) {
        const rest = keep(rests[stream], bytes.subarray(from, end), time);
        lines.push(lineOf(++count, stream, rest));
        rests[stream] = emptyRest(true);
        from = end + 1;
      }
      if (from < bytes.length) keep(rests[stream], bytes.subarray(from), time);
      return lines;
    },
    unfinished: () =>
      logStreams.filter((stream) => rests[stream].size > 0).map((stream, i) =>
        lineOf(count + 1 + i, stream, rests[stream])
      ),
    ended: () => count,
    skipTo: (ended) => void (count = ended),
  };
}

const lineEnd = 10;

const emptyRest = (begun: boolean): Rest => ({ parts: [], size: 0, cut: !begun, time: 0 });

function keep(rest: Rest, bytes: Uint8Array, time: number): Rest {
  rest.parts.push(bytes);
  rest.size += bytes.length;
  rest.time = time;
  // Not at every piece: that would copy the line again and again.
  if (rest.size > 2 * longestLine) shorten(rest);
  return rest;
}

function shorten(rest: Rest): void {
  rest.parts = [joined(rest.parts).slice(-longestLine)];
  rest.size = longestLine;
  rest.cut = true;
}

function lineOf(line: number, stream: LogStream, rest: Rest): LogLine {
  const long = rest.size > longestLine;
  const bytes = joined(rest.parts);
  const text = decoder.decode(long ? bytes.subarray(-longestLine) : bytes);
  return { line, stream, time: rest.time, text: text.replace(/\r$/, ""), ...((long || rest.cut) && { cut: true }) };
}

/** Keeps a byte order mark: it is part of what was printed. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** These bytes one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** How many lines end in these bytes. */
export function lineEnds(bytes: Uint8Array): number {
  let ends = 0;
  for (let at = bytes.indexOf(lineEnd); at >= 0; at = bytes.indexOf(lineEnd, at + 1)) ends++;
  return ends;
}
