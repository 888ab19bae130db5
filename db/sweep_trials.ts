import type { KeyValue } from "../domain/entities.ts";
import type { JobState, NewJob } from "../domain/jobs.ts";
import type { Sweep, Trial } from "../domain/sweeps/sweep.ts";
import { cancelJob, submitJob } from "./jobs.ts";
import { type Sql, transaction } from "./sql.ts";

interface TrialRow {
  number: number;
  job_id: string;
  run_id: string;
  state: JobState;
  cancelling: boolean;
  reason: string | null;
  parameters: KeyValue[];
  value: number | null;
}

/** All trials of a sweep whose runs are there, by their numbers. */
export async function sweepTrials(sql: Sql, { sweep_id, metric, space }: Sweep): Promise<Trial[]> {
  const rows = await sql<TrialRow[]>`
    select j.trial as number, j.job_id, r.run_id, j.state, j.cancelling, j.reason, j.spec -> 'parameters' as parameters, l.value
    from weir.sweeps s join weir.jobs j on j.sweep = s.sweep join weir.runs r on r.run = j.run
    left join weir.metric_keys k on k.name = ${metric ?? null}
    left join weir.latest_metrics l on l.run = r.run and l.key = k.key
    where s.sweep_id = ${sweep_id} and r.lifecycle_stage = 'active' order by j.trial`;
  return rows.map(({ reason, parameters, value, ...row }) => {
    const given = new Map(parameters.map(({ key, value }) => [key, value]));
    const values = space.map(({ key }) => ({ key, value: given.get(key) ?? "" }));
    return { ...row, values, ...(reason !== null && { reason }), ...(value !== null && { value }) };
  });
}

/** Queues the job of a trial. Errors as those of `submitJob`. */
export async function submitTrial(sql: Sql, sweep: Sweep, number: number, job: NewJob): Promise<void> {
  await transaction(sql, async (tx) => {
    await submitJob(tx, job, sweep.experiment_id);
    await tx`
      update weir.jobs set trial = ${number}, sweep = s.sweep from weir.sweeps s
      where s.sweep_id = ${sweep.sweep_id} and job_id = ${job.job_id}`;
  });
}

/** Ends the trials of a sweep that wait or run, for that reason. */
export async function cancelTrials(sql: Sql, sweep_id: string, reason: string): Promise<void> {
  const rows = await sql<{ job_id: string }[]>`
    select j.job_id from weir.jobs j join weir.sweeps s using (sweep)
    where s.sweep_id = ${sweep_id} and j.state in ('queued', 'running') order by j.trial`;
  for (const { job_id } of rows) await cancelJob(sql, job_id, reason);
}
