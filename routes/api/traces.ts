import type { z } from "zod";
import { assessmentsOf } from "../../db/assessments.ts";
import { spansOf } from "../../db/spans.ts";
import type { Sql } from "../../db/sql.ts";
import { getTrace, getTraces, linkTraces, startTrace } from "../../db/traces.ts";
import { ApiError, invalid, notFound } from "../../domain/errors.ts";
import { parseJson } from "../../domain/json.ts";
import { isRecord } from "../../domain/json_values.ts";
import type { OtlpSpan } from "../../domain/otlp.ts";
import { edit, read } from "../../domain/permissions.ts";
import { protobufSpan } from "../../domain/span_json.ts";
import { type TraceInfo, traceNames, trackingStore } from "../../domain/traces.ts";
import { Nothing } from "../../wire/answers.ts";
import { newAssessment } from "../../wire/assessments.ts";
import { missingParameter } from "../../wire/message.ts";
import {
  GetTrace,
  GetTraces,
  LinkTraces,
  OneTrace,
  StartTrace,
  TraceById,
  type TraceInfo as TraceInfoAnswer,
  traceInfoJson,
  Traces,
} from "../../wire/traces.ts";
import { endpoint } from "../endpoint.ts";

export const traceEndpoints = [
  endpoint({
    method: "POST",
    version: "3.0",
    path: "traces",
    summary: "Writes a trace's info; its spans come over OTLP, before or after.",
    input: StartTrace,
    output: OneTrace,
    access: edit.experiment,
    handle: async ({ sql, now }, { trace: { trace_info } }) => {
      const { trace_location, trace_metadata, assessments, ...info } = trace_info;
      const stored = await startTrace(
        sql,
        {
          ...info,
          experiment_id: trace_location.mlflow_experiment.experiment_id,
          client_request_id: info.client_request_id ?? null,
          request_preview: info.request_preview ?? null,
          response_preview: info.response_preview ?? null,
          execution_duration: info.execution_duration ?? null,
          state: info.state ?? "STATE_UNSPECIFIED",
          metadata: trace_metadata,
        },
        assessments.map((one, at) => newAssessment(one, `trace.trace_info.assessments[${at}]`)),
        now(),
      );
      return { trace: { trace_info: await oneInfo(sql, stored) } };
    },
  }),
  endpoint({
    method: "GET",
    version: "3.0",
    path: "traces/get",
    summary: "Answers a trace with its spans.",
    input: GetTrace,
    output: OneTrace,
    access: read.trace,
    handle: async ({ sql }, { trace_id, allow_partial }) => {
      const [info] = await getTraces(sql, [trace_id]);
      if (!info) throw notFound(`Trace with ID ${trace_id} is not found.`);
      if (!hasSpans(info)) throw invalid("Trace data not stored in tracking store");
      const spans = (await spansOf(sql, [trace_id])).get(trace_id) ?? [];
      if (!allow_partial && !isWhole(info, spans)) {
        throw notFound(`Trace with ID ${trace_id} is not fully exported yet, please try again later.`);
      }
      return { trace: traceJson(await oneInfo(sql, info), spans) };
    },
  }),
  endpoint({
    method: "GET",
    version: "3.0",
    path: "traces/batchGet",
    summary: "Answers those of these traces that are there and whole, with their spans.",
    input: GetTraces,
    output: Traces,
    access: read.trace,
    handle: async ({ sql }, { trace_ids, experiment_ids }) => {
      if (trace_ids.length === 0) throw missingParameter("trace_ids");
      const known = await getTraces(sql, trace_ids, experiment_ids.length > 0 ? experiment_ids : undefined);
      const kept = known.filter(hasSpans);
      const spans = await spansOf(sql, kept.map(({ trace_id }) => trace_id));
      const whole = kept.filter((info) => isWhole(info, spans.get(info.trace_id) ?? []));
      const infos = await traceInfos(sql, whole);
      const traces = infos.map((info) => traceJson(info, spans.get(info.trace_id) ?? []));
      return { ...(traces.length > 0 && { traces }) };
    },
  }),
  endpoint({
    method: "GET",
    version: "3.0",
    path: "traces/{trace_id}",
    summary: "Answers a trace's info, without its spans.",
    input: TraceById,
    output: OneTrace,
    access: read.trace,
    handle: async ({ sql }, { trace_id }) => ({
      trace: { trace_info: await oneInfo(sql, await getTrace(sql, trace_id)) },
    }),
  }),
  endpoint({
    method: "POST",
    path: "traces/link-to-run",
    summary: "Links traces to a run.",
    input: LinkTraces,
    output: Nothing,
    access: edit.trace,
    handle: ({ sql }, { trace_ids, run_id }) => linkTraces(sql, trace_ids, run_id),
  }),
];

type InfoJson = z.output<typeof TraceInfoAnswer>;

/** Infos of traces as they travel, with what was said of them. */
export async function traceInfos(sql: Sql, traces: readonly TraceInfo[]): Promise<InfoJson[]> {
  const assessments = await assessmentsOf(sql, traces.map(({ trace_id }) => trace_id));
  return traces.map((trace) => traceInfoJson(trace, assessments.get(trace.trace_id)));
}

async function oneInfo(sql: Sql, trace: TraceInfo): Promise<InfoJson> {
  const [info] = await traceInfos(sql, [trace]);
  if (!info) throw new ApiError("INTERNAL_ERROR", "A trace without an info.");
  return info;
}

const traceJson = (trace_info: InfoJson, spans: readonly OtlpSpan[]) => ({
  trace_info,
  ...(spans.length > 0 && { spans: spans.map(protobufSpan) }),
});

/** Of others, clients keep the spans among the artifacts. */
const hasSpans = ({ tags }: TraceInfo): boolean => tags[traceNames.spansLocation] === trackingStore;

/** Whether all the spans are there that the client counted. */
function isWhole({ metadata }: TraceInfo, spans: readonly OtlpSpan[]): boolean {
  const { num_spans } = jsonIn(metadata[traceNames.sizeStats]);
  return typeof num_spans !== "number" || spans.length >= num_spans;
}

function jsonIn(text = ""): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
