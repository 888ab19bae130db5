import type { Curve, CurveAxis } from "../domain/curve.ts";
import { asDoubles, concat, decode, merge, pick, type Series } from "../domain/series.ts";
import { sortedBy, thin } from "../domain/thin.ts";
import type { Sql } from "./sql.ts";

export interface CurveWindow {
  axis: CurveAxis;
  /** Pixels. */
  width: number;
  /** Bounds on x, inclusive: a step, ms since the epoch, or seconds since the run's start. */
  from?: number | undefined;
  to?: number | undefined;
}

export interface MetricCurve extends Curve {
  key: string;
}

interface CurveRow {
  run_id: string;
  run_name: string;
  start_time: number;
  key: string;
  /** How many points the chunks have, and the chunks, or their summaries in their place. */
  in_chunks: number;
  chunks: Uint8Array[];
  /** What has not been compacted yet. */
  loose: Uint8Array[];
}

/** From this many points per pixel on, the summaries draw the same picture as the points. */
const summaryPointsPerPixel = 128;

/**
 * Curves thinned to what the window's width can show, of these metrics (or of all) of these runs, in the order of the runs, then
 * by name. A series without points in the window is left out.
 */
export async function metricCurves(
  sql: Sql,
  run_ids: readonly string[],
  keys: readonly string[] | "all",
  window: CurveWindow,
): Promise<MetricCurve[]> {
  const enough = window.width * summaryPointsPerPixel;
  const rows = await sql<CurveRow[]>`
    select run_id, run_name, start_time, k.name as key, coalesce(max(in_chunks), 0) as in_chunks,
      array_remove(array_agg(case when in_chunks > ${enough} then summary when summary is not null then body end), null) as chunks,
      array_remove(array_agg(case when summary is null then body end), null) as loose
    from (
      select asked.position, r.run_id, r.run_name, r.start_time, c.*,
        sum(c.count) over (partition by c.run, c.key) as in_chunks
      from unnest(${[...run_ids]}::text[]) with ordinality as asked (run_id, position)
      join weir.runs r using (run_id)
      join weir.metric_parts c using (run)
      where ${
    keys === "all" ? sql`true` : sql`c.key in (select key from weir.metric_keys where name = any(${[...keys]}::text[]))`
  }
        and coalesce(${bounds(sql, window)}, true)
    ) part
    join weir.metric_keys k using (key)
    group by position, run_id, run_name, start_time, k.name
    order by position, k.name`;
  return rows.map((row) => toCurve(row, window, enough)).filter(({ points }) => points.length > 0);
}

/** The chunks that reach into the window. */
function bounds(sql: Sql, { axis, from = -Infinity, to = Infinity }: CurveWindow) {
  if (axis === "step") return sql`c.last_step >= ${from}::float8 and c.first_step <= ${to}::float8`;
  if (axis === "time") return sql`c.last_time >= ${from}::float8 and c.first_time <= ${to}::float8`;
  return sql`c.last_time >= r.start_time + ${from * 1000}::float8 and c.first_time <= r.start_time + ${
    to * 1000
  }::float8`;
}

function toCurve(row: CurveRow, window: CurveWindow, enough: number): MetricCurve {
  const { axis, width, from = -Infinity, to = Infinity } = window;
  const loose = merge(row.loose.map(decode));
  const summarized = row.in_chunks > enough;
  const chunks = row.chunks.map(decode);
  const all = summarized ? concat([...chunks, loose]) : merge([...chunks, loose]);
  const places = positions(all, axis, row.start_time);
  const shown = pick(all, Array.from(places.keys()).filter((i) => places[i]! >= from && places[i]! <= to));
  const sorted = sortedBy(shown, positions(shown, axis, row.start_time));
  const xs = positions(sorted, axis, row.start_time);
  return {
    run_id: row.run_id,
    run_name: row.run_name,
    key: row.key,
    total: summarized ? row.in_chunks + loose.values.length : shown.values.length,
    points: thin(xs, sorted.values, width).map((
      i,
    ) => [xs[i]!, sorted.values[i]!, Number(sorted.steps[i]), Number(sorted.timestamps[i])]),
  };
}

function positions(series: Series, axis: CurveAxis, start_time: number): Float64Array {
  if (axis === "step") return asDoubles(series.steps);
  if (axis === "time") return asDoubles(series.timestamps);
  return asDoubles(series.timestamps).map((timestamp) => (timestamp - start_time) / 1000);
}

/** Metrics that have more than one point in any of these runs, by name. */
export async function curveMetrics(sql: Sql, run_ids: readonly string[]): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct k.name from (
      select c.run, c.key from weir.runs r join weir.metric_parts c using (run)
      where r.run_id = any(${[...run_ids]}::text[])
      -- The second byte of a body is its count, or more than 127 where that takes several.
      group by c.run, c.key having sum(coalesce(c.count, get_byte(c.body, 1))) > 1
    ) series join weir.metric_keys k using (key) order by 1`;
  return rows.map((row) => row.name);
}
