import type { KeyValue } from "../domain/entities.ts";
import { ApiError } from "../domain/errors.ts";
import { type Claim, type EndStatus, type Job, lease, longestUnwatched, retryPause, stateOf } from "../domain/jobs.ts";
import type { LogStream } from "../domain/run_log.ts";
import { leaseSql, mine } from "./job_rows.ts";
import { getJob } from "./jobs.ts";
import { nowSql } from "./purges.ts";
import { appendLog, logHead } from "./run_logs.ts";
import { logParamsAndTags } from "./runs.ts";
import { type Sql, transaction } from "./sql.ts";

/** What a worker hears when it tells of a job. Sizes are bytes: where its log goes on. */
export interface Progress {
  cancelling: boolean;
  stdout_size: number;
  stderr_size: number;
}

export interface Note {
  params: readonly KeyValue[];
  tags: readonly KeyValue[];
  reference?: Readonly<Record<string, string | number>> | undefined;
}

/**
 * Says that the worker is at a job, the first time that it begins: its run is RUNNING from then on; and notes what it has to say of the run.
 * RESOURCE_CONFLICT when the job is not the worker's any more, as in every function here.
 */
export async function noteProgress(sql: Sql, claim: Claim, { params, tags, reference }: Note): Promise<Progress> {
  return await transaction(sql, async (tx) => {
    const held = await hold(tx, claim);
    await tx`
      update weir.jobs set leased_until = ${leaseSql(tx, lease)}, begun = true,
        attempts = attempts + case when begun then 0 else 1 end,
        started_time = case when begun then started_time else ${nowSql(tx)} end,
        reference = coalesce(${reference === undefined ? null : JSON.stringify(reference)}::text::jsonb, reference)
      where ${mine(tx, claim)}`;
    if (!held.begun) await tx`update weir.runs set status = 'RUNNING', end_time = null where run = ${held.run}`;
    if (params.length + tags.length > 0) await logParamsAndTags(tx, held.run_id, params, tags);
    const { stdout_size, stderr_size } = await logHead(tx, held.run_id);
    return { cancelling: held.cancelling, stdout_size, stderr_size };
  });
}

/** Appends to the log of the job's run, and answers the stream's size. Errors as those of `appendLog`. */
export async function logOfJob(
  sql: Sql,
  claim: Claim,
  append: { stream: LogStream; bytes: Uint8Array; offset: number },
): Promise<number> {
  return await transaction(sql, async (tx) => {
    const { run_id, now } = await hold(tx, claim);
    return await appendLog(tx, { ...append, run_id, now });
  });
}

export interface Ended {
  status: EndStatus;
  exit_code?: number | undefined;
  reason?: string | undefined;
}

/**
 * Ends a job, and its run with it. One that FAILED goes back into the queue while it has attempts left. What was ended by the same claim
 * before is left as it is: the answer had got lost.
 */
export async function endJob(sql: Sql, claim: Claim, ended: Ended, chance: number): Promise<Job> {
  await transaction(sql, async (tx) => {
    if (await isOver(tx, claim)) return;
    const { run, attempts, max_attempts, cancelling } = await hold(tx, claim);
    if (ended.status === "FAILED" && attempts < max_attempts && !cancelling) {
      return await queueAgain(tx, claim.job_id, run, retryPause(attempts, chance), ended);
    }
    await close(tx, claim.job_id, run, ended);
  });
  return await getJob(sql, claim.job_id);
}

async function isOver(tx: Sql, { job_id, worker_id, fence }: Claim): Promise<boolean> {
  const [row] = await tx`
    select from weir.jobs where job_id = ${job_id} and owner = ${worker_id} and fence = ${fence} and state <> 'running'`;
  return row !== undefined;
}

/** Puts a job back into the queue. */
async function queueAgain(
  tx: Sql,
  job_id: string,
  run: number,
  pause: number,
  { exit_code, reason }: Omit<Ended, "status">,
) {
  await tx`
    update weir.jobs set state = 'queued', begun = false, token = null, leased_until = null,
      next_attempt = ${nowSql(tx)} + ${pause}::bigint, reason = ${reason ?? null}, exit_code = ${exit_code ?? null},
      reference = null
    where job_id = ${job_id}`;
  await tx`update weir.runs set status = 'SCHEDULED', end_time = null where run = ${run}`;
}

