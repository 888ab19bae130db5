import type { Metric, RunStatus } from "../domain/entities.ts";
import { experimentNumber } from "../domain/experiments.ts";
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

/** What of an experiment changes while its runs are being looked at. */
export interface ExperimentPulse {
  /** The newest run of the server, by its number. */
  newest: number;
  /** Runs of the experiment that were made after `since`. */
  created: string[];
  /** The running ones; the version is another text after every change. */
  running: { run_id: string; version: string }[];
}

const mostFollowed = 500;

export async function experimentPulse(sql: Sql, experiment_id: string, since?: number): Promise<ExperimentPulse> {
  const experiment = experimentNumber(experiment_id);
  const [row] = await sql<ExperimentPulse[]>`
    select
      (select coalesce(max(run), 0) from weir.runs) as newest,
      array(select run_id from weir.runs where run > ${since ?? 2 ** 62}::bigint and experiment_id = ${experiment}
        order by run limit ${mostFollowed}) as created,
      coalesce((select json_agg(json_build_object('run_id', run_id, 'version', version)) from (
        select run_id, concat(r.xmin::text, ' ',
          (select sum(step::numeric + timestamp + hashfloat8(value)) from weir.latest_metrics l where l.run = r.run)) as version
        from weir.runs r where experiment_id = ${experiment} and status = 'RUNNING' and lifecycle_stage = 'active'
        limit ${mostFollowed}) running), '[]') as running`;
  return row!;
}
