import { type Band, bandsOf } from "../domain/bands.ts";
import type { Curve, CurveAxis, CurvePoint } from "../domain/curve.ts";
import { asDoubles, decode, decodeAll, merge, pick, type Series } from "../domain/series.ts";
import { sortedBy, thin } from "../domain/thin.ts";
import { partsOfRun } from "./metric_parts.ts";
import type { Sql } from "./sql.ts";

export interface CurveWindow {
  axis: CurveAxis;
  /** The metric along x, where the axis is one. Without it the axis is the step. */
  by?: string | undefined;
  /** Pixels. */
  width: number;
  /** Bounds on x, inclusive: a step, ms since the epoch, seconds since the run's start, or a value of the metric along x. */
  from?: number | undefined;
  to?: number | undefined;
  /** x is drawn on a log axis. */
  logx?: boolean | undefined;
}

export interface MetricCurve extends Curve {
  key: string;
}

export interface MetricBand extends Band {
  key: string;
  /** Points that the runs of the group have in the window, and how many of them were read: of very many only every so manyth chunk. */
  total: number;
  used: number;
}

interface CurveRow {
  run_id: string;
  run_name: string;
  start_time: number;
  key: string;
  /** How many points the chunks have. */
  in_chunks: number;
  /** How many of them were read, one after the other: all; or the summaries in their place; or every so manyth chunk. */
  chunks: Uint8Array | null;
  /** What has not been compacted yet. */
  loose: Uint8Array[];
}

/** From this many points per pixel on, the summaries draw the same picture as the points. */
const summaryPointsPerPixel = 128;

type Keys = readonly string[] | "all";

/**
 * Curves thinned to what the window's width can show, of these metrics (or of all) of these runs, in the order of the runs, then
 * by name. A series without points in the window is left out.
 */
export async function metricCurves(
  sql: Sql,
  run_ids: readonly string[],
  keys: Keys,
  window: CurveWindow,
): Promise<MetricCurve[]> {
  const enough = window.width * summaryPointsPerPixel;
  const [rows, along] = await Promise.all([
    readSeries(sql, run_ids, keys, window, { enough }),
    seriesAlong(sql, run_ids, window),
  ]);
  const curves: MetricCurve[] = [];
  for (const row of rows) {
    const shown = inWindow(toSeries(row), row, window, along);
    const isSummary = row.in_chunks > enough;
    if (shown.xs.length > 0) curves.push(toCurve(row, shown, window, isSummary ? countOf(row) : undefined));
    await Promise.resolve();
  }
  return curves;
}

/** Points that one answer is made of at most, when every point counts. */
const mostRead = 2_000_000;

/**
 * Mean and deviation of the curves of each group, of these metrics, in the order of the groups. `groups` says for each run which groups
 * it is in.
 */
export async function metricBands(
  sql: Sql,
  groups: ReadonlyMap<string, readonly (string | undefined)[]>,
  keys: Keys,
  window: CurveWindow,
): Promise<MetricBand[]> {
  const run_ids = [...groups.keys()];
  const every = Math.ceil(await countPoints(sql, run_ids, keys, window) / mostRead);
  const [rows, along] = await Promise.all([
    readSeries(sql, run_ids, keys, window, { every }),
    seriesAlong(sql, run_ids, window),
  ]);
  const members = rows.flatMap((row) => {
    const shown = inWindow(toSeries(row), row, window, along);
    const total = every > 1 ? countOf(row) : shown.xs.length;
    return shown.xs.length === 0
      ? []
      : (groups.get(row.run_id) ?? []).map((value) => ({ ...shown, value, key: row.key, total }));
  });
  const bins = Math.min(200, Math.ceil(window.width / 3));
  return [...Map.groupBy(members, ({ key }) => key)].flatMap(([key, each]) =>
    bandsOf(each, bins).map((band) => {
      const own = each.filter(({ value }) => value === band.value);
      const sum = (count: (member: (typeof own)[number]) => number) => own.reduce((all, one) => all + count(one), 0);
      return { ...band, key, total: sum(({ total }) => total), used: sum(({ xs }) => xs.length) };
    })
  );
}

