import { notFound } from "../domain/errors.ts";
import type { Worker } from "../domain/jobs.ts";
import { nowSql } from "./purges.ts";
import type { Sql } from "./sql.ts";

export type NewWorker = Pick<Worker, "worker_id" | "name" | "labels" | "slots" | "host" | "pid" | "version">;

/** Milliseconds that a worker is remembered without a heartbeat. */
const retention = 7 * 24 * 3600 * 1000;

export async function registerWorker(sql: Sql, worker: NewWorker): Promise<Worker> {
  const { worker_id, name, labels, slots, host, pid, version } = worker;
  const [row] = await sql<{ now: number }[]>`
    insert into weir.workers (worker_id, name, labels, slots, host, pid, version, started_time, last_heartbeat)
    values (${worker_id}, ${name}, ${labels}::text[], ${slots}, ${host}, ${pid}, ${version}, ${nowSql(sql)}, ${
    nowSql(sql)
  })
    returning started_time as now`;
  return { ...worker, started_time: row!.now, last_heartbeat: row!.now, running: 0 };
}

/** Those that were heard of in the last week, the latest first. */
export async function listWorkers(sql: Sql, most: number): Promise<Worker[]> {
  const rows = await sql<(Omit<Worker, "left_time"> & { left_time: number | null })[]>`
    select worker_id, name, labels, slots, host, pid, version, started_time, last_heartbeat, left_time,
      (select count(*)::int from weir.jobs j where j.owner = w.worker_id and j.state = 'running') as running
    from weir.workers w order by left_time is not null, last_heartbeat desc, number desc limit ${most}`;
  return rows.map(({ left_time, ...row }) => ({ ...row, ...(left_time !== null && { left_time }) }));
}

export interface KnownWorker {
  name: string;
  labels: string[];
}

/** Notes that a worker lives. RESOURCE_DOES_NOT_EXIST for one that is not known, or was forgotten: it must register again. */
export async function noteHeartbeat(sql: Sql, worker_id: string): Promise<KnownWorker> {
  const [row] = await sql<KnownWorker[]>`
    update weir.workers set last_heartbeat = ${nowSql(sql)}, left_time = null where worker_id = ${worker_id}
    returning name, labels`;
  if (!row) throw notFound(`Worker with ID '${worker_id}' not found.`);
  return row;
}

export async function noteLeave(sql: Sql, worker_id: string): Promise<void> {
  await sql`update weir.workers set left_time = ${nowSql(sql)} where worker_id = ${worker_id}`;
}

/** Forgets those that nobody has heard of for a week. */
export async function removeOldWorkers(sql: Sql): Promise<void> {
  await sql`delete from weir.workers where last_heartbeat < ${nowSql(sql)} - ${retention}::bigint`;
}

/** How many jobs with a label may run at once; null lifts the limit. */
export async function limitLabel(sql: Sql, label: string, most: number | null): Promise<void> {
  if (most === null) {
    await sql`delete from weir.label_limits where label = ${label}`;
  } else {
    await sql`
      insert into weir.label_limits (label, most) values (${label}, ${most})
      on conflict (label) do update set most = excluded.most`;
  }
}

/** By label. */
export async function labelLimits(sql: Sql): Promise<{ label: string; most: number }[]> {
  return await sql<{ label: string; most: number }[]>`select label, most from weir.label_limits order by label`;
}
