import { ApiError, invalid } from "../domain/errors.ts";
import { bytes as sized, count } from "../domain/format.ts";
import { lineEnds, type LogStream, mostAppended, mostLogged } from "../domain/run_log.ts";
import { piecesFrom } from "./run_log_blocks.ts";
import { isDue, isLarge, packLog } from "./run_log_packing.ts";
import { activeRunMissing, unknownRun } from "./runs.ts";
import type { Sql } from "./sql.ts";

/** How much there is of the log of a run. */
export interface LogHead {
  /** The run's number. */
  run: number;
  /** Bytes. */
  size: number;
  /** Line ends. */
  lines: number;
  stdout_size: number;
  stderr_size: number;
}

/** RESOURCE_DOES_NOT_EXIST when there is no such run. A log of which nothing has come is empty. */
export async function logHead(sql: Sql, run_id: string): Promise<LogHead> {
  const [head] = await sql<LogHead[]>`
    select r.run, coalesce(l.size, 0) as size, coalesce(l.lines, 0) as lines, coalesce(l.stdout_size, 0) as stdout_size,
      coalesce(l.stderr_size, 0) as stderr_size
    from weir.runs r left join weir.run_logs l using (run) where r.run_id = ${run_id}`;
  if (!head) throw unknownRun(run_id);
  return head;
}

export const streamSize = (head: LogHead, stream: LogStream | undefined): number =>
  stream === undefined ? head.size : head[`${stream}_size`];

export interface LogAppend {
  run_id: string;
  stream: LogStream;
  bytes: Uint8Array;
  /** Bytes of the stream that come before; at its end where nobody says, and then a repeated request is another one. */
  offset?: number | undefined;
  /** ms since the epoch. */
  now: number;
}

/**
 * Appends to a stream of an active run's log, and answers the stream's size. What is there already is not appended again.
 * INVALID_PARAMETER_VALUE for a deleted run and for too many bytes; RESOURCE_CONFLICT, with the offset to go on at, where bytes are
 * missing in between or others are there.
 */
export async function appendLog(sql: Sql, append: LogAppend): Promise<number> {
  const { run_id, stream, bytes, offset, now } = append;
  if (bytes.length > mostAppended) {
    throw invalid(
      `A request appends at most ${count(mostAppended)} bytes to a log. Got ${
        count(bytes.length)
      }: send them in parts.`,
    );
  }
  if (bytes.length > 0) {
    const taken = await insertBlock(sql, append);
    if (taken) {
      if (isDue(taken)) await packLog(sql, taken.run);
      return taken.stream_size;
    }
  }
  const head = await activeHead(sql, run_id);
  const size = streamSize(head, stream);
  const at = offset ?? size;
  if (at > size) throw gap(stream, run_id, size, at);
  await checkSame(sql, head, append, at, size);
  const rest = bytes.subarray(size - at);
  if (rest.length === 0) return size;
  if (head.size + rest.length > mostLogged) throw full(run_id, head.size);
  return await appendLog(sql, { ...append, bytes: rest, ...(offset !== undefined && { offset: size }), now });
}

interface Taken {
  run: number;
  stream_size: number;
  loose: number;
  loose_size: number;
}

/** In one statement, which inserts nothing unless the stream ends right where these bytes go on, and the log has room. */
async function insertBlock(sql: Sql, append: LogAppend): Promise<Taken | undefined> {
  const { run_id, stream, bytes, now } = append;
  const offset = append.offset ?? null;
  const lines = lineEnds(bytes);
  const size = bytes.length;
  const large = isLarge(size);
  const of = (name: LogStream): number => stream === name ? size : 0;
  const own = sql(`${stream}_size`);
  const [taken] = await sql<Taken[]>`
    with head as (
      insert into weir.run_logs as l (run, size, lines, stdout_size, stderr_size, loose, packed, changed_time)
      select run, ${size}::bigint, ${lines}::bigint, ${of("stdout")}::bigint, ${of("stderr")}::bigint,
        ${large ? 0 : 1}, ${large ? size : 0}::bigint, ${now}::bigint
      from weir.runs where run_id = ${run_id} and lifecycle_stage = 'active'
        and (coalesce(${offset}::bigint, 0) = 0 or exists (select from weir.run_logs l where l.run = runs.run))
      on conflict (run) do update set
        size = l.size + excluded.size, lines = l.lines + excluded.lines,
        loose = case when l.loose = 0 then excluded.loose else l.loose + 1 end,
        packed = case when l.loose = 0 and excluded.loose = 0 then l.size + excluded.size else l.packed end,
        stdout_size = l.stdout_size + excluded.stdout_size, stderr_size = l.stderr_size + excluded.stderr_size,
        changed_time = excluded.changed_time
      where l.${own} = coalesce(${offset}::bigint, l.${own}) and l.size + excluded.size <= ${mostLogged}::bigint
      returning *
    ), block as (
      insert into weir.run_log_blocks (run, position, size, first_line, lines, stdout, stderr, first_time, pieces, body)
      select run, size - ${size}::bigint, ${size}::int, lines - ${lines}::bigint, ${lines}::int,
        stdout_size - ${of("stdout")}::bigint, ${of("stderr")}::int, ${now}::bigint,
        array[${stream === "stdout" ? 0 : 1}, ${size}, ${now}]::bigint[], ${bytes}
      from head
    )
    select run, ${own} as stream_size, loose, size - packed as loose_size from head`;
  return taken;
}

async function activeHead(sql: Sql, run_id: string): Promise<LogHead> {
  const [row] = await sql`select from weir.runs where run_id = ${run_id} and lifecycle_stage = 'active'`;
  if (!row) throw await activeRunMissing(sql, run_id);
  return await logHead(sql, run_id);
}

/** Throws where what was sent again is not what is there: two writers took one stream for their own. */
async function checkSame(
  sql: Sql,
  head: LogHead,
  { run_id, stream, bytes }: LogAppend,
  offset: number,
  size: number,
): Promise<void> {
  const again = bytes.subarray(0, size - offset);
  let at = 0;
  if (again.length === 0) return;
  for await (const piece of piecesFrom(sql, head.run, { stream, offset })) {
    const part = again.subarray(at, at + piece.bytes.length);
    if (part.some((byte, i) => byte !== piece.bytes[i])) throw otherBytes(stream, run_id, size, offset);
    at += part.length;
    if (at >= again.length) return;
  }
}

const gap = (stream: LogStream, run_id: string, size: number, offset: number): ApiError =>
  new ApiError(
    "RESOURCE_CONFLICT",
    `The ${stream} of run ${run_id} goes on at offset ${size}. Got offset ${offset}: the ${
      offset - size
    } bytes before it are missing.`,
  );

const otherBytes = (stream: LogStream, run_id: string, size: number, offset: number): ApiError =>
  new ApiError(
    "RESOURCE_CONFLICT",
    `The ${stream} of run ${run_id} holds other bytes at offset ${offset}: somebody else writes it, too. It goes on at offset ${size}.`,
  );

const full = (run_id: string, size: number): ApiError =>
  invalid(
    `The log of run ${run_id} has ${sized(size)}, and a log may have ${sized(mostLogged)}. Nothing was appended.`,
  );
