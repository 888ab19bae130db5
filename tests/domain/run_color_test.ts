import assert from "node:assert/strict";
import fc from "fast-check";
import { runColor, runColorCount, runMarks } from "../../domain/run_color.ts";

const hexId = fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: 32, maxLength: 32 }).map((all) =>
  all.join("")
);

Deno.test("a run keeps its colour for ever", () => {
  const ids = ["96771d77ec124f2587b8a013f4da8c16", "0123456789abcdef0123456789abcdef", ""];
  assert.deepEqual(ids.map(runColor), [3, 1, 7]);
});

Deno.test("every id has a colour of the palette", () => {
  fc.assert(fc.property(fc.string(), (id) => {
    const color = runColor(id);
    assert.ok(Number.isInteger(color) && color >= 0 && color < runColorCount);
  }));
});

Deno.test("colours are spread evenly over run ids", () => {
  const counts = new Array<number>(runColorCount).fill(0);
  for (const id of fc.sample(hexId, { numRuns: 5000, seed: 1 })) counts[runColor(id)]! += 1;
  for (const count of counts) assert.ok(count > 400 && count < 600, String(counts));
});

Deno.test("runs of one colour in one picture are counted, so that they can be drawn apart", () => {
  fc.assert(fc.property(fc.array(hexId, { maxLength: 40 }), (ids) => {
    const marks = runMarks(ids);
    assert.equal(marks.size, new Set(ids).size);
    const seen = [...marks.values()].map(({ color, again }) => `${color} ${again}`);
    assert.equal(new Set(seen).size, seen.length);
  }));
});
