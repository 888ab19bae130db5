import type { Metric, ModelMetric } from "../domain/entities.ts";
import { ApiError } from "../domain/errors.ts";
import { encodePoints, latest } from "../domain/series.ts";
import { metricKeys } from "./metric_keys.ts";
import { activeRunMissing } from "./runs.ts";
import { type Pool, type Sql, transaction } from "./sql.ts";

/** The metrics that one request logs to one run. */
export interface MetricWrite {
  run_id: string;
  metrics: readonly ModelMetric[];
}

/**
 * Group commit: what arrives while a flush is under way goes out together in the next. Nothing waits for a timer, and each
 * caller is answered only after its own points are committed.
 */
export interface MetricLog {
  /** Stores the points. RESOURCE_DOES_NOT_EXIST for an unknown run, INVALID_PARAMETER_VALUE for a deleted one. */
  record(write: MetricWrite): Promise<void>;
}

interface Waiting extends MetricWrite {
  done: () => void;
  fail: (reason: unknown) => void;
}

/** With one, Postgres idles while the next group is made ready; three or more make smaller groups, and are slower with few clients. */
const flights = 2;
const mostPointsPerFlush = 20_000;
const mostPointsWaiting = 1_000_000;

export function openMetricLog(pool: Pool): MetricLog {
  let waiting: Waiting[] = [];
  let points = 0;
  let inFlight = 0;

  function flushNext(): void {
    if (inFlight >= flights || waiting.length === 0) return;
    const group = takeGroup(waiting);
    waiting = waiting.slice(group.length);
    points -= countPoints(group);
    inFlight++;
    flush(pool, group).finally(() => {
      inFlight--;
      flushNext();
    });
  }

  return {
    record(write) {
      if (write.metrics.length === 0) return Promise.resolve();
      if (points > mostPointsWaiting) {
        return Promise.reject(
          new ApiError("REQUEST_LIMIT_EXCEEDED", "More metrics are arriving than Postgres can take"),
        );
      }
      return new Promise((done, fail) => {
        waiting.push({ ...write, done, fail });
        points += write.metrics.length;
        flushNext();
      });
    },
  };
}

const countPoints = (writes: readonly MetricWrite[]): number =>
  writes.reduce((sum, write) => sum + write.metrics.length, 0);

function takeGroup(waiting: readonly Waiting[]): Waiting[] {
  let points = 0;
  const end = waiting.findIndex((write) => (points += write.metrics.length) > mostPointsPerFlush);
  return waiting.slice(0, end < 0 ? waiting.length : Math.max(1, end));
}

/** Writes a group and tells each caller what became of its own write. Never throws. */
async function flush(pool: Pool, group: readonly Waiting[]): Promise<void> {
  try {
    const twoStatements = group.some((write) => write.metrics.some((metric) => metric.model_id));
    const keys = await keysOf(pool, group);
    const active = twoStatements
      ? await transaction(pool, (tx) => writeMetrics(tx, keys, group))
      : await writeMetrics(pool, keys, group);
    for (const write of group) {
      if (active.has(write.run_id)) write.done();
      else write.fail(await activeRunMissing(pool, write.run_id));
    }
  } catch (error) {
    for (const write of group) write.fail(error);
  }
}

/**
 * The dictionary numbers of the metrics' names. To be asked for before a transaction: within, it would need a second connection,
 * and as many transactions as there are connections would wait for each other for ever.
 */
export function keysOf(pool: Pool, writes: readonly MetricWrite[]): Promise<ReadonlyMap<string, number>> {
  return metricKeys(pool, writes.flatMap((write) => write.metrics.map((metric) => metric.key)));
}

/**
 * Inserts a batch for each run and moves the latest values in one statement; metrics of logged models take a second one, so `sql`
 * is to be a transaction where there are any. `keys` is of `keysOf`. Answers the runs that are active: the points of the others
 * were not written.
 */
