import type { Int64 } from "../domain/int64.ts";
import { decode, encode, merge, pick, range, type Series } from "../domain/series.ts";
import { summarize } from "../domain/thin.ts";
import { type Pool, type Sql, transaction } from "./sql.ts";

/** Points of a chunk at most. */
const chunkPoints = 4096;
/** Batches that are moved at once. A run that is still being written waits for them, so that the work stays a small part of that. */
const batchesAtOnce = 64;

/**
 * Moves the points of batches into sorted chunks of a few thousand, each with its summary. Readers see either the batches or the
 * chunks, for each run is one transaction; a process killed anywhere leaves the run as it was. Answers how many runs it worked
 * on: none when nothing is left to do.
 */
export async function compact(pool: Pool, most = 200): Promise<number> {
  const runs = await pool<{ run: number }[]>`
    select b.run from weir.metric_batches b join weir.runs r using (run)
    group by b.run, r.status
    having count(*) >= case when r.status in ('RUNNING', 'SCHEDULED') then ${batchesAtOnce} else 1 end
    limit ${most}`;
  let compacted = 0;
  for (const { run } of runs) {
    if (await transaction(pool, (tx) => compactRun(tx, run))) compacted++;
  }
  return compacted;
}

async function compactRun(sql: Sql, run: number): Promise<boolean> {
  const [lock] = await sql<{ taken: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended('weir compaction ' || ${String(run)}, 0)) as taken`;
  if (!lock?.taken) return false;
  const parts = await sql<{ key: number; body: Uint8Array }[]>`
    with moved as (
      delete from weir.metric_batches
      where run = ${run} and batch in (
        select batch from weir.metric_batches where run = ${run} order by batch limit ${batchesAtOnce})
      returning keys, bodies
    )
    select key, body from moved cross join lateral unnest(keys, bodies) as part (key, body)`;
  const added = Map.groupBy(parts, ({ key }) => key);
  const series = Array.from(added, ([key, bodies]) => ({ key, points: merge(bodies.map(({ body }) => decode(body))) }));
  const touched = Map.groupBy(await takeTouched(sql, run, series), ({ key }) => key);
  await insertChunks(
    sql,
    run,
    series.flatMap(({ key, points }) => {
      const there = touched.get(key)?.map((chunk) => chunk.points) ?? [];
      return chunksOf(there.length === 0 ? points : merge([...there, points])).map((chunk) => ({ key, points: chunk }));
    }),
  );
  return parts.length > 0;
}

interface KeyedSeries {
  key: number;
  points: Series;
}

/**
 * Takes out the chunks that overlap with the points, and those that are not full yet, and then those that overlap with what was taken:
 * merged again, no two chunks ever overlap.
 */
async function takeTouched(sql: Sql, run: number, series: readonly KeyedSeries[]): Promise<KeyedSeries[]> {
  const spans = new Map(series.map(({ key, points }) => [key, range(points.steps)]));
  const taken: KeyedSeries[] = [];
  for (let wider = true; wider;) {
    const rows = await takeOverlapping(sql, run, spans, taken.length === 0);
    const chunks = rows.map(({ key, body }) => ({ key, points: decode(body) }));
    wider = chunks.filter(({ key, points }) => widen(spans, key, range(points.steps))).length > 0;
    taken.push(...chunks);
  }
  return taken;
}

type Span = [first: Int64, last: Int64];

/** Answers whether the span of a metric had to become wider. */
function widen(spans: Map<number, Span>, key: number, [first, last]: Span): boolean {
  const [from, to] = spans.get(key) ?? [first, last];
  spans.set(key, [first < from ? first : from, last > to ? last : to]);
  return first < from || last > to;
}

async function takeOverlapping(sql: Sql, run: number, spans: ReadonlyMap<number, Span>, shortOnes: boolean) {
  const steps = [...spans.values()];
  return await sql<{ key: number; body: Uint8Array }[]>`
    delete from weir.metric_chunks c
    using unnest(
      ${[...spans.keys()]}::int[], ${steps.map(([first]) => String(first))}::bigint[], ${
    steps.map(([, last]) => String(last))
  }::bigint[]
    ) as added (key, first, last)
    where c.run = ${run} and c.key = added.key
      and ((c.last_step >= added.first and c.first_step <= added.last)
        or (${shortOnes} and c.count < ${chunkPoints / 2}))
    returning c.key, c.body`;
}

function chunksOf(series: Series): Series[] {
  const count = series.values.length;
  return Array.from({ length: Math.ceil(count / chunkPoints) }, (_, i) => {
    const [from, to] = [i * chunkPoints, Math.min((i + 1) * chunkPoints, count)];
    return pick(series, Array.from({ length: to - from }, (_, offset) => from + offset));
  });
}

async function insertChunks(sql: Sql, run: number, chunks: readonly KeyedSeries[]): Promise<void> {
  const rows = chunks.map(({ key, points }) => ({
    key,
    count: points.values.length,
    steps: range(points.steps),
    times: range(points.timestamps),
    body: encode(points).toHex(),
    summary: encode(summarize(points)).toHex(),
  }));
  await sql`
    insert into weir.metric_chunks (run, key, count, first_step, last_step, first_time, last_time, body, summary)
    select ${run}, key, count, first_step, last_step, first_time, last_time, decode(body, 'hex'), decode(summary, 'hex')
    from unnest(
      ${rows.map((row) => row.key)}::int[], ${rows.map((row) => row.count)}::int[],
      ${rows.map((row) => String(row.steps[0]))}::bigint[], ${rows.map((row) => String(row.steps[1]))}::bigint[],
      ${rows.map((row) => String(row.times[0]))}::bigint[], ${rows.map((row) => String(row.times[1]))}::bigint[],
      ${rows.map((row) => row.body)}::text[], ${rows.map((row) => row.summary)}::text[]
    ) as t (key, count, first_step, last_step, first_time, last_time, body, summary)`;
}
