import assert from "node:assert/strict";
import fc from "fast-check";
import { evenly } from "../../domain/thin.ts";

/** The numbers of the first rows of `ntile(most)`, as Postgres documents it: the first parts get one row more than the others. */
function ntileStarts(count: number, most: number): number[] {
  const starts: number[] = [];
  for (let part = 0, start = 0; part < most && start < count; part++) {
    starts.push(start);
    start += Math.floor(count / most) + (part < count % most ? 1 : 0);
  }
  return starts;
}

Deno.test("an even sample is the start of each equal part, the last giving way to the last row", () => {
  fc.assert(fc.property(fc.nat(300), fc.integer({ min: 1, max: 300 }), (count, most) => {
    const starts = ntileStarts(count, most);
    if (count > 0) starts[starts.length - 1] = count - 1;
    assert.deepEqual(evenly(count, most), starts);
  }));
});
