import { decode, encode, merge, pick, range, type Series } from "../domain/series.ts";
import { summarize } from "../domain/thin.ts";
import { type Pool, type Sql, transaction } from "./sql.ts";

/** Points of a chunk at rest. */
const chunkPoints = 4096;
/** A series that is still being written waits for this many loose chunks, so that the work stays a small part of the writing. */
const looseChunks = 64;

interface LooseSeries {
  run: number;
  key: number;
}

/**
 * Merges loose chunks into sorted ones of a few thousand points, each with its summary. Readers see either the loose chunks or
 * the merged ones, for each series is one transaction; a process killed anywhere leaves the series as it was. Answers how many
 * series it merged: fewer than `most` when nothing is left to do.
 */
export async function compact(pool: Pool, most = 200): Promise<number> {
  const series = await pool<LooseSeries[]>`
    select c.run, c.key from weir.metric_chunks c join weir.runs r using (run)
    where c.summary is null
    group by c.run, c.key, r.status
    having count(*) >= case when r.status in ('RUNNING', 'SCHEDULED') then ${looseChunks} else 1 end
    limit ${most}`;
  let merged = 0;
  for (const { run, key } of series) {
    if (await transaction(pool, (tx) => compactSeries(tx, run, key))) merged++;
  }
  return merged;
}

/** Milliseconds between two looks for loose chunks. */
const pause = 10_000;

/** Compacts in the background until `signal`; a failure is left to the next look. */
export async function compactUntil(pool: Pool, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const merged = await compact(pool).catch(() => 0);
    if (merged === 0) await sleep(pause, signal);
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    }, { once: true });
  });
}

interface ChunkRow {
  seq: number;
  body: Uint8Array;
}

async function compactSeries(sql: Sql, run: number, key: number): Promise<boolean> {
  const [lock] = await sql<{ taken: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended('weir compaction ' || ${`${run} ${key}`}, 0)) as taken`;
  if (!lock?.taken) return false;
  const loose = await sql<ChunkRow[]>`
    select seq, body from weir.metric_chunks where run = ${run} and key = ${key} and summary is null order by seq`;
  if (loose.length === 0) return false;
  const points = merge(loose.map((chunk) => decode(chunk.body)));
  const [first, last] = range(points.steps);
  // Chunks at rest that overlap are merged again, and so is one that is not full yet, so that no two ever overlap.
  const touched = await sql<ChunkRow[]>`
    select seq, body from weir.metric_chunks
    where run = ${run} and key = ${key} and summary is not null
      and ((last_step >= ${first} and first_step <= ${last}) or count < ${chunkPoints / 2})
    order by seq`;
  const all = touched.length === 0 ? points : merge([...touched.map((chunk) => decode(chunk.body)), points]);
  await sql`
    delete from weir.metric_chunks
    where run = ${run} and key = ${key} and seq = any(${[...loose, ...touched].map((chunk) => chunk.seq)}::bigint[])`;
  await insertChunks(sql, run, key, all);
  return true;
}

async function insertChunks(sql: Sql, run: number, key: number, series: Series): Promise<void> {
  const parts = Array.from({ length: Math.ceil(series.values.length / chunkPoints) }, (_, i) => {
    const to = Math.min((i + 1) * chunkPoints, series.values.length);
    const numbers = Array.from({ length: to - i * chunkPoints }, (_, offset) => i * chunkPoints + offset);
    return pick(series, numbers);
  });
  await sql`
    insert into weir.metric_chunks (run, key, count, first_step, last_step, first_time, last_time, body, summary)
    select ${run}, ${key}, count, first_step, last_step, first_time, last_time, decode(body, 'hex'), decode(summary, 'hex')
    from unnest(
      ${parts.map((part) => part.values.length)}::int[], ${parts.map((part) => range(part.steps)[0])}::bigint[],
      ${parts.map((part) => range(part.steps)[1])}::bigint[], ${
    parts.map((part) => range(part.timestamps)[0])
  }::bigint[],
      ${parts.map((part) => range(part.timestamps)[1])}::bigint[], ${parts.map((part) => encode(part).toHex())}::text[],
      ${parts.map((part) => encode(summarize(part)).toHex())}::text[]
    ) as t (count, first_step, last_step, first_time, last_time, body, summary)`;
}
