import { isRecord, type JsonRecord } from "./json_values.ts";
import {
  type AnyValue,
  type Attribute,
  deepest,
  jsonDouble,
  OtlpError,
  type OtlpEvent,
  type OtlpLink,
  type OtlpSpan,
  type OtlpStatus,
  parentIdentifier,
  type SpanBatch,
  spanIdentifier,
  storableText,
} from "./otlp.ts";

/** The batches of a request in OTLP's JSON. Throws an OtlpError, as the reader of protobuf does. */
export function readJsonSpans(request: unknown): SpanBatch[] {
  return items(record(request).resourceSpans).map((batch) => ({
    resource: attributes(record(batch.resource ?? {}).attributes, 0),
    spans: items(batch.scopeSpans).flatMap((scope) => items(scope.spans)).map(spanOf),
  }));
}

function spanOf(span: JsonRecord): OtlpSpan {
  const end = uint64(span.endTimeUnixNano);
  return {
    traceId: spanIdentifier(hex(span.traceId), 32),
    spanId: spanIdentifier(hex(span.spanId), 16),
    ...parentIdentifier(hex(span.parentSpanId)),
    name: text(span.name),
    startTimeUnixNano: uint64(span.startTimeUnixNano),
    ...(end !== "0" && { endTimeUnixNano: end }),
    attributes: attributes(span.attributes, 0),
    events: items(span.events).map(eventOf),
    links: items(span.links).map(linkOf),
    status: statusOf(record(span.status ?? {})),
  };
}

const eventOf = (event: JsonRecord): OtlpEvent => ({
  timeUnixNano: uint64(event.timeUnixNano),
  name: text(event.name),
  attributes: attributes(event.attributes, 0),
});

const linkOf = (link: JsonRecord): OtlpLink => ({
  traceId: spanIdentifier(hex(link.traceId), 32),
  spanId: spanIdentifier(hex(link.spanId), 16),
  attributes: attributes(link.attributes, 0),
});

const statusCodes = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

function statusOf({ code = 0, message }: JsonRecord): OtlpStatus {
  const number = typeof code === "string" ? statusCodes.indexOf(code) : code ?? 0;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0) throw malformed();
  const said = text(message);
  return { code: number, ...(said !== "" && { message: said }) };
}

const attributes = (value: unknown, depth: number): Attribute[] =>
  items(value).map((pair) => ({ key: text(pair.key), value: anyValue(record(pair.value ?? {}), depth + 1) }));

function anyValue(value: JsonRecord, depth: number): AnyValue {
  if (depth > deepest) throw malformed();
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (stringValue !== undefined) return { stringValue: text(stringValue) };
  if (boolValue !== undefined) return { boolValue: bool(boolValue) };
  if (intValue !== undefined) return { intValue: int64(intValue) };
  if (doubleValue !== undefined) return { doubleValue: double(doubleValue) };
  if (arrayValue !== undefined) {
    return { arrayValue: { values: items(record(arrayValue).values).map((item) => anyValue(item, depth + 1)) } };
  }
  if (kvlistValue !== undefined) return { kvlistValue: { values: attributes(record(kvlistValue).values, depth) } };
  if (bytesValue !== undefined) return { bytesValue: base64(bytesValue) };
  return {};
}

const malformed = (): OtlpError => new OtlpError("request");

function record(value: unknown): JsonRecord {
  if (!isRecord(value)) throw malformed();
  return value;
}

function items(value: unknown): JsonRecord[] {
  if (!Array.isArray(value ?? [])) throw malformed();
  return [value ?? []].flat().map(record);
}

function bool(value: unknown): boolean {
  if (typeof value !== "boolean") throw malformed();
  return value;
}

function text(value: unknown): string {
  if (typeof (value ?? "") !== "string") throw malformed();
  return storableText(String(value ?? ""));
}

/** An id that is no text, or not in hexadecimal, spoils the request, not only its span. */
function hex(value: unknown): string {
  const id = text(value);
  if (!/^([0-9a-f]{2})*$/i.test(id)) throw malformed();
  return id;
}

function integer(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw malformed();
}

function uint64(value: unknown): string {
  const number = integer(value ?? 0);
  if (BigInt.asUintN(64, number) !== number) throw malformed();
  return String(number);
}

function int64(value: unknown): string {
  const number = integer(value);
  if (BigInt.asIntN(64, number) !== number) throw malformed();
  return String(number);
}

function double(value: unknown): number | string {
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return value;
  const number = typeof value === "string" && value.trim() !== "" || typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) throw malformed();
  return jsonDouble(number);
}

function base64(value: unknown): string {
  try {
    return Uint8Array.fromBase64(text(value)).toBase64();
  } catch {
    throw malformed();
  }
}