/** Every point of these series in the window, one series after the other, so that no more than one is in memory. */
export async function* exactCurves(
  sql: Sql,
  run_ids: readonly string[],
  keys: readonly string[],
  window: CurveWindow,
): AsyncGenerator<MetricCurve> {
  for (const run_id of run_ids) {
    const along = await seriesAlong(sql, [run_id], window);
    for (const key of keys) {
      for (const row of await readSeries(sql, [run_id], [key], window, {})) {
        const shown = inWindow(toSeries(row), row, window, along);
        yield { ...toCurve(row, shown, { ...window, width: Infinity }, undefined) };
      }
    }
  }
}

/** `enough`: so many points of a series and more are read as summaries. `every`: only every so manyth chunk. */
interface Reading {
  enough?: number;
  every?: number;
}

async function readSeries(
  sql: Sql,
  run_ids: readonly string[],
  keys: Keys,
  window: CurveWindow,
  { enough = 2 ** 53, every = 1 }: Reading,
): Promise<CurveRow[]> {
  return await sql<CurveRow[]>`
    select run_id, run_name, start_time, k.name as key, coalesce(max(in_chunks), 0) as in_chunks,
      string_agg(case when in_chunks > ${enough} and place > ${
    window.logx ? 1 : 0
  } then summary when summary is not null then body end, ''::bytea
        order by first_step, last_step, first_time) as chunks,
      array_remove(array_agg(case when summary is null then body end), null) as loose
    from (
      select asked.position, r.run_id, r.run_name, r.start_time, c.*,
        sum(c.count) over (partition by c.run, c.key) as in_chunks,
        row_number() over (partition by c.run, c.key order by c.first_step) as place
      from unnest(${[...run_ids]}::text[]) with ordinality as asked (run_id, position)
      join weir.runs r using (run_id)
      ${partsOfRun(sql, keys)}
      where coalesce(${bounds(sql, window)}, true)
    ) part
    join weir.metric_keys k using (key)
    where summary is null or place % ${every} = 0
    group by position, run_id, run_name, start_time, k.name
    order by position, k.name`;
}

async function countPoints(sql: Sql, run_ids: readonly string[], keys: Keys, window: CurveWindow): Promise<number> {
  const [row] = await sql<{ points: number }[]>`
    select coalesce(sum(c.count), 0)::float8 as points from weir.runs r join weir.metric_chunks c using (run)
    where r.run_id = any(${[...run_ids]}::text[]) and ${ofKeys(sql, keys)} and ${bounds(sql, window)}`;
  return row?.points ?? 0;
}

const ofKeys = (sql: Sql, keys: Keys) =>
  keys === "all" ? sql`true` : sql`c.key in (select key from weir.metric_keys where name = any(${[...keys]}::text[]))`;

/** The chunks that reach into the window. Where a metric runs along x, all. */
function bounds(sql: Sql, { axis, by, from = -Infinity, to = Infinity }: CurveWindow) {
  if (axis === "metric" && by) return sql`true`;
  if (axis === "time") return sql`c.last_time >= ${from}::float8 and c.first_time <= ${to}::float8`;
  if (axis === "relative") {
    return sql`c.last_time >= r.start_time + ${from * 1000}::float8
      and c.first_time <= r.start_time + ${to * 1000}::float8`;
  }
  return sql`c.last_step >= ${from}::float8 and c.first_step <= ${to}::float8`;
}

const countOf = (row: CurveRow): number =>
  row.in_chunks + row.loose.reduce((sum, body) => sum + decode(body).values.length, 0);

