import type { Metric, Point } from "../domain/entities.ts";
import { compareInt64 } from "../domain/int64.ts";
import { compareValues, decode, merge, pointAt } from "../domain/series.ts";
import type { Sql } from "./sql.ts";

/**
 * The points of a metric of a run, once each, by timestamp, step and value; none when run or metric is unknown. A page of them:
 * at most `most` of those that follow `after`.
 */
export async function metricHistory(
  sql: Sql,
  run_id: string,
  key: string,
  { after, most }: { after?: Point | undefined; most?: number | undefined } = {},
): Promise<Metric[]> {
  const parts = await sql<{ body: Uint8Array }[]>`
    select body from weir.metric_parts
    where run = (select run from weir.runs where run_id = ${run_id})
      and key = (select key from weir.metric_keys where name = ${key})
      and coalesce(last_time >= ${String(after?.timestamp ?? 0)}, true)`;
  const series = merge(parts.map(({ body }) => decode(body)));
  const points = Array.from(series.values.keys(), (i) => pointAt(series, i)).sort(compareByTime);
  const from = after ? points.findIndex((point) => compareByTime(point, after) > 0) : 0;
  if (from < 0) return [];
  return points.slice(from, most === undefined ? undefined : from + most).map((point) => ({ key, ...point }));
}

function compareByTime(a: Point, b: Point): number {
  return compareInt64(a.timestamp, b.timestamp) || compareInt64(a.step, b.step) || compareValues(a.value, b.value);
}
