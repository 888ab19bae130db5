import { piecesFrom } from "../db/run_log_blocks.ts";
import { logHead, streamSize } from "../db/run_logs.ts";
import { attachment } from "../domain/attachment.ts";
import { parseRange, resolveRange } from "../domain/preconditions.ts";
import type { LogStream } from "../domain/run_log.ts";
import { inertHeaders } from "./download.ts";
import type { Services } from "./services.ts";

/** What a run printed, as it was printed, as a download: both streams as they came, or one of them; a range of it where asked. */
export async function logDownload(
  { sql }: Services,
  { run_id, stream }: { run_id: string; stream?: LogStream },
  { headers, method }: Request,
): Promise<Response> {
  const head = await logHead(sql, run_id);
  const total = streamSize(head, stream);
  const asked = parseRange(headers.get("range"));
  const range = asked && total > 0 ? resolveRange(asked, total) : undefined;
  const described = {
    ...inertHeaders,
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": attachment(`${run_id}${stream === undefined ? "" : `-${stream}`}.log`),
    "accept-ranges": "bytes",
  };
  if (range && range.start >= total) {
    return new Response(null, { status: 416, headers: { ...inertHeaders, "content-range": `bytes */${total}` } });
  }
  const start = range?.start ?? 0;
  const end = Math.min(total, (range?.end ?? total - 1) + 1);
  const sized = { ...described, "content-length": String(end - start) };
  const body = method === "HEAD" ? null : ReadableStream.from(bytesBetween(sql, head.run, { stream, start, end }));
  if (!range) return new Response(body, { headers: sized });
  return new Response(body, {
    status: 206,
    headers: { ...sized, "content-range": `bytes ${start}-${end - 1}/${total}` },
  });
}

async function* bytesBetween(
  sql: Services["sql"],
  run: number,
  { stream, start, end }: { stream: LogStream | undefined; start: number; end: number },
): AsyncGenerator<Uint8Array> {
  if (start >= end) return;
  let at = start;
  for await (const { bytes } of piecesFrom(sql, run, { stream, offset: start })) {
    yield bytes.subarray(0, end - at);
    at += bytes.length;
    if (at >= end) return;
  }
}
