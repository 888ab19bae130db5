import assert from "node:assert/strict";
import fc from "fast-check";
import {
  age,
  bytes,
  count,
  countSum,
  countText,
  delta,
  duration,
  moment,
  number,
  numberStyle,
  plainNumber,
} from "../../domain/format.ts";

const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
const column = (...values: number[]): string[] => values.map((value) => number(value, numberStyle(values)));

Deno.test("rates and losses have four decimals", () => {
  assert.deepEqual(column(0.2954, 0.31, 1.5), ["0.2954", "0.3100", "1.5000"]);
});

Deno.test("whole numbers have no decimals and their thousands apart", () => {
  assert.deepEqual(column(1996, 2877, -1_234_567), ["1,996", "2,877", "−1,234,567"]);
});

Deno.test("larger numbers have fewer decimals, and none that are zero for all", () => {
  assert.deepEqual(column(138.04, 145.12), ["138.04", "145.12"]);
  assert.deepEqual(column(138.5, 145.25, 7), ["138.50", "145.25", "7.00"]);
  assert.deepEqual(column(0.5, 0.25), ["0.50", "0.25"]);
});

Deno.test("tiny numbers are powers of ten with a true minus", () => {
  assert.deepEqual(column(3e-4, 1e-5, 0), ["3.00e−4", "1.00e−5", "0"]);
});

Deno.test("values that would look alike get more decimals", () => {
  assert.deepEqual(column(0.999912, 0.999937), ["0.99991", "0.99994"]);
});

Deno.test("NaN and the infinities are printed, and leave the others their decimals", () => {
  assert.deepEqual(column(NaN, Infinity, -Infinity, 0.25), ["NaN", "∞", "−∞", "0.25"]);
});

Deno.test("a value far below its column does not turn into zero", () => {
  assert.equal(number(1e-9, { decimals: 4, exponent: false }), "1.00e−9");
});

Deno.test("a number in the style of its column never loses its sign or order of magnitude", () => {
  const finite = fc.double({ min: -1e300, max: 1e300, noNaN: true });
  fc.assert(fc.property(fc.array(finite, { minLength: 1 }), (values) => {
    const style = numberStyle(values);
    for (const value of values) {
      const read = Number(number(value, style).replaceAll("−", "-").replaceAll(",", ""));
      assert.equal(Math.sign(read), Math.sign(value) + 0);
      assert.ok(Math.abs(read - value) <= Math.abs(value) / 2, `${value} became ${read}`);
    }
  }));
});

Deno.test("a change always has a sign", () => {
  const style = { decimals: 4, exponent: false };
  assert.deepEqual([0.0026, -0.0136, 0].map((value) => delta(value, style)), ["+0.0026", "−0.0136", "±0"]);
});

Deno.test("a number alone keeps up to six figures", () => {
  assert.deepEqual([0.9114, 1996, 0, 0.1 + 0.2, 3e-7, NaN].map(plainNumber), [
    "0.9114",
    "1,996",
    "0",
    "0.3",
    "3.00e−7",
    "NaN",
  ]);
});

Deno.test("durations are told in their two greatest units", () => {
  const told = [340, 9_940, 12_000, 38 * minute + 4000, 4 * hour + 12 * minute, 3 * day + 2 * hour, hour].map(duration);
  assert.deepEqual(told, ["340ms", "9.9s", "12s", "38m 4s", "4h 12m", "3d 2h", "1h"]);
});

Deno.test("a duration that cannot be is not told", () => assert.deepEqual([duration(-1), duration(NaN)], ["", ""]));

Deno.test("ages are told in one unit", () => {
  const told = [0, -5, 12 * minute, 9 * hour, 47 * hour, 3 * day, 70 * day, 800 * day].map(age);
  assert.deepEqual(told, ["now", "now", "12m", "9h", "47h", "3d", "10w", "2y"]);
});

Deno.test("a moment is told in UTC, and not at all when it is out of range", () => {
  assert.equal(moment(Date.UTC(2026, 10, 22, 9, 14)), "2026-11-22 09:14 UTC");
  assert.equal(moment(8.64e15 + 1), "");
});

Deno.test("sizes have at most three figures", () => {
  assert.deepEqual([0, 214, 1200, 48_000, 999_500, 2.5e9].map(bytes), [
    "0 B",
    "214 B",
    "1.2 KB",
    "48 KB",
    "1.0 MB",
    "2.5 GB",
  ]);
});

Deno.test("an estimate is told as one, rounded", () => {
  assert.equal(countText({ kind: "about", count: 48_217 }), "about 48,200");
  assert.equal(countText({ kind: "exact", count: 63 }), "63");
  assert.equal(countText({ kind: "unknown" }), undefined);
});

Deno.test("a sum is no surer than what it is made of", () => {
  const [exact, about, unknown] = [{ kind: "exact", count: 3 }, { kind: "about", count: 50_000 }, {
    kind: "unknown",
  }] as const;
  assert.deepEqual(countSum([exact, exact]), { kind: "exact", count: 6 });
  assert.deepEqual(countSum([exact, about]), { kind: "about", count: 50_003 });
  assert.deepEqual(countSum([exact, about, unknown]), unknown);
});

Deno.test("counts keep every digit", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (n) => assert.equal(Number(count(n).replaceAll(",", "")), n)));
});
