import { drawLines, type DrawnLine, lineHolding } from "../domain/log_drawing.ts";
import { parseLogPlace } from "../domain/log_place.ts";
import type { LogStream } from "../domain/run_log.ts";
import { findLines, lineAt, linesBefore, linesFrom, unfinishedLines } from "./run_log_lines.ts";
import type { LogHead } from "./run_logs.ts";
import type { Sql } from "./sql.ts";

/** What the page of a log shows: some lines around a place, or lines that hold a text. */
export interface LogPage {
  size: number;
  /** Lines that have ended. */
  total: number;
  lines: DrawnLine[];
  /** What has begun but not ended, where the page shows the end. */
  open: DrawnLine[];
  /** Whether lines come before and after those of the page. */
  earlier: boolean;
  later: boolean;
  /** The line that was asked for. */
  here?: number | undefined;
  /** Of a search: where it goes on. */
  next?: number | undefined;
  /** What was asked for is neither a line nor a moment. */
  wrong?: boolean;
}

export interface LogAsked {
  stream?: LogStream | undefined;
  line?: number | undefined;
  first?: number | undefined;
  before?: number | undefined;
  go: string;
  zone: number;
  q: string;
  after?: number | undefined;
}

const mostLines = 500;
const mostHits = 200;
/** Lines above the one that was asked for. */
const above = 12;

export async function logPage(sql: Sql, head: LogHead, asked: LogAsked, most = mostLines): Promise<LogPage> {
  const { stream } = asked;
  if (asked.q !== "") return await searched(sql, head, asked);
  const { line: here, wrong } = await placeAsked(sql, head, asked);
  const first = here === undefined ? asked.first : Math.max(1, here - above);
  const found = first === undefined
    ? await linesBefore(sql, head, asked.before ?? head.lines + 1, { stream, most })
    : await linesFrom(sql, head, first, { stream, most });
  const last = found.at(-1)?.line ?? (first ?? 1) - 1;
  const later = stream === undefined
    ? last < head.lines && (first === undefined ? asked.before !== undefined : true)
    : (await linesFrom(sql, head, last + 1, { stream, most: 1 })).length > 0;
  const ended = later ? [] : await unfinishedLines(sql, head);
  const { drawn, looks } = drawLines(found);
  return {
    size: head.size,
    total: head.lines,
    lines: drawn,
    open: drawLines(ended.filter((line) => stream === undefined || line.stream === stream), looks).drawn,
    earlier: (found[0]?.line ?? 1) > 1,
    later,
    ...(here !== undefined && { here }),
    ...(wrong && { wrong }),
  };
}

async function searched(sql: Sql, head: LogHead, { stream, q, after: from = 1 }: LogAsked): Promise<LogPage> {
  const { hits, next } = await findLines(sql, head, from, { stream, most: mostHits, fits: lineHolding(q, false) });
  const lines = drawLines(hits).drawn;
  const more = next !== undefined && next <= head.lines;
  return { size: head.size, total: head.lines, lines, open: [], earlier: from > 1, later: more, ...(more && { next }) };
}

async function placeAsked(
  sql: Sql,
  head: LogHead,
  { line, go, zone }: LogAsked,
): Promise<{ line?: number; wrong?: boolean }> {
  if (go === "") return line === undefined ? {} : { line: Math.min(line, Math.max(1, head.lines)) };
  const [first] = await sql<{ first_time: number }[]>`
    select first_time from weir.run_log_blocks where run = ${head.run} order by position limit 1`;
  const place = parseLogPlace(go, first?.first_time ?? 0, zone);
  if (place === undefined) return { wrong: true };
  if ("line" in place) return { line: Math.min(place.line, Math.max(1, head.lines)) };
  return { line: await lineAt(sql, head, place.time) };
}
