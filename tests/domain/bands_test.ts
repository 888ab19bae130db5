import assert from "node:assert/strict";
import fc from "fast-check";
import { type BandMember, bandsOf } from "../../domain/bands.ts";

const member = (value: string | undefined, xs: number[], values: number[]): BandMember => ({
  value,
  xs: Float64Array.from(xs),
  values: Float64Array.from(values),
});

Deno.test("a band has the mean, the deviation and the number of runs at the very steps where these are few", () => {
  const [vit, none] = bandsOf([
    member("vit", [0, 1, 2], [1, 2, 3]),
    member("vit", [0, 2], [3, 5]),
    member(undefined, [1], [7]),
  ], 100);
  assert.deepEqual(vit, {
    value: "vit",
    runs: 2,
    points: [[0, 2, Math.SQRT2, 1, 3, 2], [1, 3, Math.SQRT2, 2, 4, 2], [2, 4, Math.SQRT2, 3, 5, 2]],
  });
  assert.deepEqual(none, { value: undefined, runs: 1, points: [[1, 7, 0, 7, 7, 1]] });
});

Deno.test("a run counts from its first point to its last, and NaN and infinities count nowhere", () => {
  const [band] = bandsOf([
    member("a", [0, 1, 2, 3], [1, NaN, Infinity, 4]),
    member("a", [1, 2], [10, 20]),
    member("a", [3], [NaN]),
  ], 100);
  assert.deepEqual(band?.points.map(([x, mean, , , , runs]) => [x, mean, runs]), [
    [0, 1, 1],
    [1, 6, 2],
    [2, 11.5, 2],
    [3, 4, 1],
  ]);
});

Deno.test("in bins a band stays between the least and the greatest value, ascends in x, and is never more than asked for", () => {
  const curve = fc.array(
    fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
    {
      minLength: 1,
      maxLength: 60,
    },
  ).map((points) => points.sort((a, b) => a[0] - b[0]));
  fc.assert(
    fc.property(fc.array(curve, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 20 }), (curves, most) => {
      const [band] = bandsOf(
        curves.map((points) => member("a", points.map(([x]) => x), points.map(([, y]) => y))),
        most,
      );
      const all = curves.flat().map(([, y]) => y);
      const [least, greatest] = [Math.min(...all) - 1e-6, Math.max(...all) + 1e-6];
      assert.ok(band && band.points.length <= most);
      band.points.forEach(([x, mean, deviation, low, high, runs], i) => {
        assert.ok(i === 0 || x > (band.points[i - 1]?.[0] ?? NaN));
        assert.ok(least <= low && low <= mean + 1e-6 && mean <= high + 1e-6 && high <= greatest);
        assert.ok(deviation >= 0 && runs >= 1 && runs <= curves.length);
      });
    }),
  );
});
