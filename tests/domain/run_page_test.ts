import assert from "node:assert/strict";
import fc from "fast-check";
import { chartsOfRun, shownNames } from "../../domain/run_page.ts";

Deno.test("names are found whatever their case, in order, and counted where they are too many to show", () => {
  assert.deepEqual(shownNames(["train/loss", "val/Loss", "acc"], "loss"), {
    shown: ["val/Loss", "train/loss"],
    found: 2,
  });
  const many = Array.from({ length: 1000 }, (_, i) => `m${i}`);
  const { shown, found } = shownNames(many, "");
  assert.deepEqual([shown.length, shown[0], found], [300, "m0", 1000]);
});

Deno.test("the overview charts the first metrics without the machine's own, the charts tab all that are looked for", () => {
  const known = ["system/cpu", "a", "b", "c", "d", "e", "f", "val/loss"];
  assert.deepEqual(chartsOfRun({ tab: "overview", metrics: "c" }, known), ["val/loss", "a", "b", "c", "d", "e"]);
  assert.deepEqual(chartsOfRun({ tab: "charts", metrics: "C" }, known), ["c", "system/cpu"]);
  assert.deepEqual(chartsOfRun({ tab: "artifacts", metrics: "" }, known), []);
  fc.assert(fc.property(fc.array(fc.string()), (names) => {
    for (const name of chartsOfRun({ tab: "charts", metrics: "" }, names)) assert.ok(names.includes(name));
  }));
});
