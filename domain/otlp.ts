/**
 * Spans of OpenTelemetry, in the form of OTLP's JSON: names in camelCase, ids in hexadecimal, 64-bit integers as text.
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export interface OtlpSpan {
  /** 32 hexadecimal characters. */
  traceId: string;
  /** 16 hexadecimal characters. */
  spanId: string;
  /** Absent on a root span. */
  parentSpanId?: string;
  name: string;
  /** Nanoseconds since the epoch. */
  startTimeUnixNano: string;
  /** Absent while the span runs. */
  endTimeUnixNano?: string;
  attributes: Attribute[];
  events: OtlpEvent[];
  links: OtlpLink[];
  status: OtlpStatus;
}

export interface OtlpStatus {
  /** 0 unset, 1 OK, 2 error. */
  code: number;
  message?: string;
}

export interface OtlpEvent {
  timeUnixNano: string;
  name: string;
  attributes: Attribute[];
}

export interface OtlpLink {
  traceId: string;
  spanId: string;
  attributes: Attribute[];
}

export interface Attribute {
  key: string;
  value: AnyValue;
}

/** A value of an attribute: one of these is there, or none for null. */
export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  /** NaN and the infinities as text. */
  doubleValue?: number | string;
  arrayValue?: { values: AnyValue[] };
  kvlistValue?: { values: Attribute[] };
  /** Base64. */
  bytesValue?: string;
}

/** What an export request holds: batches of spans, each with the attributes of what sent them. */
export interface SpanBatch {
  resource: Attribute[];
  spans: OtlpSpan[];
}

/** That a request is no OTLP at all, or that one of its spans cannot be a span. */
export class OtlpError extends Error {
  constructor(readonly what: "request" | "span") {
    super(what);
  }
}

/** Levels of messages within messages, as Google's readers of protobuf allow. */
export const deepest = 100;

/**
 * An id of so many hexadecimal characters, with zeros before a shorter one. Throws an OtlpError for one that is empty, longer or not
 * hexadecimal.
 */
export function spanIdentifier(hex: string, length: 32 | 16): string {
  if (!/^([0-9a-f]{2})+$/i.test(hex) || hex.length > length) throw new OtlpError("span");
  return hex.toLowerCase().padStart(length, "0");
}

/** The id of a parent; none where it is empty or zero. */
export function parentIdentifier(hex: string): { parentSpanId?: string } {
  return /^0*$/.test(hex) ? {} : { parentSpanId: spanIdentifier(hex, 16) };
}

/** A double as OTLP's JSON writes it. */
export const jsonDouble = (value: number): number | string => Number.isFinite(value) ? value : String(value);

/** Text that Postgres can store. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll("\0", "\ufffd");
