import type { NewAssessment } from "../domain/assessments.ts";
import type { KeyValue } from "../domain/entities.ts";
import { invalid, notFound } from "../domain/errors.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { traceFolder, traceNames } from "../domain/traces.ts";
import { experimentNotActive, getExperiment } from "./experiments.ts";
import { addAssessments } from "./assessments.ts";
import { type Sql, transaction } from "./sql.ts";
import { traceColumns, type TraceRow, unknownTrace } from "./trace_rows.ts";

export type NewTrace = Omit<TraceRow, "experiment_id"> & { experiment_id: string };

/**
 * Writes a trace's info. Of a trace that is there already, of its spans or of an earlier request, the fields are replaced, and tags
 * and metadata added, as are the assessments that come with it. The experiment must be active.
 */
export async function startTrace(
  sql: Sql,
  trace: NewTrace,
  assessments: readonly NewAssessment[],
  now: number,
): Promise<TraceRow> {
  return await transaction(sql, async (tx) => {
    const row = await upsertTrace(tx, trace);
    await addAssessments(tx, trace.trace_id, assessments, now);
    return row;
  });
}

async function upsertTrace(sql: Sql, trace: NewTrace): Promise<TraceRow> {
  const { artifact_location, lifecycle_stage } = await getExperiment(sql, trace.experiment_id);
  if (lifecycle_stage !== "active") throw await experimentNotActive(sql, trace.experiment_id);
  const tags = { ...trace.tags, [traceNames.artifactLocation]: traceFolder(artifact_location, trace.trace_id) };
  const metadata = { ...trace.metadata, [traceNames.finalized]: "true" };
  const [row] = await sql<TraceRow[]>`
    insert into weir.traces (trace_id, experiment_id, request_time, execution_duration, state, client_request_id,
      request_preview, response_preview, tags, metadata, finalized)
    values (${trace.trace_id}, ${experimentNumber(trace.experiment_id)}, ${trace.request_time},
      ${trace.execution_duration}, ${trace.state}, ${trace.client_request_id}, ${trace.request_preview},
      ${trace.response_preview}, ${sql.json(tags)}, ${sql.json(metadata)}, true)
    on conflict (trace_id) do update set
      experiment_id = excluded.experiment_id, request_time = excluded.request_time,
      execution_duration = excluded.execution_duration, state = excluded.state,
      client_request_id = excluded.client_request_id,
      request_preview = coalesce(excluded.request_preview, traces.request_preview),
      response_preview = coalesce(excluded.response_preview, traces.response_preview),
      tags = traces.tags || excluded.tags, metadata = traces.metadata || excluded.metadata, finalized = true
    returning ${traceColumns(sql)}`;
  return row!;
}

/** RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getTrace(sql: Sql, trace_id: string): Promise<TraceRow> {
  const [row] = await sql<TraceRow[]>`select ${traceColumns(sql)} from weir.traces where trace_id = ${trace_id}`;
  if (!row) throw unknownTrace(trace_id);
  return row;
}

/** Those that exist among these, in that order, of these experiments where some are named. */
export async function getTraces(
  sql: Sql,
  trace_ids: readonly string[],
  experiment_ids?: readonly string[],
): Promise<TraceRow[]> {
  const experiments = experiment_ids?.map(experimentNumber) ?? [];
  const rows = await sql<TraceRow[]>`
    select ${traceColumns(sql)} from weir.traces where trace_id = any(${[...trace_ids]}::text[])
      and (${experiment_ids === undefined} or experiment_id = any(${experiments}::bigint[]))`;
  const known = new Map(rows.map((row) => [row.trace_id, row]));
  return [...new Set(trace_ids)].flatMap((trace_id) => known.get(trace_id) ?? []);
}

export async function setTraceTag(sql: Sql, trace_id: string, { key, value }: KeyValue): Promise<void> {
  const rows = await sql`
    update weir.traces set tags = tags || ${sql.json({ [key]: value })} where trace_id = ${trace_id} returning 1`;
  if (rows.length === 0) throw unknownTrace(trace_id);
}

/** RESOURCE_DOES_NOT_EXIST when there is no such tag, or no such trace. */
export async function deleteTraceTag(sql: Sql, trace_id: string, key: string): Promise<void> {
  const rows = await sql`
    update weir.traces set tags = tags - ${key}::text where trace_id = ${trace_id} and tags ? ${key}::text returning 1`;
  if (rows.length === 0) throw notFound(`No trace tag with key '${key}' for trace with ID '${trace_id}'`);
}

/** Deletes these traces of an experiment, and answers how many there were. */
export async function deleteTraces(sql: Sql, experiment_id: string, trace_ids: readonly string[]): Promise<number> {
  const rows = await sql`
    delete from weir.traces
    where experiment_id = ${experimentNumber(experiment_id)} and trace_id = any(${[...trace_ids]}::text[]) returning 1`;
  return rows.length;
}

/** Deletes the traces of an experiment that began at `time`, in ms, or before; the oldest `most` of them where that is said. */
export async function deleteTracesUntil(
  sql: Sql,
  experiment_id: string,
  time: number,
  most: number | null,
): Promise<number> {
  const rows = await sql`
    delete from weir.traces where trace_id in (
      select trace_id from weir.traces
      where experiment_id = ${experimentNumber(experiment_id)} and request_time <= ${time}
      order by request_time, trace_id limit ${most})
    returning 1`;
  return rows.length;
}

/** Most traces that are linked to a run in one request, as in MLflow. */
const mostLinks = 100;

/** Links those traces that exist to a run. */
export async function linkTraces(sql: Sql, trace_ids: readonly string[], run_id: string): Promise<void> {
  if (trace_ids.length > mostLinks) {
    throw invalid(
      `Cannot link more than ${mostLinks} traces to a run in a single request. Provided ${trace_ids.length} traces.`,
    );
  }
  await sql`
    insert into weir.trace_runs (trace_id, run_id)
    select trace_id, run_id from weir.traces, weir.runs
    where trace_id = any(${[...trace_ids]}::text[]) and run_id = ${run_id}
    on conflict do nothing`;
}
