import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import { point } from "../weir.ts";
import { endRun, falling, logRun } from "./fill.ts";

pageTest("while a run logs, its page follows in place, and keeps what is being typed", async ({ page, ...place }) => {
  const { weir } = place;
  const run_id = await logRun(place, { run_name: "going", status: "RUNNING", metrics: { loss: falling(5, 0.5) } });
  await page.goto(`/runs/${run_id}`);
  await page.evaluate(() => void Reflect.set(globalThis, "here", "still"));
  const tag = page.getByLabel("Tag", { exact: true });
  await tag.fill("half a ta");
  const charts = page.locator('[data-chart="loss"] [data-note]');
  let step = 5;
  // Someone who types is not disturbed: only the curves go on.
  await eventually(async () => {
    await weir.logMetrics(run_id, [point("loss", 1 / 128, { step, timestamp: step++ })]);
    assert.match(await charts.innerText(), /^[6-9]|^\d\d/);
  });
  assert.equal(await tag.inputValue(), "half a ta");
  assert.ok(await tag.evaluate((input) => input === document.activeElement));
  await tag.blur();
  await eventually(async () => {
    await weir.logMetrics(run_id, [point("loss", 1 / 128, { step, timestamp: step++ })]);
    assert.match(await page.locator("#metrics tbody").innerText(), /0\.0078/);
  });
  assert.equal(await tag.inputValue(), "half a ta");
  await endRun(weir, run_id);
  await eventually(async () => assert.match(await page.locator("h1").innerText(), /Finished/));
  assert.equal(await page.locator("#live").count(), 0);
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, "here")), "still");
});

pageTest("a run that ends while its page is opened is shown as ended", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "quick", status: "RUNNING" });
  await page.route(`**/live?*`, async (route) => {
    await endRun(place.weir, run_id); // after the page was made, before it listens
    await route.continue();
  });
  await page.goto(`/runs/${run_id}`);
  await eventually(async () => assert.match(await page.locator("h1").innerText(), /Finished/));
});

pageTest(
  "new params, tags and a new name come to the page of a run that goes on, without a metric",
  async ({ page, ...place }) => {
    const { weir } = place;
    const run_id = await logRun(place, { run_name: "going", status: "RUNNING" });
    await page.goto(`/runs/${run_id}`);
    await page.getByText("Add a description").click();
    await page.getByRole("textbox", { name: "Description, in Markdown" }).first().fill("half a sen");
    await weir.ok("POST", "runs/log-parameter", { run_id, key: "late", value: "param" });
    await weir.ok("POST", "runs/set-tag", { run_id, key: "late", value: "tag" });
    await weir.ok("POST", "runs/update", { run_id, run_name: "renamed" });
    // Whoever writes is not disturbed.
    assert.equal(
      await page.getByRole("textbox", { name: "Description, in Markdown" }).first().inputValue(),
      "half a sen",
    );
    await page.locator("#description summary").click();
    await eventually(async () => assert.match(await page.locator("#params").innerText(), /late\s+param/));
    assert.match(await page.locator(".tags").innerText(), /late\s+tag/);
    assert.match(await page.locator("h1").innerText(), /^renamed/);
  },
);
