import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { point } from "../weir.ts";
import { inAddress, logRuns, type Place } from "./fill.ts";

/** Twelve runs: the learning rate and the model decide the loss. */
const sweep = (place: Place): Promise<string[]> =>
  logRuns(
    place,
    Array.from({ length: 12 }, (_, i) => ({
      run_name: `run ${i}`,
      params: { lr: ["0.1", "0.01", "0.001"][i % 3] ?? "", model: i < 6 ? "vit" : "resnet", seed: String(i) },
      metrics: { loss: (i % 3) / 10 + (i < 6 ? 0 : 0.5) + i / 1000 },
    })),
  );

const address = (runs: readonly string[], more = ""): string => `/compare?runs=${runs.join(",")}&plot=parallel${more}`;

const axisNames = (page: Page): Promise<string[]> =>
  page.locator("[data-axis]").evaluateAll((axes) => axes.map((axis) => axis.getAttribute("data-axis") ?? ""));

/** Plots come into sight, and what they need to be brushed comes. */
async function ready(page: Page): Promise<void> {
  await page.locator("#plots").scrollIntoViewIfNeeded();
  await eventually(() =>
    page.evaluate(async () => {
      const files = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) =>
        /\/plots\/(brush|axes|hover)\.js$/.test(name)
      );
      if (files.length < 3) throw new Error(`only ${files}`);
      await Promise.all(files.map((file) => import(file)));
    })
  );
}

/** Drags along an axis, from one share of its height (0 above) to another. */
async function brush(page: Page, axis: string, from: number, to: number): Promise<void> {
  const grab = page.locator(`[data-axis="${axis}"] [data-grab]`);
  await grab.scrollIntoViewIfNeeded();
  const box = await grab.boundingBox();
  assert.ok(box);
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + from * box.height);
  await page.mouse.down();
  await page.mouse.move(x, box.y + to * box.height, { steps: 4 });
  await page.mouse.up();
}

/** Waits until the address says so many brushes. */
const brushes = (page: Page, count: number) =>
  page.waitForURL((url) => url.searchParams.getAll("brush").length === count);

const kept = (page: Page) => page.locator("#plot-parallel [data-line]:not(.off) title").allTextContents();

pageTest("runs are brushed on several axes, and those that are left are compared alone", async ({ page, ...place }) => {
  await page.goto(address(await sweep(place), "&axes=params.lr&axes=params.model&axes=metrics.loss"));
  await page.evaluate(() => void Reflect.set(globalThis, "here", "still"));
  await ready(page);
  await brush(page, "metrics.loss", 0, 0.5);
  await eventually(async () => assert.equal((await kept(page)).length, 6));
  await eventually(async () => assert.equal(await page.locator(".pbrushed b").innerText(), "6 runs in the brushes"));
  assert.equal(inAddress(page, "brush").length, 1);
  await brush(page, "params.lr", 0.9, 1);
  await eventually(async () => assert.deepEqual((await kept(page)).sort(), ["run 2", "run 5"]));
  await brushes(page, 2);
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, "here")), "still");
  await page.reload();
  assert.deepEqual((await kept(page)).sort(), ["run 2", "run 5"]);
  await page.goBack();
  await eventually(async () => assert.equal((await kept(page)).length, 6));
  await page.goForward();
  await page.getByRole("link", { name: "Compare these 2" }).click();
  await page.getByRole("heading", { name: "Compare 2 runs" }).waitFor();
  assert.deepEqual(inAddress(page, "brush"), []);
});

pageTest("a touch brushes, a tap takes the brush away", async ({ page, ...place }) => {
  await page.goto(address(await sweep(place), "&axes=params.model&axes=metrics.loss"));
  await ready(page);
  const grab = page.locator('[data-axis="metrics.loss"] [data-grab]');
  await grab.scrollIntoViewIfNeeded();
  const box = await grab.boundingBox();
  assert.ok(box);
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: y === undefined ? [] : [{ x: box.x + box.width / 2, y: box.y + y * box.height }],
    });
  await touch("touchStart", 0.1);
  await touch("touchMove", 0.3);
  await touch("touchMove", 0.5);
  await touch("touchEnd");
  await brushes(page, 1);
  await eventually(async () => assert.match(await page.locator("[data-brushed]").innerText(), /of 12 runs brushed/));
  await touch("touchStart", 0.3);
  await touch("touchEnd");
  await brushes(page, 0);
}, { hasTouch: true, viewport: { width: 390, height: 800 } });

pageTest("axes change places by their menus and by dragging, and a hover names the run", async ({ page, ...place }) => {
  await page.goto(address(await sweep(place), "&plot=scatter&axes=params.lr&axes=params.model&axes=metrics.loss"));
  const head = (axis: string) => page.locator(`[data-axis="${axis}"] summary`);
  await head("params.lr").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Move right" }).focus();
  await page.keyboard.press("Enter");
  await eventually(async () => assert.deepEqual(await axisNames(page), ["params.model", "params.lr", "metrics.loss"]));
  await ready(page);
  await head("metrics.loss").scrollIntoViewIfNeeded();
  const box = await head("metrics.loss").boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(20, box.y + 5, { steps: 5 });
  await page.mouse.up();
  await eventually(async () => assert.deepEqual(await axisNames(page), ["metrics.loss", "params.model", "params.lr"]));
  const dot = page.locator("#plot-scatter .spot").first();
  await dot.scrollIntoViewIfNeeded();
  const name = await dot.locator("title").textContent();
  const spot = await dot.boundingBox();
  assert.ok(spot);
  await page.mouse.move(spot.x + spot.width / 2 + 1, spot.y + spot.height / 2 + 1);
  await eventually(async () => assert.equal(await page.locator("#plot-scatter .read p").innerText(), name));
});

pageTest("without JavaScript plots are chosen, axes brushed and least values plotted", async ({ page, ...place }) => {
  const runs = await sweep(place);
  await place.weir.logMetrics(runs[3] ?? "", [point("loss", -7, { step: -1 })]);
  await page.goto(address(runs, "&axes=params.lr&axes=params.model"));
  await page.locator('[data-axis="params.model"] summary').click();
  await page.locator('[data-axis="params.model"]').getByRole("combobox", { name: "From" }).selectOption("vit");
  await page.getByRole("button", { name: "Brush" }).first().click();
  await page.getByText("6 runs in the brushes").waitFor();
  await page.locator("label", { hasText: "Box" }).click();
  await page.getByLabel("About").selectOption("min.loss");
  await page.locator("#plots-form").getByRole("button", { name: "Apply" }).click();
  await page.getByRole("heading", { name: /^least loss by/ }).waitFor();
  assert.equal((await kept(page)).length, 6);
  await page.locator("#plot-parallel summary", { hasText: "Values" }).click();
  await page.locator('[data-axis="params.lr"] summary').click();
  await page.getByRole("link", { name: "Linear scale" }).click();
  await page.waitForURL(/scale=linear/);
}, { javaScriptEnabled: false });