async function close(tx: Sql, job_id: string, run: number, { status, exit_code, reason }: Ended): Promise<void> {
  await tx`
    update weir.jobs set state = ${stateOf[status]}, token = null, leased_until = null, ended_time = ${nowSql(tx)},
      reason = case when cancelling and ${status} = 'KILLED' then reason else ${reason ?? null} end, exit_code = ${
    exit_code ?? null
  }
    where job_id = ${job_id}`;
  await tx`update weir.runs set status = ${status}, end_time = ${nowSql(tx)} where run = ${run}`;
}

interface Held {
  run: number;
  run_id: string;
  begun: boolean;
  cancelling: boolean;
  attempts: number;
  max_attempts: number;
  now: number;
}

/** Until the end of the transaction nobody takes the job away. */
async function hold(tx: Sql, claim: Claim): Promise<Held> {
  const [held] = await tx<Held[]>`
    with j as (select * from weir.jobs where ${mine(tx, claim)} for update)
    select j.run, r.run_id, j.begun, j.cancelling, j.attempts, j.max_attempts, ${nowSql(tx)} as now
    from j join weir.runs r using (run)`;
  if (held) return held;
  await getJob(tx, claim.job_id);
  throw new ApiError("RESOURCE_CONFLICT", `Job '${claim.job_id}' is not this worker's any more.`);
}

/** Claims after which a job is not tried again that no worker ever got to begin: it may be what ends them. */
const mostFence = 20;

interface Lost {
  job_id: string;
  run: number;
  begun: boolean;
  fence: number;
  attempts: number;
  max_attempts: number;
  cancelling: boolean;
  /** It goes on elsewhere, whatever became of the worker. */
  elsewhere: boolean;
  owned: boolean;
  worker: string | null;
}

/**
 * Takes jobs away whose leases have run out, or all those of one worker that leaves. What goes on elsewhere is nobody's until another
 * worker watches it; what had not begun waits again, what has attempts left too, and the rest has failed. Answers the ids.
 */
export async function sweepJobs(sql: Sql, chance: number, leaving?: string): Promise<string[]> {
  return await transaction(sql, async (tx) => {
    const lost = await tx<Lost[]>`
      select j.job_id, j.run, j.begun, j.fence, j.attempts, j.max_attempts, j.cancelling,
        j.reference is not null as elsewhere, j.owner is not null as owned,
        (select w.name from weir.workers w where w.worker_id = j.owner) as worker
      from weir.jobs j
      where j.state = 'running' and ${
      leaving === undefined ? sql`leased_until < ${nowSql(tx)}` : sql`owner = ${leaving}`
    }
      order by j.leased_until limit 100 for update of j skip locked`;
    for (const job of lost) await takeAway(tx, job, chance, leaving !== undefined);
    return lost.map(({ job_id }) => job_id);
  });
}

async function takeAway(tx: Sql, job: Lost, chance: number, left: boolean): Promise<void> {
  const { job_id, run, begun, fence, attempts, max_attempts, cancelling, elsewhere, owned } = job;
  if (elsewhere && owned) return await leaveAlone(tx, job_id);
  const reason = whyLost(job, left);
  if (cancelling) return await close(tx, job_id, run, { status: "KILLED", reason });
  if (!begun && fence < mostFence) return await queueAgain(tx, job_id, run, 0, { reason });
  if (begun && attempts < max_attempts) {
    return await queueAgain(tx, job_id, run, retryPause(attempts, chance), { reason });
  }
  await close(tx, job_id, run, { status: "FAILED", reason });
}

function whyLost({ owned, worker }: Lost, left: boolean): string {
  if (!owned) return "No worker was there to watch it for a day.";
  const name = worker ?? "unknown";
  return left ? `The worker ${name} was stopped.` : `lost worker ${name}: it was not heard of for a minute`;
}

/** Until another worker watches it, and `longestUnwatched` at most. */
async function leaveAlone(tx: Sql, job_id: string): Promise<void> {
  await tx`update weir.jobs set owner = null, leased_until = ${
    leaseSql(tx, longestUnwatched)
  } where job_id = ${job_id}`;
}

/** The run of a job that runs, by the SHA-256 of its token; undefined for a token that is not, or no longer, good. */
export async function runOfToken(
  sql: Sql,
  token: Uint8Array,
): Promise<{ run_id: string; experiment_id: string } | undefined> {
  const [row] = await sql<{ run_id: string; experiment_id: string }[]>`
    select r.run_id, r.experiment_id::text from weir.jobs j join weir.runs r using (run)
    where j.token = ${token} and j.state = 'running'
      and (j.leased_until > ${nowSql(sql)} or j.reference is not null)`;
  return row;
}
