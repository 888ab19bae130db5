import { parseInt64 } from "./int64.ts";
import { wireDouble } from "./json.ts";
import type { AnyValue, Attribute, OtlpEvent, OtlpLink, OtlpSpan } from "./otlp.ts";
import { jsonText } from "./traces.ts";

const statusCodes = [undefined, "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

/** Of protobuf's fields those that differ from their default. */
const unlessDefault = (key: string, value: string | bigint | number | readonly unknown[]): Record<string, unknown> =>
  value === "" || value === 0 || Array.isArray(value) && value.length === 0 ? {} : { [key]: value };

const idBytes = (hex: string): string => Uint8Array.fromHex(hex).toBase64();

/** A span as MLflow answers it: OTLP's message as protobuf prints it, with ids in base64 and integers as numbers. */
export function protobufSpan(span: OtlpSpan): { trace_id: string; span_id: string; [field: string]: unknown } {
  const { code, message = "" } = span.status;
  return {
    trace_id: idBytes(span.traceId),
    span_id: idBytes(span.spanId),
    ...(span.parentSpanId && { parent_span_id: idBytes(span.parentSpanId) }),
    ...unlessDefault("name", span.name),
    ...unlessDefault("start_time_unix_nano", parseInt64(span.startTimeUnixNano)),
    ...unlessDefault("end_time_unix_nano", parseInt64(span.endTimeUnixNano ?? "0")),
    attributes: withRequestId(span).map(protobufAttribute),
    ...unlessDefault("events", span.events.map(protobufEvent)),
    ...unlessDefault("links", span.links.map(protobufLink)),
    status: { ...unlessDefault("message", message), ...(statusCodes[code] && { code: statusCodes[code] }) },
  };
}

/** MLflow's id of the trace is the server's to say. */
function withRequestId({ traceId, attributes }: OtlpSpan): Attribute[] {
  const key = "mlflow.traceRequestId";
  return [{ key, value: { stringValue: `tr-${traceId}` } }, ...attributes.filter((one) => one.key !== key)];
}

const protobufEvent = (event: OtlpEvent): Record<string, unknown> => ({
  ...unlessDefault("time_unix_nano", parseInt64(event.timeUnixNano)),
  ...unlessDefault("name", event.name),
  ...unlessDefault("attributes", event.attributes.map(protobufAttribute)),
});

const protobufLink = (link: OtlpLink): Record<string, unknown> => ({
  trace_id: idBytes(link.traceId),
  span_id: idBytes(link.spanId),
  ...unlessDefault("attributes", link.attributes.map(protobufAttribute)),
});

const protobufAttribute = ({ key, value }: Attribute): Record<string, unknown> => ({
  key,
  value: protobufValue(value),
});

function protobufValue(value: AnyValue): Record<string, unknown> {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (stringValue !== undefined) return { string_value: stringValue };
  if (boolValue !== undefined) return { bool_value: boolValue };
  if (intValue !== undefined) return { int_value: parseInt64(intValue) };
  if (doubleValue !== undefined) return { double_value: doubleValue };
  if (arrayValue) return { array_value: unlessDefault("values", arrayValue.values.map(protobufValue)) };
  if (kvlistValue) return { kvlist_value: unlessDefault("values", kvlistValue.values.map(protobufAttribute)) };
  return bytesValue === undefined ? {} : { bytes_value: bytesValue };
}

/** A span as it stands in the file traces.json of MLflow's clients, which its pages ask for: attributes are JSON in texts. */
export function fileSpan(span: OtlpSpan): Record<string, unknown> {
  return {
    trace_id: idBytes(span.traceId),
    span_id: idBytes(span.spanId),
    parent_span_id: span.parentSpanId ? idBytes(span.parentSpanId) : null,
    name: span.name,
    start_time_unix_nano: parseInt64(span.startTimeUnixNano),
    end_time_unix_nano: span.endTimeUnixNano === undefined ? null : parseInt64(span.endTimeUnixNano),
    events: span.events.map((event) => ({
      name: event.name,
      time_unix_nano: parseInt64(event.timeUnixNano),
      attributes: plainAttributes(event.attributes),
    })),
    status: { code: statusCodes[span.status.code] ?? "STATUS_CODE_UNSET", message: span.status.message ?? "" },
    attributes: Object.fromEntries(withRequestId(span).map(({ key, value }) => [key, jsonText(value)])),
    links: span.links.map((link) => ({
      trace_id: `tr-${link.traceId}`,
      span_id: link.spanId,
      attributes: plainAttributes(link.attributes),
    })),
  };
}

const plainAttributes = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));

function plainValue(value: AnyValue): unknown {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (intValue !== undefined) return parseInt64(intValue);
  if (doubleValue !== undefined) return wireDouble(Number(doubleValue));
  if (arrayValue) return arrayValue.values.map(plainValue);
  if (kvlistValue) return plainAttributes(kvlistValue.values);
  return stringValue ?? boolValue ?? bytesValue ?? null;
}
