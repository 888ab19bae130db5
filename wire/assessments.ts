import { z } from "zod";
import {
  type Assessment as StoredAssessment,
  type AssessmentChange,
  type AssessmentError as StoredError,
  isStorable,
  type NewAssessment,
  type Said,
  sourceTypes,
} from "../domain/assessments.ts";
import { invalid } from "../domain/errors.ts";
import { parseTimestamp, timestampText } from "../domain/protobuf_time.ts";
import { bool, enumeration, message, missingParameter, name, text } from "./message.ts";

const optionalText = text.exactOptional();

/** An RFC 3339 text, as milliseconds since the epoch. */
const timestamp = text.refine(
  (value) => parseTimestamp(value) !== undefined,
  "Invalid value for parameter '{field}' supplied: expected an RFC 3339 timestamp, for example 2025-01-01T00:00:00.123Z.",
).transform((value) => parseTimestamp(value) ?? 0);

const json = z.unknown().refine(
  (value) => isStorable(value),
  "Invalid value for parameter '{field}' supplied: expected JSON of finite numbers and text without NUL characters and " +
    "unpaired surrogates, at most 100 levels deep.",
).optional();

const error = message({ error_code: optionalText, error_message: optionalText, stack_trace: optionalText });

/** An assessment as clients send it. */
export const Assessment = message({
  assessment_id: text.refine(
    (id) => id.length <= 250,
    "Invalid value for parameter '{field}' supplied: expected at most 250 characters.",
  ).exactOptional(),
  assessment_name: optionalText,
  span_id: optionalText,
  source: message({ source_type: enumeration(sourceTypes), source_id: text.default("") }).exactOptional(),
  create_time: timestamp.exactOptional(),
  feedback: message({ value: json, error: error.exactOptional() }).exactOptional(),
  expectation: message({
    value: json,
    serialized_value: message({ serialization_format: text.default(""), value: text.default("") }).exactOptional(),
  }).exactOptional(),
  issue: message({ issue_name: text.default("") }).exactOptional(),
  rationale: optionalText,
  metadata: z.record(text, text).exactOptional(),
  overrides: optionalText,
  valid: bool.exactOptional(),
});
type Message = z.output<typeof Assessment>;

export const CreateAssessment = message({ trace_id: name, assessment: Assessment });
export const AssessmentById = message({ trace_id: name, assessment_id: name });
export const UpdateAssessment = message({
  trace_id: name,
  assessment_id: name,
  assessment: Assessment,
  update_mask: name,
});

/**
 * What an assessment of a request says. `path` is where it stands in the request, for errors. INVALID_PARAMETER_VALUE for one
 * without a name, or that is not exactly one of feedback, expectation and issue.
 */
export function newAssessment(sent: Message, path = "assessment"): NewAssessment {
  if (!sent.assessment_name) throw missingParameter(`${path}.assessment_name`);
  return {
    ...said(sent),
    assessment_id: sent.assessment_id || undefined,
    span_id: sent.span_id || null,
    name: sent.assessment_name,
    source_type: sent.source?.source_type ?? "SOURCE_TYPE_UNSPECIFIED",
    source_id: sent.source?.source_id ?? "",
    rationale: sent.rationale || null,
    metadata: sent.metadata ?? null,
    overrides: sent.overrides || null,
    create_time: sent.create_time,
  };
}

/** What an update changes: the fields that its mask names. Others that MLflow does not change either are passed over. */
export function assessmentChange(sent: Message, mask: string): AssessmentChange {
  const fields = new Set(mask.split(",").map((field) => field.trim()));
  if (fields.has("valid")) throw invalid("The field 'valid' of an assessment cannot be updated.");
  const named = fields.has("assessmentName") || fields.has("assessment_name");
  if (named && !sent.assessment_name) throw missingParameter("assessment.assessment_name");
  if (fields.has("feedback") && fields.has("expectation")) {
    throw invalid("Cannot specify both `expectation` and `feedback` parameters.");
  }
  return {
    ...(named && { name: sent.assessment_name }),
    ...(fields.has("feedback") && { said: feedbackSaid(sent.feedback ?? {}) }),
    ...(fields.has("expectation") && { said: expectationSaid(sent.expectation ?? {}) }),
    ...(fields.has("rationale") && { rationale: sent.rationale ?? "" }),
    ...(fields.has("metadata") && { metadata: sent.metadata ?? {} }),
  };
}

