import type { Metric } from "../domain/entities.ts";
import { decode, merge, pick, pointAt, type Series } from "../domain/series.ts";
import { evenly, sortedBy } from "../domain/thin.ts";
import type { Sql } from "./sql.ts";

/** A point of a metric and the run that it is of. */
export interface RunMetric extends Metric {
  run_id: string;
}

/** Both ends count. */
export interface StepRange {
  first: number;
  last: number;
}

/** The first `most` points of a metric of these runs: by run id, timestamp, step and value. */
export async function bulkHistory(
  sql: Sql,
  run_ids: readonly string[],
  key: string,
  most: number,
): Promise<RunMetric[]> {
  const found: RunMetric[] = [];
  for await (const { run_id, series } of seriesOfRuns(sql, [...new Set(run_ids)].sort(), key)) {
    const byTime = sortedBy(series, series.timestamps);
    const rest = Math.min(byTime.values.length, most - found.length);
    for (let i = 0; i < rest; i++) found.push({ key, ...pointAt(byTime, i), run_id });
    if (found.length === most) break;
  }
  return found;
}

/** Of each of these runs, in their order, at most `most` points of a metric, evenly spread over its rows: by step, timestamp and value. */
export async function sampledHistory(
  sql: Sql,
  run_ids: readonly string[],
  key: string,
  { most, steps }: { most: number; steps?: StepRange | undefined },
): Promise<RunMetric[]> {
  const found: RunMetric[] = [];
  for await (const { run_id, series } of seriesOfRuns(sql, run_ids, key, steps)) {
    const shown = steps ? within(series, steps) : series;
    for (const i of evenly(shown.values.length, most)) found.push({ key, ...pointAt(shown, i), run_id });
  }
  return found;
}

/** A series after the other, so that no more than one of them is in memory; with `steps`, at least the points within. */
async function* seriesOfRuns(
  sql: Sql,
  run_ids: readonly string[],
  key: string,
  { first, last }: StepRange = { first: -Infinity, last: Infinity },
): AsyncGenerator<{ run_id: string; series: Series }> {
  // `offset 0` keeps Postgres from reading the bodies of all runs before it sorts them.
  const rows = sql<{ run_id: string; bodies: Uint8Array[] }[]>`
    select run_id, array(
      select body from weir.metric_parts p
      where p.run = r.run and p.key = (select key from weir.metric_keys where name = ${key})
        and coalesce(last_step >= ${first}::float8 and first_step <= ${last}::float8, true)) as bodies
    from (
      select run, run_id from unnest(${[...run_ids]}::text[]) with ordinality as asked (run_id, position)
      join weir.runs using (run_id) order by position offset 0
    ) r`;
  for await (const [row] of rows.cursor(1)) {
    if (row) yield { run_id: row.run_id, series: merge(row.bodies.map(decode)) };
  }
}

function within(series: Series, { first, last }: StepRange): Series {
  const places = Array.from(series.values.keys());
  return pick(series, places.filter((i) => series.steps[i]! >= first && series.steps[i]! <= last));
}
