import assert from "node:assert/strict";
import fc from "fast-check";
import { type AnyValue, OtlpError } from "../../domain/otlp.ts";
import { readJsonSpans } from "../../domain/otlp_json.ts";
import { readProtobufSpans } from "../../domain/otlp_protobuf.ts";
import { durationText, parseDuration, parseTimestamp, timestampText } from "../../domain/protobuf_time.ts";
import { totalUsage } from "../../domain/traces.ts";

/** A writer of protobuf, as small as can be. */
const varint = (value: bigint): number[] =>
  value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
const field = (number: number, bytes: readonly number[]): number[] => [
  ...varint(BigInt(number * 8 + 2)),
  ...varint(BigInt(bytes.length)),
  ...bytes,
];
const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const bits64 = (number: number, write: (view: DataView) => void): number[] => {
  const view = new DataView(new ArrayBuffer(8));
  write(view);
  return [number * 8 + 1, ...new Uint8Array(view.buffer)];
};

function written(value: AnyValue): number[] {
  if (value.stringValue !== undefined) return field(1, text(value.stringValue));
  if (value.boolValue !== undefined) return [16, value.boolValue ? 1 : 0];
  if (value.intValue !== undefined) return [24, ...varint(BigInt.asUintN(64, BigInt(value.intValue)))];
  if (value.doubleValue !== undefined) return bits64(4, (view) => view.setFloat64(0, Number(value.doubleValue), true));
  if (value.arrayValue) return field(5, value.arrayValue.values.flatMap((one) => field(1, written(one))));
  if (value.kvlistValue) return field(6, value.kvlistValue.values.flatMap((pair) => field(1, attribute(pair))));
  return value.bytesValue === undefined ? [] : field(7, [...Uint8Array.fromBase64(value.bytesValue)]);
}
const attribute = ({ key, value }: { key: string; value: AnyValue }): number[] => [
  ...field(1, text(key)),
  ...field(2, written(value)),
];

const name = fc.string({ unit: "grapheme" }).filter((one) => !one.includes("\0"));
const { value } = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant({}),
    fc.record({ stringValue: name }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    fc.record({ doubleValue: fc.double().map((one) => Number.isFinite(one) ? one : String(one)) }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 9 }).map((bytes) => new Uint8Array(bytes).toBase64()) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie("value"), { maxLength: 3 }) }) }),
    fc.record({
      kvlistValue: fc.record({ values: fc.array(fc.record({ key: name, value: tie("value") }), { maxLength: 3 }) }),
    }),
  ),
}));

const traceId = "5b8efff798038103d269b633813fc60c";
const spanId = "eee19b7ec3c1b174";

Deno.test("protobuf and JSON of one span are read alike", () => {
  fc.assert(fc.property(fc.array(fc.record({ key: name, value }), { maxLength: 4 }), name, (attributes, spanName) => {
    const span = [
      ...field(1, [...Uint8Array.fromHex(traceId)]),
      ...field(2, [...Uint8Array.fromHex(spanId)]),
      ...field(5, text(spanName)),
      ...bits64(7, (view) => view.setBigUint64(0, 2n ** 64n - 1n, true)),
      ...attributes.flatMap((one) => field(9, attribute(one))),
      ...field(15, [24, 2]),
    ];
    const json = {
      traceId,
      spanId,
      name: spanName,
      startTimeUnixNano: `${2n ** 64n - 1n}`,
      attributes,
      status: { code: 2 },
    };
    assert.deepEqual(
      readProtobufSpans(new Uint8Array(field(1, field(2, field(2, span))))),
      readJsonSpans({ resourceSpans: [{ scopeSpans: [{ spans: [json] }] }] }),
    );
  }));
});

Deno.test("whatever is no export is refused, and nothing else happens", () => {
  const refused = (read: () => unknown) => {
    try {
      read();
    } catch (error) {
      assert.ok(error instanceof OtlpError, String(error));
    }
  };
  fc.assert(fc.property(fc.uint8Array(), (bytes) => refused(() => readProtobufSpans(new Uint8Array(bytes)))));
  fc.assert(fc.property(fc.json(), (json) => refused(() => readJsonSpans(JSON.parse(json)))));
});

Deno.test("values nested without end are refused", () => {
  const deep = Array<number>(500).fill(0).reduce<AnyValue>((inner) => ({ arrayValue: { values: [inner] } }), {});
  const span = [...field(1, [1]), ...field(2, [1]), ...field(9, attribute({ key: "a", value: deep }))];
  assert.throws(() => readProtobufSpans(new Uint8Array(field(1, field(2, field(2, span))))), { message: "request" });
});

Deno.test("times and durations are read as they are printed", () => {
  const last = Date.parse("9999-12-31T23:59:59.999Z");
  fc.assert(fc.property(fc.integer({ min: -62_135_596_800_000, max: last }), (ms) => {
    assert.equal(parseTimestamp(timestampText(ms)), ms);
    assert.equal(parseDuration(durationText(ms)), ms);
  }));
  assert.deepEqual([durationText(1500), durationText(-74), durationText(2000)], ["1.500s", "-0.074s", "2s"]);
});

Deno.test("spans that are each other's parents do not keep a sum from ending", () => {
  const usage = { stringValue: '{"input_tokens": 1}' };
  const nodes = [{ span_id: "a", parent_id: "b", usage }, { span_id: "b", parent_id: "a", usage: null }];
  assert.equal(totalUsage(nodes, ["input_tokens"]), '{"input_tokens": 1}');
});
