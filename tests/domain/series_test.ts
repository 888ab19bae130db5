import assert from "node:assert/strict";
import fc from "fast-check";
import type { Point } from "../../domain/entities.ts";
import { type Int64, plainInt64 } from "../../domain/int64.ts";
import { decode, encode, encodePoints, latest, merge, pointAt, type Series } from "../../domain/series.ts";
import { summarize, thin } from "../../domain/thin.ts";

const wide = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(plainInt64);
const small = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.integer({ min: 0, max: 5 }));
const value = fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, Infinity, -Infinity, 0));
const pointOf = (integer: fc.Arbitrary<Int64>) =>
  fc.record({ value, timestamp: integer, step: integer }, { noNullPrototype: true });
const points = fc.oneof(
  fc.array(pointOf(small), { maxLength: 300 }),
  fc.array(pointOf(fc.oneof(small, wide)), { maxLength: 30 }),
);
const all = (series: Series): Point[] => Array.from(series.values.keys(), (i) => pointAt(series, i));
const toSeries = (some: readonly Point[]): Series => decode(encodePoints(some));
const identity = (p: Point) => `${p.step} ${p.timestamp} ${p.value + 0}`;

Deno.test("a chunk reads back what was written, whatever the numbers", () => {
  fc.assert(fc.property(points, (some) => {
    assert.deepEqual(all(decode(encodePoints(some))), some);
    assert.deepEqual(encode(toSeries(some)), encodePoints(some));
  }));
});

Deno.test("a regular series takes at most 12 bytes a point", () => {
  const regular = Array.from({ length: 1000 }, (_, i) => ({ value: 1 / (i + 1), timestamp: 1.7e12 + 50 * i, step: i }));
  assert.ok(encodePoints(regular).length < 12_000);
});

Deno.test("a chunk of an unknown version is refused", () => {
  assert.throws(() => decode(new Uint8Array([9, 0])), RangeError);
});

Deno.test("merging keeps every point once, in order, however the points were split", () => {
  fc.assert(fc.property(points, fc.array(points, { maxLength: 4 }), (shared, parts) => {
    const merged = all(merge([...parts, shared, shared].map(toSeries)));
    const expected = new Set([...parts.flat(), ...shared].map(identity));
    assert.deepEqual(new Set(merged.map(identity)), expected);
    assert.equal(merged.length, expected.size);
    assert.deepEqual(all(merge([toSeries(merged)])), merged);
  }));
});

Deno.test("the latest point does not depend on the order of arrival", () => {
  fc.assert(fc.property(points, (some) => {
    const first = latest(some);
    const second = latest([...some].reverse());
    const rank = (p: Point | undefined) => p && [p.step, p.timestamp, Number.isNaN(p.value) ? 0 : p.value + 0];
    assert.deepEqual(rank(first), rank(second));
  }));
});

Deno.test("a thinned curve keeps its ends, its extremes and its NaN, in few points a pixel", () => {
  const sorted = fc.array(value, { minLength: 1, maxLength: 2000 });
  fc.assert(fc.property(sorted, fc.integer({ min: 1, max: 50 }), (values, width) => {
    const xs = Float64Array.from(values, (_, i) => i);
    const kept = thin(xs, Float64Array.from(values), width);
    assert.ok(kept.length <= Math.max(2 * width, 3 * (width + 1) + 2));
    assert.equal(kept[0], 0);
    assert.equal(kept.at(-1), values.length - 1);
    const numbers = values.filter((v) => !Number.isNaN(v));
    const keptValues = kept.map((i) => values[i]!);
    assert.equal(Math.max(...keptValues.filter((v) => !Number.isNaN(v))), Math.max(...numbers));
    assert.equal(Math.min(...keptValues.filter((v) => !Number.isNaN(v))), Math.min(...numbers));
    assert.equal(keptValues.some(Number.isNaN), values.some(Number.isNaN));
  }));
});

Deno.test("a summary is a twentieth of its series and keeps a single spike", () => {
  const curve = Array.from(
    { length: 4096 },
    (_, i) => ({ value: i === 2345 ? 1e9 : Math.sin(i), timestamp: i, step: i }),
  );
  const summary = summarize(toSeries(curve));
  assert.ok(summary.values.length < 4096 / 20);
  assert.ok(summary.values.includes(1e9));
});
