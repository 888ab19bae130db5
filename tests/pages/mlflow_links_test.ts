import assert from "node:assert/strict";
import { pageTest } from "../browser.ts";
import { logRun } from "./fill.ts";

pageTest(
  "the addresses that MLflow's clients print lead to the run and to the experiment",
  async ({ page, ...place }) => {
    const { weir, experiment_id } = place;
    const run_id = await logRun(place, { run_name: "printed" });
    await page.goto(`${weir.url}/#/experiments/${experiment_id}/runs/${run_id}`);
    await page.waitForURL(`${weir.url}/runs/${run_id}`);
    assert.match(await page.locator("h1").innerText(), /^printed/);
    await page.goto(`${weir.url}/#/experiments/${experiment_id}`);
    await page.waitForURL(`${weir.url}/experiments/${experiment_id}`);
    assert.ok(await page.getByRole("link", { name: "printed" }).isVisible());
  },
);

pageTest("what follows the # of another address leads nowhere", async ({ page, weir }) => {
  const astray = [
    "#/experiments/..%2f..%2fevil",
    "#/experiments//evil.example",
    "#//evil.example/experiments/1",
    "#main",
  ];
  for (const fragment of astray) {
    await page.goto(`/${fragment}`);
    await page.getByRole("link", { name: "Default", exact: true }).waitFor();
    assert.equal(page.url(), `${weir.url}/experiments${fragment}`);
  }
});
