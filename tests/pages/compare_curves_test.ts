import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { point } from "../weir.ts";
import { endRun, falling, inAddress, logRun, logRuns, type Place, rowOf } from "./fill.ts";

const twoRuns = (place: Place): Promise<string[]> =>
  logRuns(place, [
    { run_name: "one", metrics: { loss: falling(30, 0.25), acc: [0.1, 0.5, 0.7], lr: [1, 2], wide: [3, 4] } },
    { run_name: "two", metrics: { loss: falling(30, 0.5), acc: [0.2, 0.4, 0.6], lr: [2, 1], wide: [4, 3] } },
  ]);

const address = (runs: readonly string[], more = ""): string => `/compare?runs=${runs.join(",")}${more}`;

const chart = (page: Page, metric: string) => page.locator(`[data-chart="${metric}"]`);

/** How many pixels of a drawing have the colour of each run, in the order of the list below it. */
const inked = (page: Page, metric: string): Promise<number[]> =>
  chart(page, metric).evaluate((section) => {
    const canvas = section.querySelector("canvas");
    const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return [...section.querySelectorAll("i.line")].map((line) => {
      const wanted = getComputedStyle(line).borderTopColor.match(/\d+/g)?.map(Number) ?? [];
      let count = 0;
      for (let i = 0; i < pixels.length; i += 4) {
        const near = wanted.every((value, channel) => Math.abs(value - (pixels[i + channel] ?? 0)) < 16);
        // A level line of 1.5 pixels may cover two rows by three quarters each.
        if (near && (pixels[i + 3] ?? 0) > 100) count++;
      }
      return count;
    });
  });

const drawn = (page: Page, metric: string) =>
  eventually(async () => {
    const counts = await inked(page, metric);
    assert.ok(counts.length > 0 && counts.every((count) => count > 50), counts.join());
  });

const titles = (page: Page): Promise<string[]> => page.locator("[data-chart]").getByRole("heading").allInnerTexts();

pageTest("every run has its line in one chart for each metric", async ({ page, ...place }) => {
  await page.goto(address(await twoRuns(place)));
  await drawn(page, "loss");
  await drawn(page, "acc");
  assert.deepEqual(await chart(page, "loss").locator("[data-line] span").allInnerTexts(), ["one", "two"]);
  await eventually(async () => assert.match(await chart(page, "loss").innerText(), /60 of 60 points/));
  for (const kind of ["csv", "svg", "png"]) {
    await chart(page, "loss").locator("summary").click();
    const file = page.waitForEvent("download");
    await chart(page, "loss").locator(`[data-export=${kind}]`).click();
    assert.equal((await file).suggestedFilename(), `loss.${kind}`);
    await page.keyboard.press("Escape");
  }
});

pageTest("lines are drawn in the dark too, in the colours of the dark", async ({ page, ...place }) => {
  await page.goto(address(await twoRuns(place)));
  await drawn(page, "loss");
  await page.emulateMedia({ colorScheme: "dark" });
  await drawn(page, "loss");
});

pageTest(
  "metrics, axis, smoothing and scale are chosen on the page and kept by its address",
  async ({ page, open, ...place }) => {
    await page.goto(address(await twoRuns(place)));
    await page.getByText("Metrics", { exact: false }).locator("visible=true").getByText(/\d of 4/).click();
    await page.locator(".pick").getByLabel("loss").uncheck();
    await page.locator(".pick").getByLabel("wide").check();
    await page.getByRole("button", { name: "Show these curves" }).click();
    await eventually(async () => assert.deepEqual((await titles(page)).sort(), ["acc", "wide"]));
    await page.getByText("Relative", { exact: true }).click();
    await eventually(() => Promise.resolve(assert.deepEqual(inAddress(page, "x"), ["relative"])));
    const slider = page.getByRole("slider", { name: "Smoothing" });
    await slider.fill("0.6");
    await slider.dispatchEvent("change");
    await eventually(() => Promise.resolve(assert.deepEqual(inAddress(page, "smooth"), ["0.6"])));
    await page.getByText("Log y").click();
    await eventually(() => Promise.resolve(assert.deepEqual(inAddress(page, "log"), ["1"])));
    await drawn(page, "wide");
    const other = await open();
    await other.goto(page.url());
    await drawn(other, "wide");
    assert.deepEqual((await titles(other)).sort(), ["acc", "wide"]);
    assert.ok(await other.getByRole("radio", { name: "Relative" }).isChecked());
    assert.equal(await other.getByRole("slider", { name: "Smoothing" }).inputValue(), "0.6");
    assert.ok(await other.getByRole("checkbox", { name: "Log y" }).isChecked());
  },
);

pageTest("a thinned curve says so, and zooming in shows the points themselves", async ({ page, ...place }) => {
  const noise = Array.from({ length: 5000 }, (_, step) => Math.sin(step * step));
  const start = noise.slice(0, 900);
  const runs = await logRuns(place, [
    { run_name: "one", metrics: { noise: start } },
    { run_name: "two", metrics: { noise: start.map((value) => value + 3) } },
  ]);
  const run_id = runs[0] ?? "";
  for (let from = 900; from < noise.length; from += 900) {
    await place.weir.logMetrics(
      run_id,
      noise.slice(from, from + 900).map((value, i) => point("noise", value, { step: from + i })),
    );
  }
  await page.goto(address(runs));
  const note = chart(page, "noise").locator("[data-note]");
  await eventually(async () => assert.match(await note.innerText(), /^[\d,]+ of 5,900 points.*drag to zoom/));
  await drawn(page, "noise");
  const box = await chart(page, "noise").locator("canvas").boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.55, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await eventually(async () => {
    const [, shown, total] = /^([\d,]+) of ([\d,]+) points in sight/.exec(await note.innerText()) ?? [];
    assert.ok(shown !== undefined && shown === total, await note.innerText());
  });
  await chart(page, "noise").getByRole("button", { name: "Whole curve" }).click();
  await eventually(async () => assert.match(await note.innerText(), /of 5,900 points/));
});

pageTest(
  "while a run logs, the curves and the numbers follow, and the page stays where it is",
  async ({ page, ...place }) => {
    const { weir } = place;
    const done = await logRun(place, { run_name: "done", metrics: { loss: falling(10, 0.5) } });
    const going = await logRun(place, { run_name: "going", status: "RUNNING", metrics: { loss: falling(5, 0.5) } });
    await page.setViewportSize({ width: 1280, height: 360 });
    await page.goto(address([done, going]));
    await page.evaluate(() => void Reflect.set(globalThis, "here", "still"));
    await eventually(async () => assert.match(await chart(page, "loss").innerText(), /15 of 15 points/));
    assert.match(await page.locator("#live").innerText(), /1 running/);
    await page.getByText("Log y").click(); // a switch that has the focus does not hold the page up
    await page.waitForURL(/log=1/);
    await page.evaluate(() => scrollTo(0, 60));
    let step = 5;
    await eventually(async () => {
      await weir.logMetrics(going, [point("loss", 1 / 128, { step, timestamp: step++ })]);
      assert.match(await rowOf(page, "loss").innerText(), /0\.0078/);
    });
    await endRun(weir, going);
    await page.locator("#live").waitFor({ state: "detached" });
    await eventually(async () =>
      assert.match(await chart(page, "loss").innerText(), new RegExp(`${10 + step} of ${10 + step} points`))
    );
    await drawn(page, "loss");
    assert.ok(!(await page.locator("thead").innerText()).includes("Running"));
    assert.equal(await page.evaluate(() => Reflect.get(globalThis, "here")), "still");
    assert.equal(await page.evaluate(() => scrollY), 60);
  },
);
