import { pythonFloat } from "./json.ts";
import { isRecord, type JsonRecord } from "./json_values.ts";
import type { AnyValue, Attribute, OtlpSpan } from "./otlp.ts";

export const traceStates = ["STATE_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"] as const;
export type TraceState = (typeof traceStates)[number];

/** A trace without its spans. Times in milliseconds. */
export interface TraceInfo {
  trace_id: string;
  experiment_id: number;
  request_time: number;
  /** Null while it runs. */
  execution_duration: number | null;
  state: TraceState;
  client_request_id: string | null;
  request_preview: string | null;
  response_preview: string | null;
  tags: Record<string, string>;
  metadata: Record<string, string>;
}

/** MLflow's names of tags, metadata and attributes that mean something to a server. */
export const traceNames = {
  artifactLocation: "mlflow.artifactLocation",
  spansLocation: "mlflow.trace.spansLocation",
  finalized: "mlflow.trace.infoFinalized",
  tokenUsage: "mlflow.trace.tokenUsage",
  cost: "mlflow.trace.cost",
  sizeStats: "mlflow.trace.sizeStats",
  session: "mlflow.trace.session",
  user: "mlflow.trace.user",
} as const;

/** Where a trace's files are, below its experiment's. */
export const traceFolder = (artifact_location: string, trace_id: string): string =>
  `${artifact_location.replace(/\/$/, "")}/traces/${trace_id}/artifacts`;

/** The value of `spansLocation` for spans that came over OTLP. */
export const trackingStore = "TRACKING_STORE";

/** What spans of one trace say of it, in so far as nobody said so. */
export interface DerivedTrace {
  /** Milliseconds since the epoch. */
  request_time: number;
  /** Milliseconds; null while every span runs. */
  execution_duration: number | null;
  /** IN_PROGRESS until there is a root span. */
  state: TraceState;
  request_preview: string | null;
  response_preview: string | null;
  tags: Record<string, string>;
  metadata: Record<string, string>;
}

/** Source: what MLflow 3.17.2 answers of a trace whose spans alone it got. */
export function deriveTrace(spans: readonly OtlpSpan[], resource: readonly Attribute[]): DerivedTrace {
  const start = Math.min(...spans.map(({ startTimeUnixNano }) => milliseconds(startTimeUnixNano)));
  const ends = spans.flatMap(({ endTimeUnixNano: end }) => end === undefined ? [] : [milliseconds(end)]);
  const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
  return {
    request_time: start,
    execution_duration: ends.length > 0 ? Math.max(...ends) - start : null,
    state: root ? root.status.code === 2 ? "ERROR" : "OK" : "IN_PROGRESS",
    request_preview: preview(root, "mlflow.spanInputs"),
    response_preview: preview(root, "mlflow.spanOutputs"),
    tags: { ...resourceTags(resource), ...rootTags(root), [traceNames.spansLocation]: trackingStore },
    metadata: {
      ...firstText(spans, traceNames.session, ["session.id", "gen_ai.conversation.id"]),
      ...firstText(spans, traceNames.user, ["user.id"]),
    },
  };
}

const milliseconds = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000_000n);

export const attributeOf = (span: OtlpSpan, key: string): AnyValue | undefined =>
  span.attributes.findLast((attribute) => attribute.key === key)?.value;

/** What a span is called a kind of, e.g. LLM. */
export const spanType = (span: OtlpSpan): string => attributeOf(span, "mlflow.spanType")?.stringValue || "UNKNOWN";

/** Characters. */
const longestPreview = 1000;

function preview(root: OtlpSpan | undefined, key: string): string | null {
  const value = root && attributeOf(root, key);
  if (!value) return null;
  const text = jsonText(value);
  if (text.length <= longestPreview) return text;
  const characters = [...text];
  return characters.length <= longestPreview ? text : `${characters.slice(0, longestPreview - 3).join("")}...`;
}

const traceTag = "mlflow.traceTag.";
const tagKey = /^[/\p{L}\p{N}_.\- :]{1,250}$/u;

