import assert from "node:assert/strict";
import fc from "fast-check";
import * as browser from "../../static/curve.js";
import { bounded, countUndrawn, type CurvePoint, fitX, fitY, pathOf, placeOf, smooth } from "../../domain/curve.ts";

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
const value = fc.oneof(fc.double(), number, fc.constantFrom(NaN, Infinity, -Infinity));
const weight = fc.double({ min: 0, max: 0.999, noNaN: true });
const at = (values: readonly number[]): CurvePoint[] => values.map((each, i) => [i - 3, each, i - 3, 1000 * i]);

Deno.test("a smoothed series stays between the least and the greatest value so far", () => {
  fc.assert(fc.property(fc.array(number, { maxLength: 50 }), weight, (values, k) => {
    let [least, greatest] = [Infinity, -Infinity];
    smooth(values, k).forEach((smoothed, i) => {
      [least, greatest] = [Math.min(least, values[i] ?? NaN), Math.max(greatest, values[i] ?? NaN)];
      const slack = 1e-6 * Math.max(1, Math.abs(least), Math.abs(greatest));
      assert.ok(smoothed >= least - slack && smoothed <= greatest + slack);
    });
  }));
});

Deno.test("smoothing starts at the first value, does nothing with weight 0 and leaves a constant alone", () => {
  assert.deepEqual(smooth([4, 8], 0.5), [4, (4 * 0.5 + 8) / 1.5]);
  fc.assert(fc.property(fc.array(value), (values) => assert.deepEqual(smooth(values, 0), values)));
  for (const each of smooth([3, 3, 3], 0.9)) assert.ok(Math.abs(each - 3) < 1e-12);
});

Deno.test("NaN and infinities stay where they are when smoothed and leave the others alone", () => {
  fc.assert(fc.property(fc.array(value, { maxLength: 30 }), weight, (values, k) => {
    const smoothed = smooth(values, k);
    const finite = values.filter(Number.isFinite);
    assert.deepEqual(smoothed.filter((_, i) => Number.isFinite(values[i])), smooth(finite, k));
    values.forEach((each, i) => Number.isFinite(each) || assert.ok(Object.is(smoothed[i], each)));
  }));
});

Deno.test("the fitted ranges hold every value that can be drawn", () => {
  fc.assert(fc.property(fc.array(value, { maxLength: 30 }), fc.boolean(), (values, log) => {
    const points = at(values);
    const { range } = fitY([points], { log });
    const x = fitX([points]);
    assert.ok(range.min < range.max && x.min < x.max);
    for (const [px, each] of points) {
      assert.ok(px >= x.min && px <= x.max);
      if (Math.abs(each) < 1e300 && (!log || each > 1e-300)) assert.ok(each >= range.min && each <= range.max);
    }
  }));
});

Deno.test("clipping fits the late part of a steep curve and leaves an even one alone", () => {
  const steep = at(Array.from({ length: 90 }, (_, i) => 10 * Math.exp(-i / 5) + 0.3));
  const { range, clipped } = fitY([steep], { clip: true });
  assert.ok(clipped && range.max < 1 && range.min < 0.31);
  assert.ok(!fitY([at([10, 0.3, 0.2])], { clip: true }).clipped, "each of three points counts");
  assert.deepEqual(fitY([at([1, 2, 3, 4, 5])], { clip: true }), { ...fitY([at([1, 2, 3, 4, 5])]), clipped: false });
});

Deno.test("a place runs from 0 at the least to 1 at the greatest, on either scale", () => {
  assert.equal(placeOf(5, { min: 0, max: 10 }), 0.5);
  assert.ok(Math.abs(placeOf(10, { min: 1, max: 100 }, true) - 0.5) < 1e-12);
});

const plane = { x: { min: 0, max: 10 }, y: { min: 0, max: 1 }, width: 100, height: 100 };

Deno.test("a path runs left to right with y downward, and says the same place once", () => {
  const points: CurvePoint[] = [[0, 0, 0, 0], [0.001, 0, 0, 0], [5, 0.5, 5, 0], [10, 1, 10, 0]];
  assert.equal(pathOf(points, plane), "M0 100h0l50-50 50-50");
});

Deno.test("a path breaks at NaN and infinities, at 0 and below on a log axis, and keeps lone points as dots", () => {
  assert.equal(pathOf([[0, 1, 0, 0], [5, NaN, 5, 0], [10, 0, 10, 0]], plane), "M0 0h0M100 100h0");
  const log = { ...plane, log: true, y: { min: 0.01, max: 1 } };
  assert.equal(pathOf([[0, 1, 0, 0], [5, -1, 5, 0], [10, 0.1, 10, 0]], log), "M0 0h0M100 50h0");
  assert.equal(countUndrawn([[0, 1, 0, 0], [5, NaN, 5, 0], [9, -Infinity, 9, 0]]), 2);
});

Deno.test("a path holds only whole numbers near the picture, whatever the values", () => {
  fc.assert(fc.property(fc.array(value, { maxLength: 30 }), fc.boolean(), (values, log) => {
    const points = at(values);
    const y = fitY([points], { log }).range;
    const path = pathOf(points, { x: fitX([points]), y, log, width: 1000, height: 1000 });
    assert.match(path, /^(M\d+ \d+h0(l-?\d+[ -]\d+([ -]\d+[ -]\d+)*)?)*$/);
    for (const line of path.split("M").slice(1)) {
      const numbers = line.replace("h0", "").match(/-?\d+/g)!.map(Number);
      for (const offset of [0, 1]) {
        let place = 0;
        for (let i = offset; i < numbers.length; i += 2) {
          place += numbers[i]!;
          assert.ok(place >= 0 && place <= 1000, path);
        }
      }
    }
  }));
});

Deno.test("the browser smooths and fits as the server does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(value, { maxLength: 20 }), { maxLength: 3 }),
      weight,
      fc.boolean(),
      fc.boolean(),
      (curves, k, log, clip) => {
        const points = curves.map(at);
        assert.deepEqual(browser.fitY(points, { log, clip }), fitY(points, { log, clip }));
        assert.deepEqual(browser.fitX(points, log), fitX(points, log));
        const bounds = { min: k * 3, ...(clip && { max: k }) };
        assert.deepEqual(browser.bounded({ min: 1, max: 2 }, bounds, log), bounded({ min: 1, max: 2 }, bounds, log));
        for (const values of curves) assert.deepEqual(browser.smooth(values, k), smooth(values, k));
      },
    ),
  );
});
