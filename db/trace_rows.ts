import { type ApiError, notFound } from "../domain/errors.ts";
import type { TraceInfo } from "../domain/traces.ts";
import type { Fragment } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

/** A row of weir.traces. */
export type TraceRow = TraceInfo;

/** The columns of a TraceRow, of the table weir.traces under its own name. */
export const traceColumns = (sql: Sql): Fragment =>
  sql`traces.trace_id, traces.experiment_id, traces.request_time, traces.execution_duration, traces.state,
    traces.client_request_id, traces.request_preview, traces.response_preview, traces.tags, traces.metadata`;

export const unknownTrace = (trace_id: string): ApiError => notFound(`Trace with ID '${trace_id}' not found.`);