export async function writeMetrics(
  sql: Sql,
  keys: ReadonlyMap<string, number>,
  writes: readonly MetricWrite[],
): Promise<Set<string>> {
  const rows = runRows(keys, writes);
  const column = (value: (row: RunRow) => string): string[] => rows.map(value);
  const active = await sql<{ run_id: string }[]>`
    with input as materialized (
      select run, experiment_id, run_id, keys::int[], bodies::bytea[], values::float8[], steps::bigint[], times::bigint[]
      from unnest(
        ${column((row) => row.run_id)}::text[], ${column((row) => row.keys)}::text[], ${
    column((row) => row.bodies)
  }::text[],
        ${column((row) => row.values)}::text[], ${column((row) => row.steps)}::text[], ${
    column((row) => row.times)
  }::text[]
      ) as t (run_id, keys, bodies, values, steps, times)
      join weir.runs using (run_id)
      where lifecycle_stage = 'active'
    ), batches as (
      insert into weir.metric_batches (run, keys, bodies) select run, keys, bodies from input
    ), latest as (
      -- In one order for everybody, so that two flushes never wait for each other in a circle.
      insert into weir.latest_metrics as l (run, key, experiment_id, value, step, timestamp)
      select run, key, experiment_id, value, step, timestamp
      from input cross join lateral unnest(keys, values, steps, times) as point (key, value, step, timestamp)
      order by run, key
      on conflict (run, key) do update
      set value = excluded.value, step = excluded.step, timestamp = excluded.timestamp, ranked = null
      where (excluded.step, excluded.timestamp, case when excluded.value = 'NaN' then 0 else excluded.value end)
          > (l.step, l.timestamp, case when l.value = 'NaN' then 0 else l.value end)
    )
    select run_id from input`;
  await writeModelMetrics(sql, keys, writes);
  return new Set(active.map((row) => row.run_id));
}

/** What a run is sent, by metric: arrays in the text form of Postgres, which takes them in far faster than rows. */
interface RunRow {
  run_id: string;
  keys: string;
  /** The encoded series. */
  bodies: string;
  /** Of the latest points. */
  values: string;
  steps: string;
  times: string;
}

function runRows(keys: ReadonlyMap<string, number>, writes: readonly MetricWrite[]): RunRow[] {
  const byRun = new Map<string, Map<string, Metric[]>>();
  for (const { run_id, metrics } of writes) {
    const byKey = byRun.get(run_id) ?? new Map<string, Metric[]>();
    byRun.set(run_id, byKey);
    for (const metric of metrics) {
      const points = byKey.get(metric.key);
      if (points) points.push(metric);
      else byKey.set(metric.key, [metric]);
    }
  }
  return [...byRun].map(([run_id, byKey]) => runRow(run_id, keys, byKey));
}

function runRow(
  run_id: string,
  keys: ReadonlyMap<string, number>,
  byKey: ReadonlyMap<string, readonly Metric[]>,
): RunRow {
  const series = [...byKey.values()];
  const last = series.map((points) => latest(points)!);
  return {
    run_id,
    keys: `{${Array.from(byKey.keys(), (key) => keys.get(key)!)}}`,
    bodies: `{${series.map((points) => `"\\\\x${encodePoints(points).toHex()}"`)}}`,
    values: `{${last.map(({ value }) => value)}}`,
    steps: `{${last.map(({ step }) => step)}}`,
    times: `{${last.map(({ timestamp }) => timestamp)}}`,
  };
}

/** The metrics that name a logged model are its metrics too, row by row: there are few of them. */
async function writeModelMetrics(
  sql: Sql,
  keys: ReadonlyMap<string, number>,
  writes: readonly MetricWrite[],
): Promise<void> {
  const rows = writes.flatMap(({ run_id, metrics }) =>
    metrics.filter((metric) => metric.model_id).map((metric) => ({ ...metric, run_id }))
  );
  if (rows.length === 0) return;
  await sql`
    insert into weir.logged_model_metrics
      (model_id, key, timestamp, step, run_id, value, experiment_id, dataset_name, dataset_digest)
    select model_id, t.key, timestamp, step, t.run_id, value, m.experiment_id, dataset_name, dataset_digest
    from unnest(
      ${rows.map((row) => row.model_id!)}::text[], ${rows.map((row) => keys.get(row.key)!)}::int[],
      ${rows.map((row) => String(row.timestamp))}::bigint[], ${rows.map((row) => String(row.step))}::bigint[],
      ${rows.map((row) => row.run_id)}::text[], ${rows.map((row) => row.value)}::float8[],
      ${rows.map((row) => row.dataset_name ?? null)}::text[], ${rows.map((row) => row.dataset_digest ?? null)}::text[]
    ) as t (model_id, key, timestamp, step, run_id, value, dataset_name, dataset_digest)
    join weir.logged_models m using (model_id)
    join weir.runs r on r.run_id = t.run_id and r.lifecycle_stage = 'active'
    order by model_id, t.key, timestamp, step
    on conflict (model_id, key, timestamp, step, run_id) do update set value = excluded.value`;
}
