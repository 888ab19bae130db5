import type { Hono } from "hono";
import { findLines, lineAt, linesBefore, linesFrom, unfinishedLines } from "../../db/run_log_lines.ts";
import { appendLog, type LogHead, logHead } from "../../db/run_logs.ts";
import { invalid } from "../../domain/errors.ts";
import { lineHolding } from "../../domain/log_drawing.ts";
import { edit, read } from "../../domain/permissions.ts";
import type { LogLine } from "../../domain/run_log.ts";
import { plainLine } from "../../domain/terminal.ts";
import { parseMessage, queryInput } from "../../wire/message.ts";
import * as wire from "../../wire/run_logs.ts";
import { authorize } from "../caller.ts";
import { endpoint } from "../endpoint.ts";
import { followPieces } from "../log_events.tsx";
import { logDownload } from "../log_download.ts";
import type { Services } from "../services.ts";

export const runLogEndpoints = [
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "runs/logs",
    summary: "Appends to what a run prints. With an offset a repeated request changes nothing, and a gap is refused.",
    input: wire.AppendLog,
    output: wire.LogEnd,
    access: edit.run,
    handle: async ({ sql, now }, { run_id, stream, offset, text, base64 }) => {
      const bytes = bytesOf(text, base64);
      return { offset: await appendLog(sql, { run_id, stream, bytes, offset, now: now() }) };
    },
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "runs/logs",
    summary:
      "Answers lines of what a run printed: the last ones, those from or before a number, or those since a moment.",
    input: wire.ReadLog,
    output: wire.LogLines,
    access: read.run,
    handle: async ({ sql }, { run_id, plain, max_lines: most, ...asked }) => {
      const head = await logHead(sql, run_id);
      const { stream, before_line = head.lines + 1 } = asked;
      const first = asked.since === undefined ? asked.first_line : await lineAt(sql, head, asked.since);
      const lines = first === undefined
        ? await linesBefore(sql, head, before_line, { stream, most })
        : await linesFrom(sql, head, first, { stream, most });
      return {
        lines: plain ? lines.map(inPlain) : lines,
        unfinished: (await unfinishedLines(sql, head)).filter((line) => stream === undefined || line.stream === stream)
          .map((line) => plain ? inPlain(line) : line),
        ...sizesOf(head),
      };
    },
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "runs/logs/search",
    summary: "Finds lines that hold a text, as a terminal shows them.",
    input: wire.SearchLog,
    output: wire.LogHits,
    access: read.run,
    handle: async ({ sql }, { run_id, stream, query, match_case, first_line, max_results }) => {
      if (query === "") throw invalid("Missing value for required parameter 'query'.");
      const head = await logHead(sql, run_id);
      const fits = lineHolding(query, match_case);
      const { hits, next } = await findLines(sql, head, first_line, { stream, most: max_results, fits });
      return { hits: hits.map(inPlain), ...(next !== undefined && next <= head.lines && { next_line: next }) };
    },
  }),
];

const inPlain = (line: LogLine): LogLine => ({ ...line, text: plainLine(line.text) });

const sizesOf = ({ lines, stdout_size, stderr_size }: LogHead) => ({ total_lines: lines, stdout_size, stderr_size });

function bytesOf(text: string | undefined, base64: string | undefined): Uint8Array {
  if ((text === undefined) === (base64 === undefined)) {
    throw invalid("Exactly one of 'text' and 'base64' must be given.");
  }
  if (text !== undefined) return new TextEncoder().encode(text);
  try {
    return Uint8Array.fromBase64(base64 ?? "");
  } catch {
    throw invalid("Invalid value for parameter 'base64' supplied: it must be base64.");
  }
}

/** What is no JSON: the bytes of a log as a file, and as they come. */
export function mountRunLogs(app: Hono, services: Services): void {
  app.get("/api/weir/1/runs/logs/download", (context) => {
    authorize(read.run, context);
    const { searchParams } = new URL(context.req.url);
    const asked = parseMessage(wire.LogBytes, queryInput(wire.LogBytes, searchParams));
    return logDownload(services, asked, context.req.raw);
  });
  app.get("/api/weir/1/runs/logs/events", async (context) => {
    authorize(read.run, context);
    const { searchParams } = new URL(context.req.url);
    const asked = parseMessage(wire.FollowLog, queryInput(wire.FollowLog, searchParams));
    return await followPieces(context, services, asked);
  });
}
