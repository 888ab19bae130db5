import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { piecesFrom, type PlacedPiece } from "../db/run_log_blocks.ts";
import { cutterNear } from "../db/run_log_lines.ts";
import { type LogHead, logHead } from "../db/run_logs.ts";
import { getRunInfo } from "../db/runs.ts";
import { type LineCutter, type LogLine, type LogStream, longestLine } from "../domain/run_log.ts";
import { drawLines, type Looks } from "../domain/log_drawing.ts";
import { LogRows } from "../views/log_lines.tsx";
import type { Services } from "./services.ts";

/** What a run prints, as server-sent events while it comes. The id of an event is the place in the log after it, in bytes. */

/** Milliseconds between two looks at the database. */
const interval = 500;
/** Looks after which a silent stream sends a comment, so that a lost connection is noticed. */
const looksPerHeartbeat = 30;

export interface Follow {
  run_id: string;
  stream?: LogStream | undefined;
  /** Bytes of the log that are known already; Last-Event-ID goes before. Without either: from the beginning. */
  position?: number | undefined;
}

/** The bytes as they come: events `piece` (stream, offset in it, base64), and `end` with the run's status when it has ended. */
export async function followPieces(context: Context, services: Services, asked: Follow): Promise<Response> {
  await logHead(services.sql, asked.run_id);
  return follow(context, services, asked, async (sse, head, from) => {
    let at = from;
    for await (const piece of piecesFrom(services.sql, head.run, { offset: from })) {
      if (sse.aborted) break;
      at = piece.position + piece.bytes.length;
      if (asked.stream !== undefined && piece.stream !== asked.stream) continue;
      const { stream, offset, time } = piece;
      const data = JSON.stringify({ stream, offset, time, base64: piece.bytes.toBase64() });
      await sse.writeSSE({ event: "piece", id: String(at), data });
    }
    return at;
  });
}

/** Bytes by which a page may lag behind: it is shown the end of more than that. */
const mostBehind = 1024 * 1024;

/** The lines as a page shows them: events `lines` with rows of HTML, and `end`. */
export async function followRows(context: Context, services: Services, asked: Follow): Promise<Response> {
  await logHead(services.sql, asked.run_id);
  let page: PageEnd | undefined;
  return follow(context, services, asked, async (sse, head, from) => {
    const skipped = head.size - from > mostBehind;
    const start = skipped ? head.size - mostBehind / 4 : from;
    if (page === undefined || skipped) page = await pageEnd(services, head, start);
    const { cutter } = page;
    for await (const some of batches(piecesFrom(services.sql, head.run, { offset: start }))) {
      if (sse.aborted) break;
      const { drawn, looks } = drawLines(some.flatMap((piece) => cutter.cut(piece)), page.looks);
      page.looks = looks;
      const last = some.at(-1)!;
      page.at = last.position + last.bytes.length;
      const open = drawLines(cutter.unfinished(), looks).drawn;
      const data = {
        rows: String(<LogRows lines={drawn.filter((line) => isWanted(line, asked))} />),
        open: String(<LogRows lines={open.filter((line) => isWanted(line, asked))} open />),
        total: cutter.ended(),
        skipped,
      };
      await sse.writeSSE({ event: "lines", id: String(page.at), data: JSON.stringify(data) });
    }
    return page.at;
  });
}

interface PageEnd {
  cutter: LineCutter;
  looks: Looks;
  at: number;
}

const isWanted = (line: LogLine, { stream }: Follow): boolean => stream === undefined || line.stream === stream;

/** What is known where a page ends: the lines that are open there, and the colours. */
async function pageEnd({ sql }: Services, head: LogHead, at: number): Promise<PageEnd> {
  const { cutter, lines } = await cutterNear(sql, head, Math.max(0, at - longestLine), at);
  const { looks } = drawLines(lines);
  return { cutter, looks, at };
}

/** Many small pieces make one event. */
async function* batches(pieces: AsyncIterable<PlacedPiece>): AsyncGenerator<PlacedPiece[]> {
  let some: PlacedPiece[] = [];
  let size = 0;
  for await (const piece of pieces) {
    some.push(piece);
    size += piece.bytes.length;
    if (size < 64 * 1024) continue;
    yield some;
    [some, size] = [[], 0];
  }
  if (some.length > 0) yield some;
}

/** Sends what is new at each look, which answers the place it came to, until the run has ended and all of it is sent. */
function follow(
  context: Context,
  { sql, closing, log }: Services,
  { run_id, position }: Follow,
  send: (sse: SSEStreamingApi, head: LogHead, from: number) => Promise<number>,
): Response {
  const last = context.req.header("last-event-id") ?? "";
  let at = /^\d{1,15}$/.test(last) ? Number(last) : position ?? 0;
  context.header("cache-control", "no-store");
  context.header("x-accel-buffering", "no");
  return streamSSE(context, async (sse) => {
    for (let looks = 0; !sse.aborted && !sse.closed && !closing.aborted; looks++) {
      // First, so that what came before the end is not missed.
      const { status } = await getRunInfo(sql, run_id);
      const head = await logHead(sql, run_id);
      if (head.size > at) at = await send(sse, head, at);
      else if (status !== "RUNNING" && status !== "SCHEDULED") {
        return await sse.writeSSE({ event: "end", id: String(at), data: JSON.stringify({ status }) });
      }
      if (looks % looksPerHeartbeat === 0) await sse.write(": still here\n\n");
      if (head.size <= at) await sse.sleep(interval);
    }
  }, (error) => {
    log("error", `A log stream ended: ${error.message}`);
    return Promise.resolve();
  });
}
