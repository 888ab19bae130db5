/**
 * Reads the protobuf of OpenTelemetry's ExportTraceServiceRequest. The numbers of fields are those of
 * https://github.com/open-telemetry/opentelemetry-proto, trace/v1/trace.proto, common/v1/common.proto and
 * collector/trace/v1/trace_service.proto; fields that are not asked for are stepped over.
 */
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
import { type Field, readFields } from "./protobuf.ts";

/** The batches of a request. Throws an OtlpError: "request" for bytes that are no such message, "span" for an impossible span. */
export function readProtobufSpans(bytes: Uint8Array): SpanBatch[] {
  return messages(readFields(bytes), 1).map((fields) => ({
    resource: messages(fields, 1).flatMap((resource) => attributes(resource, 1, 3)),
    spans: messages(fields, 2).flatMap((scope) => messages(scope, 2)).map(spanOf),
  }));
}

function spanOf(fields: Field[]): OtlpSpan {
  const end = fixed64(fields, 8);
  return {
    traceId: spanIdentifier(hex(fields, 1), 32),
    spanId: spanIdentifier(hex(fields, 2), 16),
    ...parentIdentifier(hex(fields, 4)),
    name: text(fields, 5),
    startTimeUnixNano: fixed64(fields, 7),
    ...(end !== "0" && { endTimeUnixNano: end }),
    attributes: attributes(fields, 9, 4),
    events: messages(fields, 11).map(eventOf),
    links: messages(fields, 13).map(linkOf),
    status: messages(fields, 15).reduce<OtlpStatus>((status, next) => ({ ...status, ...statusOf(next) }), { code: 0 }),
  };
}

const eventOf = (fields: Field[]): OtlpEvent => ({
  timeUnixNano: fixed64(fields, 1),
  name: text(fields, 2),
  attributes: attributes(fields, 3, 5),
});

const linkOf = (fields: Field[]): OtlpLink => ({
  traceId: spanIdentifier(hex(fields, 1), 32),
  spanId: spanIdentifier(hex(fields, 2), 16),
  attributes: attributes(fields, 4, 5),
});

function statusOf(fields: Field[]): Partial<OtlpStatus> {
  const message = text(fields, 2);
  const code = fields.findLast(({ number, varint }) => number === 3 && varint !== undefined)?.varint;
  return { ...(message !== "" && { message }), ...(code !== undefined && { code: Number(BigInt.asIntN(32, code)) }) };
}

const attributes = (fields: Field[], number: number, depth: number): Attribute[] =>
  messages(fields, number).map((pair) => attribute(pair, depth + 1));

function attribute(fields: Field[], depth: number): Attribute {
  const value = messages(fields, 2).reduce<AnyValue>((known, next) => anyValue(next, depth + 1) ?? known, {});
  return { key: text(fields, 1), value };
}

/** Of the fields of a value, which rule each other out, the last counts. */
function anyValue(fields: Field[], depth: number): AnyValue | undefined {
  if (depth > deepest) throw new OtlpError("request");
  return fields.map((field) => valueOf(field, depth)).findLast((value) => value !== undefined);
}

function valueOf(field: Field, depth: number): AnyValue | undefined {
  const { number, varint, bytes, bits } = field;
  if (number === 2 && varint !== undefined) return { boolValue: varint !== 0n };
  if (number === 3 && varint !== undefined) return { intValue: String(BigInt.asIntN(64, varint)) };
  if (number === 4 && bits !== undefined) return { doubleValue: jsonDouble(bits.getFloat64(0, true)) };
  if (bytes === undefined) return undefined;
  if (number === 1) return { stringValue: decode(bytes) };
  if (number === 7) return { bytesValue: bytes.toBase64() };
  if (number === 5) {
    const values = messages(readFields(bytes), 1).map((value) => anyValue(value, depth + 2) ?? {});
    return { arrayValue: { values } };
  }
  if (number === 6) return { kvlistValue: { values: attributes(readFields(bytes), 1, depth + 1) } };
  return undefined;
}

const messages = (fields: Field[], wanted: number): Field[][] =>
  fields.flatMap(({ number, bytes }) => number === wanted && bytes !== undefined ? [readFields(bytes)] : []);

const lastBytes = (fields: Field[], wanted: number): Uint8Array | undefined =>
  fields.findLast(({ number, bytes }) => number === wanted && bytes !== undefined)?.bytes;

const hex = (fields: Field[], number: number): string => lastBytes(fields, number)?.toHex() ?? "";

const text = (fields: Field[], number: number): string => decode(lastBytes(fields, number) ?? new Uint8Array());

const fixed64 = (fields: Field[], wanted: number): string =>
  String(
    fields.findLast(({ number, bits }) => number === wanted && bits !== undefined)?.bits?.getBigUint64(0, true) ?? 0,
  );

function decode(bytes: Uint8Array): string {
  try {
    return storableText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new OtlpError("request");
  }
}