function toSeries({ chunks, loose }: CurveRow): Series {
  const stored = chunks === null ? [] : [decodeAll(chunks)];
  const [only] = stored;
  // Chunks never overlap, and are sorted.
  return only !== undefined && loose.length === 0 ? only : merge([...stored, ...loose.map(decode)]);
}

/** A series and where its points stand, ascending, within the window. */
interface Placed {
  series: Series;
  xs: Float64Array;
  values: Float64Array;
}

function inWindow(
  series: Series,
  { run_id, start_time }: Pick<CurveRow, "run_id" | "start_time">,
  { axis, by, from = -Infinity, to = Infinity, logx }: CurveWindow,
  along: ReadonlyMap<string, Series>,
): Placed {
  const least = logx ? Math.max(from, Number.MIN_VALUE) : from;
  const xs = axis === "metric" && by
    ? valuesAt(asDoubles(series.steps), along.get(run_id))
    : positions(series, axis, start_time);
  const order: number[] = [];
  let isWhole = true;
  for (let i = 0; i < xs.length; i++) {
    const inside = xs[i]! >= least && xs[i]! <= to && Number.isFinite(xs[i]!);
    if (inside) order.push(i);
    isWhole &&= inside && (i === 0 || xs[i - 1]! <= xs[i]!);
  }
  if (isWhole) return { series, xs, values: series.values };
  const kept = sortedBy(pick(series, order), Float64Array.from(order, (i) => xs[i]!));
  return { series: kept, xs: Float64Array.from(order, (i) => xs[i]!).sort(), values: kept.values };
}

function positions(series: Series, axis: CurveAxis, start_time: number): Float64Array {
  if (axis === "time") return asDoubles(series.timestamps);
  if (axis === "relative") return asDoubles(series.timestamps).map((timestamp) => (timestamp - start_time) / 1000);
  return asDoubles(series.steps);
}

/** The metric along x of each run. */
async function seriesAlong(sql: Sql, run_ids: readonly string[], { axis, by, width }: CurveWindow) {
  if (axis !== "metric" || !by) return new Map<string, Series>();
  const rows = await readSeries(sql, run_ids, [by], { axis: "step", width }, {});
  return new Map(rows.map((row) => [row.run_id, toSeries(row)]));
}

/** Where the line of a metric is at each step, ascending: NaN before its first point, after its last one its last value. */
function valuesAt(steps: Float64Array, metric: Series | undefined): Float64Array {
  if (metric === undefined) return steps.map(() => NaN);
  const [own, values] = [asDoubles(metric.steps), metric.values];
  let next = 0;
  return steps.map((step) => {
    while (next < own.length && own[next]! <= step) next++;
    const [before, after] = [own[next - 1], own[next]];
    if (before === undefined || after === undefined || before === step) return values[next - 1] ?? NaN;
    const share = (step - before) / (after - before);
    return values[next - 1]! * (1 - share) + values[next]! * share;
  });
}

/** `total`: of points in all, where only some of them were read. */
function toCurve(row: CurveRow, shown: Placed, { width, logx }: CurveWindow, total?: number): MetricCurve {
  const { series, xs, values } = shown;
  const points = thin(logx ? xs.map(Math.log) : xs, values, width).map((i): CurvePoint => [
    xs[i]!,
    values[i]!,
    Number(series.steps[i]),
    Number(series.timestamps[i]),
  ]);
  return { run_id: row.run_id, run_name: row.run_name, key: row.key, total: total ?? values.length, points };
}

/** Metrics that have more than one point in any of these runs, by name. */
export async function curveMetrics(sql: Sql, run_ids: readonly string[]): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct k.name from (
      select c.run, c.key from weir.runs r ${partsOfRun(sql, "all")}
      where r.run_id = any(${[...run_ids]}::text[])
      -- The second byte of a body is its count, or more than 127 where that takes several.
      group by c.run, c.key having sum(coalesce(c.count, get_byte(c.body, 1))) > 1
    ) series join weir.metric_keys k using (key) order by 1`;
  return rows.map((row) => row.name);
}
