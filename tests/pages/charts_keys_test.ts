import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { falling, inAddress, logRuns, type Place } from "./fill.ts";

const sixRuns = (place: Place): Promise<string[]> =>
  logRuns(
    place,
    Array.from({ length: 6 }, (_, i) => ({
      run_name: `run ${i}`,
      params: { lr: String(i), model: i < 2 ? "vit" : "cnn" },
      metrics: { acc: [0.1, i / 10], loss: falling(21, 0.2 + i / 100) },
    })),
  );

/** Tab, until the focus is there. */
async function tabTo(page: Page, goal: Locator): Promise<void> {
  for (let i = 0; i < 150; i++) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not lead to ${goal}`);
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

const until = (page: Page, field: string, values: string[]) =>
  eventually(() => Promise.resolve(assert.deepEqual(inAddress(page, field), values)));

pageTest("a curve is read point by point, zoomed and let go by keys alone", async ({ page, ...place }) => {
  await sixRuns(place);
  await page.goto(`/experiments/${place.experiment_id}/charts?find=loss&plot=none`);
  const card = page.locator('[data-chart="loss"]');
  await eventually(async () => assert.equal(await card.locator("canvas:not([hidden])").count(), 1));
  const slider = card.getByRole("slider");
  await tabTo(page, slider);
  const said = () => slider.getAttribute("aria-valuetext");
  assert.match(await said() ?? "", /^step 10: .*run 0 .*run 5 /);
  await press(page, "ArrowRight", "ArrowRight", "ArrowLeft");
  assert.match(await said() ?? "", /^step 11: /);
  assert.equal(await card.locator("table.read tr").count(), 7);
  await press(page, "+");
  await eventually(async () => assert.match(await card.locator("[data-note]").innerText(), /of 66 points in sight/));
  assert.match(await said() ?? "", /^step 11: /);
  await press(page, "+");
  await eventually(async () => assert.match(await card.locator("[data-note]").innerText(), /of 30 points in sight/));
  await press(page, "-");
  await eventually(async () => assert.match(await card.locator("[data-note]").innerText(), /of 66 points in sight/));
  await press(page, "0");
  await eventually(async () => assert.match(await card.locator("[data-note]").innerText(), /^126 of 126 points · y/));
  await press(page, "?");
  await page.getByRole("dialog").getByText("Read all runs point by point").waitFor();
});

pageTest("cards and axes change places, and runs are brushed, by keys alone", async ({ page, ...place }) => {
  await sixRuns(place);
  const axes = "axes=params.lr&axes=params.model&axes=metrics.loss";
  await page.goto(`/experiments/${place.experiment_id}/charts?plot=parallel&${axes}`);
  const menu = page.locator('[data-chart="loss"] summary');
  await tabTo(page, menu);
  await press(page, "Enter");
  await tabTo(page, page.locator('[data-chart="loss"] [data-move="1"]'));
  await press(page, "Enter");
  await until(page, "first", ["acc", "loss"]);
  await eventually(async () => assert.ok(await menu.evaluate((head) => head === document.activeElement)));

  const end = (axis: string, side: string) => page.locator(`[data-axis="${axis}"] [data-edge=${side}]`);
  await tabTo(page, end("params.lr", "high"));
  assert.equal(await end("params.lr", "high").getAttribute("aria-label"), "Brush of lr, upper end");
  await press(page, "PageDown", "PageDown", "ArrowUp");
  assert.equal(await end("params.lr", "high").getAttribute("aria-valuetext"), "4.1");
  assert.equal(await page.locator("[data-brushed][role=status]").innerText(), "5 of 6 runs brushed");
  await until(page, "brush", [",4.1:params.lr"]);
  await page.getByText("5 runs in the brushes").waitFor();
  assert.ok(await end("params.lr", "high").evaluate((edge) => edge === document.activeElement), "the focus stays");
  await tabTo(page, end("params.model", "low"));
  await press(page, "ArrowUp");
  assert.match(await end("params.model", "low").getAttribute("aria-valuetext") ?? "", /^(vit|cnn)$/);
  await eventually(() => Promise.resolve(assert.equal(inAddress(page, "brush").length, 2)));
  await press(page, "Escape");
  await until(page, "brush", [",4.1:params.lr"]);

  const head = page.locator('[data-axis="metrics.loss"] summary');
  await tabTo(page, head);
  await press(page, "Enter");
  await tabTo(page, page.locator('[data-axis="metrics.loss"]').getByRole("link", { name: "Move left" }));
  await press(page, "Enter");
  await until(page, "axes", ["params.lr", "metrics.loss", "params.model"]);
  await eventually(async () =>
    assert.ok(await head.evaluate((each) => each === document.activeElement), "on its axis")
  );
});
