import { deleteTraces, deleteTracesUntil, deleteTraceTag, setTraceTag } from "../../db/traces.ts";
import type { KeyValue } from "../../domain/entities.ts";
import { invalid } from "../../domain/errors.ts";
import { checkKey, limits, truncate } from "../../domain/names.ts";
import { edit, remove } from "../../domain/permissions.ts";
import { traceNames } from "../../domain/traces.ts";
import { Nothing } from "../../wire/answers.ts";
import {
  DeleteRequestTag,
  DeleteTraces,
  DeleteTraceTag,
  SetRequestTag,
  SetTraceTag,
  TracesDeleted,
} from "../../wire/traces.ts";
import { endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";

const setting = { method: "PATCH", summary: "Sets a tag of a trace.", output: Nothing, access: edit.trace } as const;
const removing = {
  method: "DELETE",
  summary: "Removes a tag of a trace.",
  output: Nothing,
  access: edit.trace,
} as const;
const deleting = {
  method: "POST",
  path: "traces/delete-traces",
  summary: "Deletes traces of an experiment: these, or all until a time.",
  input: DeleteTraces,
  output: TracesDeleted,
  access: remove.trace,
  handle: async (services: Services, query: TracesToDelete) => ({ traces_deleted: await deleteAsked(services, query) }),
} as const;

/** Each under both versions of the API: MLflow's clients of today still use the older. */
export const traceTagEndpoints = [
  endpoint({
    ...setting,
    path: "traces/{request_id}/tags",
    input: SetRequestTag,
    handle: ({ sql }, { request_id, ...tag }) => setTraceTag(sql, request_id, checkedTag(tag)),
  }),
  endpoint({
    ...setting,
    version: "3.0",
    path: "traces/{trace_id}/tags",
    input: SetTraceTag,
    handle: ({ sql }, { trace_id, ...tag }) => setTraceTag(sql, trace_id, checkedTag(tag)),
  }),
  endpoint({
    ...removing,
    path: "traces/{request_id}/tags",
    input: DeleteRequestTag,
    handle: ({ sql }, { request_id, key }) => deleteTraceTag(sql, request_id, mutable(key, "deleted")),
  }),
  endpoint({
    ...removing,
    version: "3.0",
    path: "traces/{trace_id}/tags",
    input: DeleteTraceTag,
    handle: ({ sql }, { trace_id, key }) => deleteTraceTag(sql, trace_id, mutable(key, "deleted")),
  }),
  endpoint(deleting),
  endpoint({ ...deleting, version: "3.0" }),
];

/** The server's own tags. */
const immutable = new Set<string>([traceNames.spansLocation, "mlflow.trace.archiveLocation"]);
const archivalFailure = "mlflow.trace.archivalFailure";

function mutable(key: string, what: "set" | "deleted"): string {
  if (!immutable.has(key) && !(key === archivalFailure && what === "set")) return key;
  throw invalid(`Tag '${key}' is immutable and cannot be ${what} on a trace.`);
}

function checkedTag({ key, value }: KeyValue): KeyValue {
  checkKey(mutable(key, "set"), "key", "key");
  return { key, value: truncate(value, limits.runTagValue) };
}

interface TracesToDelete {
  experiment_id: string;
  max_timestamp_millis?: number;
  max_traces?: number;
  request_ids: readonly string[];
}

async function deleteAsked({ sql }: Services, query: TracesToDelete): Promise<number> {
  const { experiment_id, max_timestamp_millis: time, max_traces: most, request_ids } = query;
  if (time === undefined && request_ids.length === 0) {
    throw invalid("Either `max_timestamp_millis` or `trace_ids` must be specified.");
  }
  if (time !== undefined && request_ids.length > 0) {
    throw invalid("Only one of `max_timestamp_millis` and `trace_ids` can be specified.");
  }
  if (most !== undefined && request_ids.length > 0) {
    throw invalid("`max_traces` can't be specified if `trace_ids` is specified.");
  }
  if (most !== undefined && most <= 0) {
    throw invalid(`\`max_traces\` must be a positive integer, received ${most}.`);
  }
  if (time === undefined) return await deleteTraces(sql, experiment_id, request_ids);
  return await deleteTracesUntil(sql, experiment_id, time, most ?? null);
}
