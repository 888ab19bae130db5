import { type LogPiece, type LogStream, logStreams } from "../domain/run_log.ts";
import type { Sql } from "./sql.ts";

/** The blocks that logs are kept in, read some at a time: a log never lies in memory as a whole. */

/** Some pieces that came one after the other. */
export interface LogBlock {
  /** Bytes of the log before it. */
  position: number;
  size: number;
  /** Line ends before it, and in it. */
  first_line: number;
  lines: number;
  /** Bytes of stdout before it. */
  stdout: number;
  pieces: number[];
  body: Uint8Array;
}

/** At most so many blocks, and about so many bytes, are read at once. */
const blocksAtOnce = 256;
const bytesAtOnce = 2 * 1024 * 1024;

/**
 * The blocks from the one that holds this byte of the log on, in their order; only those that hold something of `stream` where one is
 * named. What was put together meanwhile may come twice, in part.
 */
export async function* blocksFrom(
  sql: Sql,
  run: number,
  position: number,
  stream?: LogStream,
): AsyncGenerator<LogBlock> {
  for (let next = position;;) {
    const blocks = await someBlocks(
      sql,
      sql`run = ${run} and position >= coalesce((
        select max(position) from weir.run_log_blocks where run = ${run} and position <= ${next}), 0) and ${
        holding(sql, stream)
      }`,
      "forward",
    );
    yield* blocks;
    const last = blocks.at(-1);
    if (last === undefined) return;
    next = last.position + last.size;
    // What holds `next` now would hold what was read already, had it been put together meanwhile.
    if (!await holds(sql, run, next)) return;
  }
}

async function holds(sql: Sql, run: number, position: number): Promise<boolean> {
  const [head] = await sql<{ size: number }[]>`select size from weir.run_logs where run = ${run}`;
  return head !== undefined && position < head.size;
}

const holding = (sql: Sql, stream: LogStream | undefined) =>
  stream === undefined ? sql`true` : stream === "stderr" ? sql`stderr > 0` : sql`size > stderr`;

/** The blocks that begin before this byte of the log, the last first, as `blocksFrom` has them. */
export async function* blocksBefore(
  sql: Sql,
  run: number,
  position: number,
  stream?: LogStream,
): AsyncGenerator<LogBlock> {
  for (let before = position; before > 0;) {
    const blocks = await someBlocks(
      sql,
      sql`run = ${run} and position < ${before} and ${holding(sql, stream)}`,
      "backward",
    );
    yield* blocks;
    const last = blocks.at(-1);
    if (last === undefined) return;
    before = last.position;
  }
}

async function someBlocks(sql: Sql, which: ReturnType<Sql>, way: "forward" | "backward"): Promise<LogBlock[]> {
  const order = way === "forward" ? sql`order by position` : sql`order by position desc`;
  return await sql<LogBlock[]>`
    select position, size, first_line, lines, stdout, pieces, body from (
      select *, sum(size) over (${order}) - size as before from (
        select * from weir.run_log_blocks where ${which} ${order} limit ${blocksAtOnce}) found
    ) summed where before < ${bytesAtOnce} ${order}`;
}

/** A piece with its place. */
export interface PlacedPiece extends LogPiece {
  /** Bytes of the log before it. */
  position: number;
  /** Bytes of its stream before it. */
  offset: number;
}

export function piecesOf(block: LogBlock): PlacedPiece[] {
  const { pieces, body, stdout, position } = block;
  const offsets: Record<LogStream, number> = { stdout, stderr: position - stdout };
  const found: PlacedPiece[] = [];
  let at = 0;
  for (let i = 0; i < pieces.length; i += 3) {
    const stream = logStreams[pieces[i] ?? 0] ?? "stdout";
    const size = pieces[i + 1] ?? 0;
    const bytes = body.subarray(at, at + size);
    found.push({ stream, bytes, time: pieces[i + 2] ?? 0, position: position + at, offset: offsets[stream] });
    offsets[stream] += size;
    at += size;
  }
  return found;
}

/** What a log, or one stream of it, holds from this byte on, in the order in which it came. */
export async function* piecesFrom(
  sql: Sql,
  run: number,
  { stream, offset }: { stream?: LogStream | undefined; offset: number },
): AsyncGenerator<PlacedPiece> {
  const start = stream === undefined ? offset : await placeOf(sql, run, stream, offset);
  let next = offset;
  for await (const block of blocksFrom(sql, run, start, stream)) {
    for (const piece of piecesOf(block)) {
      if (stream !== undefined && piece.stream !== stream) continue;
      const skip = next - (stream === undefined ? piece.position : piece.offset);
      if (skip >= piece.bytes.length) continue;
      next += piece.bytes.length - skip;
      yield {
        ...piece,
        bytes: piece.bytes.subarray(skip),
        position: piece.position + skip,
        offset: piece.offset + skip,
      };
    }
  }
}

/** Where in the log the block stands that holds this byte of a stream. */
async function placeOf(sql: Sql, run: number, stream: LogStream, offset: number): Promise<number> {
  const before = stream === "stdout" ? sql`stdout` : sql`position - stdout`;
  const [row] = await sql<{ position: number | null }[]>`
    select max(position) as position from weir.run_log_blocks where run = ${run} and ${before} <= ${offset}`;
  return row?.position ?? 0;
}