function said({ feedback, expectation, issue }: Message): Said {
  const kinds = [feedback, expectation, issue].filter((kind) => kind !== undefined).length;
  if (kinds === 0) throw invalid("Unknown assessment type: None");
  if (kinds > 1) throw invalid("An assessment must be exactly one of 'feedback', 'expectation' and 'issue'.");
  if (feedback) return feedbackSaid(feedback);
  if (expectation) return expectationSaid(expectation);
  return { kind: "issue", value: JSON.stringify(issue?.issue_name ?? ""), error: null };
}

function feedbackSaid({ value, error }: { value?: unknown; error?: StoredError }): Said {
  return { kind: "feedback", value: JSON.stringify(value ?? null), error: error ?? null };
}

function expectationSaid({ value, serialized_value }: NonNullable<Message["expectation"]>): Said {
  if (serialized_value) return { kind: "expectation", value: deserialized(serialized_value), error: null };
  if (value === undefined) throw invalid("The `value` field must be specified.");
  return { kind: "expectation", value: JSON.stringify(value), error: null };
}

/** The JSON text of a serialized value: lists and objects as they were written, anything else as JavaScript writes it. */
function deserialized({ serialization_format, value }: { serialization_format: string; value: string }): string {
  if (serialization_format !== "JSON_FORMAT") {
    throw invalid(`Unknown serialization format: ${serialization_format}. Only JSON_FORMAT is supported.`);
  }
  const parsed = parsedJson(value);
  if (parsed !== undefined && isStorable(parsed)) {
    return typeof parsed === "object" && parsed !== null ? value : JSON.stringify(parsed);
  }
  throw invalid(
    "Invalid value for parameter 'assessment.expectation.serialized_value.value' supplied: expected JSON text of finite " +
      "numbers and text without NUL characters and unpaired surrogates, at most 100 levels deep.",
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const optional = z.string().exactOptional();

/** An assessment as it travels. */
export const AssessmentJson = z.object({
  assessment_id: z.string(),
  assessment_name: z.string(),
  trace_id: z.string(),
  span_id: optional,
  source: z.object({ source_type: z.enum(sourceTypes), source_id: optional }),
  create_time: z.string(),
  last_update_time: z.string(),
  feedback: z.object({
    value: z.unknown(),
    error: z.object({ error_code: optional, error_message: optional, stack_trace: optional }).exactOptional(),
  }).exactOptional(),
  expectation: z.object({
    value: z.unknown().optional(),
    serialized_value: z.object({ serialization_format: z.string(), value: z.string() }).exactOptional(),
  }).exactOptional(),
  issue: z.object({ issue_name: z.string() }).exactOptional(),
  rationale: optional,
  metadata: z.record(z.string(), z.string()).exactOptional(),
  overrides: optional,
  valid: z.boolean(),
}).meta({ id: "Assessment" });
export const OneAssessment = z.object({ assessment: AssessmentJson });

export function assessmentJson(stored: StoredAssessment): z.output<typeof AssessmentJson> {
  const { source_type, source_id, span_id, rationale, metadata, overrides } = stored;
  return {
    assessment_id: stored.assessment_id,
    assessment_name: stored.name,
    trace_id: stored.trace_id,
    ...(span_id !== null && { span_id }),
    source: { source_type, ...(source_id !== "" && { source_id }) },
    create_time: timestampText(stored.create_time),
    last_update_time: timestampText(stored.last_update_time),
    ...saidJson(stored),
    ...(rationale !== null && { rationale }),
    ...(metadata !== null && Object.keys(metadata).length > 0 && { metadata: { ...metadata } }),
    ...(overrides !== null && { overrides }),
    valid: stored.valid,
  };
}

function saidJson({ kind, value, error }: Said) {
  const parsed: unknown = JSON.parse(value);
  if (kind === "feedback") return { feedback: { value: parsed, ...(error !== null && { error }) } };
  if (kind === "issue") return { issue: { issue_name: String(parsed) } };
  if (typeof parsed !== "object" || parsed === null) return { expectation: { value: parsed } };
  return { expectation: { serialized_value: { serialization_format: "JSON_FORMAT", value } } };
}
