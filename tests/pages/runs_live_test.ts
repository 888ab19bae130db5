import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { point } from "../weir.ts";
import { endRun, logRun, logRuns, namesIn, rowOf } from "./fill.ts";

/** Whether the page is still the one that was opened. */
const mark = (page: Page) => page.evaluate(() => void Reflect.set(globalThis, "here", "still"));
const isMarked = (page: Page): Promise<boolean> => page.evaluate(() => Reflect.get(globalThis, "here") === "still");

pageTest("new runs wait behind a line, and come when they are asked for", async ({ page, ...place }) => {
  await logRuns(place, [{ run_name: "a" }, { run_name: "b" }]);
  await page.goto(`/experiments/${place.experiment_id}`);
  await mark(page);
  await page.getByRole("checkbox", { name: "a", exact: true }).check();
  const fresh = page.locator("#fresh");
  await eventually(async () => {
    await logRun(place, { run_name: "new", start_time: Date.now() });
    assert.match(await fresh.innerText(), /^\d+ new runs? Show (it|them)$/);
  });
  assert.deepEqual(await namesIn(page), ["b", "a"]);
  await fresh.getByRole("link", { name: "Show" }).click();
  await eventually(async () => assert.equal((await namesIn(page))[0], "new"));
  assert.equal(await fresh.innerText(), "");
  assert.ok(await page.getByRole("checkbox", { name: "a", exact: true }).isChecked());
  assert.ok(await isMarked(page));
});

pageTest(
  "values of a running run change in place, and keep selection, focus and typed text",
  async ({ page, ...place }) => {
    const { weir } = place;
    const run_id = await logRun(place, { run_name: "going", status: "RUNNING", metrics: { loss: 1 } });
    await page.goto(`/experiments/${place.experiment_id}`);
    await mark(page);
    assert.equal(await page.locator("#live").innerText(), "1 run running");
    await page.getByRole("checkbox", { name: "going" }).check();
    await page.getByLabel("Filter runs").pressSequentially("half a filt");
    let step = 0;
    await eventually(async () => {
      step++;
      await weir.logMetrics(run_id, [point("loss", 1 / 8, { step, timestamp: step })]);
      assert.match(await rowOf(page, "going").innerText(), /0\.125/);
    });
    await endRun(weir, run_id);
    await eventually(async () => assert.match(await rowOf(page, "going").innerText(), /Finished/));
    assert.equal(await page.locator("#live").innerText(), "Nothing running");
    assert.ok(await page.getByRole("checkbox", { name: "going" }).isChecked());
    const box = page.getByLabel("Filter runs");
    assert.equal(await box.inputValue(), "half a filt");
    assert.ok(await box.evaluate((input) => input === document.activeElement));
    assert.ok(await isMarked(page));
  },
);
