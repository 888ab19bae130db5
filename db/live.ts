import type { Metric, RunStatus } from "../domain/entities.ts";
import type { Sql } from "./sql.ts";

/** What of a run changes while it is being looked at. */
export interface RunPulse {
  run_id: string;
  status: RunStatus;
  end_time: number | null;
  metrics: Metric[];
}

/** The state of these runs now: status and latest metrics, a primary-key look-up each. */
export async function runPulses(sql: Sql, run_ids: readonly string[]): Promise<RunPulse[]> {
  return await sql<RunPulse[]>`
    select r.run_id, r.status, r.end_time, coalesce((
      select json_agg(json_build_object('key', k.name, 'value', case when l.value = any('{NaN,Infinity,-Infinity}')
          then to_json(l.value::text) else to_json(l.value) end, 'step', l.step, 'timestamp', l.timestamp))
      from weir.latest_metrics l join weir.metric_keys k using (key) where l.run = r.run), '[]') as metrics
    from weir.runs r where r.run_id = any(${[...run_ids]}::text[])`;
}
