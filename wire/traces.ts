import { z } from "zod";
import type { Assessment as StoredAssessment } from "../domain/assessments.ts";
import { durationText, parseDuration, parseTimestamp, timestampText } from "../domain/protobuf_time.ts";
import { type TraceInfo as StoredTrace, traceStates } from "../domain/traces.ts";
import { Assessment, AssessmentJson, assessmentJson } from "./assessments.ts";
import { takes } from "./json_form.ts";
import { bool, enumeration, int64, list, message, name, text } from "./message.ts";

/** A text that says a time or a duration, as milliseconds. */
function millisecondsOf(parse: (text: string) => number | undefined, pattern: string, expected: string) {
  const schema = text.transform((value, context) => {
    const ms = parse(value);
    if (ms !== undefined) return ms;
    context.addIssue({
      code: "custom",
      message: `Invalid value for parameter '{field}' supplied: expected ${expected}.`,
    });
    return z.NEVER;
  });
  return takes(schema, { type: "string", pattern });
}

const timestamp = millisecondsOf(
  parseTimestamp,
  "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)$",
  "a time as 2025-01-31T12:00:00.123Z",
);
const duration = millisecondsOf(parseDuration, "^-?\\d{1,12}(\\.\\d{1,9})?s$", "a duration as 1.5s");
const texts = z.record(text, text).default({});

/** A trace's id as a client may choose it. MLflow's have 35 characters. */
const traceId = takes(
  name.refine(
    (id) => id.length <= 250,
    "Invalid value for parameter '{field}' supplied: expected at most 250 characters.",
  ),
  { type: "string", minLength: 1, maxLength: 250 },
);

export const StartTrace = message({
  trace: message({
    trace_info: message({
      trace_id: traceId,
      client_request_id: text.exactOptional(),
      trace_location: message({ mlflow_experiment: message({ experiment_id: name }) }),
      request_preview: text.exactOptional(),
      response_preview: text.exactOptional(),
      request_time: timestamp.default(0),
      execution_duration: duration.exactOptional(),
      state: enumeration(traceStates),
      trace_metadata: texts,
      tags: texts,
      assessments: list(Assessment),
    }),
  }),
});

export const TraceById = message({ trace_id: name });
export const GetTrace = message({ trace_id: name, allow_partial: bool.default(false) });
export const GetTraces = message({ trace_ids: list(text), experiment_ids: list(text) });
export const SetTraceTag = message({ trace_id: name, key: name, value: text.default("") });
export const SetRequestTag = message({ request_id: name, key: name, value: text.default("") });
export const DeleteTraceTag = message({ trace_id: name, key: name });
export const DeleteRequestTag = message({ request_id: name, key: name });
export const DeleteTraces = message({
  experiment_id: name,
  max_timestamp_millis: int64.exactOptional(),
  max_traces: int64.exactOptional(),
  request_ids: list(text),
});
export const LinkTraces = message({ trace_ids: z.array(text), run_id: name });
export const GetTraceArtifact = message({ request_id: text.default(""), path: text.default("") });

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.exactOptional();

export const TraceInfo = z.object({
  trace_id: z.string(),
  client_request_id: optional(z.string()),
  trace_location: z.object({
    type: z.literal("MLFLOW_EXPERIMENT"),
    mlflow_experiment: z.object({ experiment_id: z.string() }),
  }),
  request_preview: optional(z.string()),
  response_preview: optional(z.string()),
  request_time: z.string(),
  execution_duration: optional(z.string()),
  state: z.enum(traceStates),
  trace_metadata: optional(z.record(z.string(), z.string())),
  assessments: optional(z.array(AssessmentJson)),
  tags: optional(z.record(z.string(), z.string())),
}).meta({ id: "TraceInfo" });

/** A span in the JSON of protobuf: ids in base64. */
const Span = z.looseObject({ trace_id: z.string(), span_id: z.string(), name: optional(z.string()) }).meta({
  id: "Span",
});

export const Trace = z.object({ trace_info: TraceInfo, spans: optional(z.array(Span)) }).meta({ id: "Trace" });
export const OneTrace = z.object({ trace: Trace });
export const Traces = z.object({ traces: optional(z.array(Trace)) });
export const TracesDeleted = z.object({ traces_deleted: z.int() });

/** A trace's info as it travels. */
export function traceInfoJson(
  stored: StoredTrace,
  assessments: readonly StoredAssessment[] = [],
): z.output<typeof TraceInfo> {
  const { client_request_id, request_preview, response_preview, execution_duration, metadata, tags } = stored;
  return {
    trace_id: stored.trace_id,
    ...(client_request_id !== null && { client_request_id }),
    trace_location: {
      type: "MLFLOW_EXPERIMENT",
      mlflow_experiment: { experiment_id: String(stored.experiment_id) },
    },
    ...(request_preview !== null && { request_preview }),
    ...(response_preview !== null && { response_preview }),
    request_time: timestampText(stored.request_time),
    ...(execution_duration !== null && { execution_duration: durationText(execution_duration) }),
    state: stored.state,
    ...(Object.keys(metadata).length > 0 && { trace_metadata: metadata }),
    ...(assessments.length > 0 && { assessments: assessments.map(assessmentJson) }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}
