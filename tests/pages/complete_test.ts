import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logRuns, namesIn } from "./fill.ts";

pageTest("a filter is written with arrows, Tab and Enter, and finds what it says", async ({ page, ...place }) => {
  await logRuns(place, [
    { run_name: "a", params: { "net type": "vit's" }, metrics: { "val/loss": 0.5 } },
    { run_name: "b", params: { "net type": "resnet" }, metrics: { "val/loss": 0.25 } },
  ]);
  await page.goto(`/experiments/${place.experiment_id}`);
  const box = page.getByLabel("Filter runs");
  const list = page.getByRole("listbox");
  const options = () => list.getByRole("option").locator("span").allInnerTexts();
  const shows = (first: string) => eventually(async () => assert.equal((await options())[0], first));
  await box.pressSequentially("net");
  await shows("params.`net type`");
  await page.keyboard.press("Tab");
  await shows("=");
  assert.equal(await box.inputValue(), "params.`net type` ");
  await page.keyboard.press("ArrowDown");
  assert.equal(await box.getAttribute("aria-activedescendant"), "completion-0");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.deepEqual((await options()).toSorted(), [`"vit's"`, "'resnet'"]));
  await page.keyboard.type("vi");
  await eventually(async () => assert.deepEqual(await options(), [`"vit's"`]));
  await page.keyboard.press("Tab");
  await shows("AND");
  await page.keyboard.press("Escape");
  assert.equal(await list.count(), 0);
  assert.ok(await box.evaluate((input) => input === document.activeElement));
  await page.keyboard.press("Enter");
  await eventually(async () => assert.deepEqual(await namesIn(page), ["a"]));
  assert.deepEqual(inAddress(page, "filter").map((text) => text.trim()), [`params.\`net type\` = "vit's"`]);
});

pageTest("Tab leaves a filter box that has nothing to complete", async ({ page, ...place }) => {
  await logRuns(place, [{ run_name: "a", metrics: { loss: 1 } }]);
  await page.goto(`/experiments/${place.experiment_id}`);
  const box = page.getByLabel("Filter runs");
  await box.pressSequentially("metrics.loss < 1 ");
  await page.getByRole("listbox").waitFor();
  await page.keyboard.press("Tab");
  assert.ok(await box.evaluate((input) => input !== document.activeElement));
  assert.equal(await page.getByRole("listbox").count(), 0);
});

pageTest(
  "a fast typist completes what was typed, whatever the server has answered by then",
  async ({ page, ...place }) => {
    await logRuns(place, [{ run_name: "a", params: { model: "vit", mode: "x" } }]);
    await page.goto(`/experiments/${place.experiment_id}`);
    const box = page.getByLabel("Filter runs");
    const options = () => page.getByRole("option").locator("span").allInnerTexts();
    await box.pressSequentially("mo");
    await page.getByRole("option", { name: "params.model" }).waitFor();
    await page.route("**/runs/complete-filter?**", () => {}); // no answer comes any more
    await page.keyboard.type("del");
    assert.deepEqual(await options(), ["params.model"]);
    await page.keyboard.press("Tab");
    await page.keyboard.type("= 'vit'");
    assert.equal(await box.inputValue(), "params.model = 'vit'");
    assert.deepEqual(await options(), []);
    await page.keyboard.press("Enter");
    await eventually(async () => assert.deepEqual(await namesIn(page), ["a"]));
  },
);
