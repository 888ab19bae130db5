import type { Extremes } from "../domain/plots/fields.ts";
import { decode } from "../domain/series.ts";
import { partsOfRun } from "./metric_parts.ts";
import type { Sql } from "./sql.ts";

/**
 * The least and greatest finite values that these runs ever logged of these metrics, by run id, then by metric. Long series are read by
 * their summaries, which keep both. A metric without a finite value is left out.
 */
export async function metricExtremes(
  sql: Sql,
  run_ids: readonly string[],
  keys: readonly string[],
): Promise<Extremes> {
  const extremes = new Map<string, Map<string, { min: number; max: number }>>();
  if (keys.length === 0 || run_ids.length === 0) return extremes;
  const rows = await sql<{ run_id: string; key: string; body: Uint8Array }[]>`
    select r.run_id, k.name as key, coalesce(c.summary, c.body) as body
    from weir.runs r ${partsOfRun(sql, keys)} join weir.metric_keys k using (key)
    where r.run_id = any(${[...run_ids]}::text[])`;
  for (const { run_id, key, body } of rows) {
    const ofRun = extremes.get(run_id) ?? new Map<string, { min: number; max: number }>();
    extremes.set(run_id, ofRun);
    for (const value of decode(body).values) {
      if (!Number.isFinite(value)) continue;
      const { min, max } = ofRun.get(key) ?? { min: value, max: value };
      ofRun.set(key, { min: Math.min(min, value), max: Math.max(max, value) });
    }
  }
  return extremes;
}
