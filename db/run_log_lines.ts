import { type LineCutter, lineCutter, type LogLine, type LogStream, longestLine } from "../domain/run_log.ts";
import { blocksBefore, blocksFrom, type LogBlock, piecesFrom, piecesOf } from "./run_log_blocks.ts";
import type { LogHead } from "./run_logs.ts";
import type { Sql } from "./sql.ts";

/** Lines of a log by number, from the end, by time and by what they hold. */

export interface LinesWanted {
  /** Of one stream only. */
  stream?: LogStream | undefined;
  most: number;
}

/** Bytes, or characters, that are looked at for one answer: of a log with few lines of a stream, or few hits, not all is read at once. */
const mostRead = 64 * 1024 * 1024;

/** The lines from this number on. */
export async function linesFrom(
  sql: Sql,
  head: LogHead,
  first: number,
  { stream, most }: LinesWanted,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of walkLines(sql, head, await startBefore(sql, head, first), stream)) {
    if (line.line < first) continue;
    lines.push(line);
    if (lines.length >= most) break;
  }
  return lines;
}

/** The last lines before this number, in their order; all that have ended come before `lines + 1`. */
export async function linesBefore(
  sql: Sql,
  head: LogHead,
  before: number,
  { stream, most }: LinesWanted,
): Promise<LogLine[]> {
  let [ends, read, start] = [0, 0, head.size];
  for await (const block of blocksBefore(sql, head.run, await endOf(sql, head, before), stream)) {
    start = block.position;
    read += block.size;
    ends += endsIn(block, before, stream);
    // One more than wanted, whose end is the beginning of the first.
    if (ends > most && read > longestLine || read > mostRead) break;
  }
  const from = await placeAt(sql, head, start);
  const lines: LogLine[] = [];
  for await (const line of walkLines(sql, head, from, stream)) {
    if (line.line >= before) break;
    lines.push(line);
  }
  return lines.slice(-most);
}

/** What has begun but not ended, at the end of a log. */
export async function unfinishedLines(sql: Sql, head: LogHead): Promise<LogLine[]> {
  const { cutter } = await cutterNear(sql, head, Math.max(0, head.size - 2 * longestLine), head.size);
  return cutter.unfinished();
}

/** A cutter that has read up to a byte of the log from some way before it, so that it knows the lines that are open there. */
export async function cutterNear(
  sql: Sql,
  head: LogHead,
  position: number,
  end: number,
): Promise<{ cutter: LineCutter; lines: LogLine[] }> {
  const from = await placeAt(sql, head, position);
  const cutter = lineCutter(from.first_line, from.position === 0);
  const lines: LogLine[] = [];
  for await (const piece of piecesFrom(sql, head.run, { offset: from.position })) {
    if (piece.position >= end) break;
    lines.push(...cutter.cut({ ...piece, bytes: piece.bytes.subarray(0, end - piece.position) }));
  }
  return { cutter, lines };
}

/** The number of the first line that ended at this moment (ms since the epoch) or later; that of the last where none did. */
export async function lineAt(sql: Sql, head: LogHead, time: number): Promise<number> {
  const [block] = await sql<{ first_line: number }[]>`
    select first_line from weir.run_log_blocks where run = ${head.run} and first_time < ${time}
    order by position desc limit 1`;
  for await (
    const line of walkLines(sql, head, await startBefore(sql, head, (block?.first_line ?? 0) + 1), undefined)
  ) {
    if (line.time >= time && line.line > (block?.first_line ?? 0)) return line.line;
  }
  return Math.max(1, head.lines);
}

export interface Hits {
  hits: LogLine[];
  /** The line to go on from; absent where the whole log was looked at. */
  next?: number;
}

/** Lines that fit, from a number on. Stops at `most` hits, and when much was read. */
export async function findLines(
  sql: Sql,
  head: LogHead,
  first: number,
  wanted: LinesWanted & { fits: (line: LogLine) => boolean },
): Promise<Hits> {
  const { stream, most, fits } = wanted;
  const from = await startBefore(sql, head, first);
  const hits: LogLine[] = [];
  let [read, last] = [0, first];
  for await (const line of walkLines(sql, head, from, stream)) {
    if (line.line < first) continue;
    read += line.text.length;
    last = line.line;
    if (fits(line)) hits.push(line);
    if (hits.length >= most || read > mostRead) return { hits, next: last + 1 };
  }
  const open = await unfinishedLines(sql, head);
  return { hits: [...hits, ...open.filter((line) => (stream === undefined || line.stream === stream) && fits(line))] };
}

/** The lines that end after a place, of one stream where one is named; what lies between two of its blocks is not read. */
async function* walkLines(
  sql: Sql,
  { run }: LogHead,
  from: Place,
  stream: LogStream | undefined,
): AsyncGenerator<LogLine> {
  const cutter = lineCutter(from.first_line, from.position === 0);
  let read = from.position;
  for await (const block of blocksFrom(sql, run, from.position, stream)) {
    if (block.position >= read) cutter.skipTo(block.first_line);
    for (const piece of piecesOf(block)) {
      const skip = Math.min(piece.bytes.length, Math.max(0, read - piece.position));
      for (const line of cutter.cut({ ...piece, bytes: piece.bytes.subarray(skip) })) {
        if (stream === undefined || line.stream === stream) yield line;
      }
    }
    read = Math.max(read, block.position + block.size);
  }
}

interface Place {
  position: number;
  /** Line ends before it. */
  first_line: number;
}

/** The beginning of the block that holds a byte. */
async function placeAt(sql: Sql, { run }: LogHead, position: number): Promise<Place> {
  const [block] = await sql<Place[]>`
    select position, first_line from weir.run_log_blocks where run = ${run} and position <= ${position}
    order by position desc limit 1`;
  return block ?? { position: 0, first_line: 0 };
}

/** A place before the beginning of a line, unless the line is very long or lay open for long. */
async function startBefore(sql: Sql, head: LogHead, line: number): Promise<Place> {
  const [block] = await sql<Place[]>`
    select position, first_line from weir.run_log_blocks where run = ${head.run} and first_line < ${line}
    order by position desc limit 1`;
  return await placeAt(sql, head, Math.max(0, (block?.position ?? 0) - longestLine));
}

/** The byte after the block in which the line before this one ends. */
async function endOf(sql: Sql, head: LogHead, before: number): Promise<number> {
  if (before > head.lines) return head.size;
  const [block] = await sql<{ position: number }[]>`
    select position from weir.run_log_blocks where run = ${head.run} and first_line >= ${before - 1}
    order by position limit 1`;
  return block?.position ?? head.size;
}

/** How many lines before this number end in a block. */
function endsIn(block: LogBlock, before: number, stream: LogStream | undefined): number {
  if (stream === undefined) return Math.min(block.lines, Math.max(0, before - 1 - block.first_line));
  const cutter = lineCutter(block.first_line, false);
  return piecesOf(block).flatMap((piece) => cutter.cut(piece)).filter((line) =>
    line.stream === stream && line.line < before
  ).length;
}