function rootTags(root: OtlpSpan | undefined): Record<string, string> {
  const pairs = (root?.attributes ?? []).filter(({ key }) => key.startsWith(traceTag))
    .map(({ key, value }) => ({ key: key.slice(traceTag.length), value }));
  return tagsOf(pairs);
}

/** What sent the spans says of itself, e.g. service.name. */
const resourceTags = (resource: readonly Attribute[]): Record<string, string> =>
  tagsOf(resource.filter(({ key }) => !key.startsWith("telemetry.sdk.") && !key.startsWith("mlflow.")));

const tagsOf = (pairs: readonly Attribute[]): Record<string, string> =>
  Object.fromEntries(
    pairs.filter(({ key }) => tagKey.test(key)).map(({ key, value }) => [key, plainText(value).slice(0, 8000)]),
  );

function firstText(spans: readonly OtlpSpan[], name: string, keys: readonly string[]): Record<string, string> {
  const value = spans.flatMap((span) => keys.map((key) => attributeOf(span, key))).find((one) => one && plainText(one));
  return value ? { [name]: plainText(value).slice(0, 250).toWellFormed() } : {};
}

/** A text as it is, anything else as JSON. */
const plainText = (value: AnyValue): string => value.stringValue?.toWellFormed() ?? jsonText(value);

/** A value as JSON in Python's spacing. */
export function jsonText(value: AnyValue): string {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (intValue !== undefined) return intValue;
  if (doubleValue !== undefined) return typeof doubleValue === "number" ? pythonFloat(doubleValue) : doubleValue;
  if (arrayValue) return `[${arrayValue.values.map(jsonText).join(", ")}]`;
  if (kvlistValue) {
    return `{${kvlistValue.values.map(({ key, value }) => `${JSON.stringify(key)}: ${jsonText(value)}`).join(", ")}}`;
  }
  return JSON.stringify(stringValue ?? boolValue ?? bytesValue ?? null);
}

/** A span's use of something, as it was told; children of a span that tells are counted in it. */
export interface UsageNode {
  span_id: string;
  parent_id: string | null;
  usage: AnyValue | null;
}

export const usageKinds = [
  {
    attribute: "mlflow.chat.tokenUsage",
    metadata: traceNames.tokenUsage,
    keys: ["input_tokens", "output_tokens", "total_tokens"],
  },
  { attribute: "mlflow.llm.cost", metadata: traceNames.cost, keys: ["input_cost", "output_cost", "total_cost"] },
] as const;

/** The sums of `keys` over a trace, in JSON; undefined where no span tells. A span within one that tells does not count again. */
export function totalUsage(nodes: readonly UsageNode[], keys: readonly string[]): string | undefined {
  const told = new Map(nodes.map((node) => [node.span_id, usageOf(node.usage)]));
  const parents = new Map(nodes.map(({ span_id, parent_id }) => [span_id, parent_id]));
  const counted = nodes.filter(({ span_id }) => told.get(span_id) && !within(span_id, parents, told))
    .map(({ span_id }) => told.get(span_id) ?? {});
  if (counted.length === 0) return undefined;
  const sums = keys.map((key) => {
    const sum = counted.reduce((total, usage) => total + finite(usage[key]), 0);
    return `"${key}": ${key.endsWith("cost") ? pythonFloat(sum) : sum}`;
  });
  return `{${sums.join(", ")}}`;
}

function within(
  span_id: string,
  parents: ReadonlyMap<string, string | null>,
  told: ReadonlyMap<string, JsonRecord | undefined>,
): boolean {
  // Spans may claim to be each other's parents.
  const seen = new Set([span_id]);
  for (let at = parents.get(span_id); at && !seen.has(at); at = parents.get(at)) {
    if (told.get(at)) return true;
    seen.add(at);
  }
  return false;
}

function usageOf(value: AnyValue | null): JsonRecord | undefined {
  if (!value) return undefined;
  try {
    const usage: unknown = JSON.parse(value.stringValue ?? jsonText(value));
    return isRecord(usage) ? usage : undefined;
  } catch {
    return undefined;
  }
}

const finite = (value: unknown): number => typeof value === "number" && Number.isFinite(value) ? value : 0;
