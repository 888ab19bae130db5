import assert from "node:assert/strict";
import { cardRanges, cardSizes, shortEyes, shownRuns, wallOf } from "../../domain/charts_view.ts";
import { imageAt, imageCards, imagePlaces, imageSteps } from "../../domain/image_steps.ts";

Deno.test("the wall has what is pinned first, then prefixes, and what the machine did last", () => {
  const metrics = ["system/cpu", "train/loss", "val/loss", "acc", "train/acc"];
  assert.deepEqual(wallOf(metrics, { pin: ["val/loss", "gone"], first: ["train/acc"], find: "" }), [
    { prefix: "pinned", metrics: ["val/loss"] },
    { prefix: "", metrics: ["acc"] },
    { prefix: "train/", metrics: ["train/acc", "train/loss"] },
    { prefix: "system/", metrics: ["system/cpu"] },
  ]);
  assert.deepEqual(wallOf(metrics, { pin: [], first: [], find: "LOSS tra" }), [
    { prefix: "train/", metrics: ["train/loss"] },
  ]);
});

Deno.test("the first ten runs are shown, or the selected ones, or all of groups, and the last word on a run counts", () => {
  const listed = Array.from({ length: 12 }, (_, i) => `r${i}`);
  const none = { runs: [], eye: [] };
  assert.deepEqual(shownRuns(listed, none), listed.slice(0, 10));
  assert.deepEqual(shownRuns(listed, { ...none, group: "params.a" }), listed);
  assert.deepEqual(shownRuns(listed, { ...none, runs: ["r11", "r2"] }), ["r2", "r11"]);
  assert.deepEqual(shownRuns(listed, { ...none, eye: ["none", "r3", "r4", "-r3"] }), ["r4"]);
  assert.deepEqual(shownRuns(listed, { ...none, eye: ["-r0", "all"] }), listed);
  assert.deepEqual(shortEyes(["-r0", "all", "-r1", "r1", "-r2"]), ["all", "r1", "-r2"]);
});

Deno.test("sizes and bounds of cards are read by their last word, and nonsense says nothing", () => {
  assert.deepEqual([...cardSizes(["2x1:a:b", "3x2:c", "1x1:c", "9x9:d", "x"])], [["a:b", { columns: 2, rows: 1 }]]);
  assert.deepEqual([...cardRanges(["0..1:a", "..0.5:a", "x..y:b", "1..2:c", "..:c"])], [["a", { max: 0.5 }]]);
});

const id = "f9a32973-3ef1-438a-8a98-0f4880bd2ea3";

Deno.test("images are known by the names that the client gives them, the latest of a step, small to be shown", () => {
  const images = imageSteps([
    `dogs~val+step+40+timestamp+17+${id}.png`,
    `dogs~val+step+40+timestamp+17+${id}+compressed.webp`,
    `dogs~val+step+40+timestamp+16+${id}.png`,
    `dogs#val%step%5%timestamp%9%${id}.png`,
    "plot.png",
  ]);
  assert.deepEqual(images.map(({ key, step, whole }) => [key, step, whole.slice(0, 8)]), [
    ["dogs/val", 5, "dogs#val"],
    ["dogs/val", 40, "dogs~val"],
  ]);
  assert.match(images[1]?.shown ?? "", /17.*compressed/);
  const [card] = imageCards([{ run_id: "a", run_name: "a", images }, { run_id: "b", run_name: "b", images: [] }]);
  assert.deepEqual([card?.key, card?.steps, card?.runs.length], ["dogs/val", [5, 40], 1]);
  assert.equal(imageAt(images, 39)?.step, 5);
  assert.equal(imageAt(images, 1)?.step, 5);
  assert.deepEqual([...imagePlaces(["3:a:b", "x:c", "1:a:b"])], [["a:b", 1]]);
});
