import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logRun, logRuns, type Place, rowOf } from "./fill.ts";

const threeRuns = (place: Place): Promise<string[]> =>
  logRuns(place, [
    {
      run_name: "one",
      params: { lr: "0.1", seed: "7" },
      metrics: { loss: 0.5, acc: 0.75, norm: 1 },
      tags: { team: "a" },
    },
    {
      run_name: "two",
      params: { lr: "0.2", seed: "7" },
      metrics: { loss: 0.25, acc: 0.5, norm: 2 },
      tags: { team: "a" },
    },
    {
      run_name: "three",
      params: { lr: "0.1", seed: "7" },
      metrics: { loss: 0.75, acc: 1, norm: 1 },
      tags: { team: "a" },
    },
  ]);

const address = (runs: readonly string[], more = ""): string => `/compare?runs=${runs.join(",")}${more}`;

const rowNames = (page: Page): Promise<string[]> => page.locator("tbody th[scope=row] bdi").allInnerTexts();

/** The cells of a row, in words; what only ears get is left out. */
const cells = async (page: Page, name: string): Promise<string[]> => {
  const texts = await rowOf(page, name).locator("td").allInnerTexts();
  return texts.map((text) => text.replace(/\n?(better|worse)/g, "").replace(/\s+/g, " ").trim());
};

pageTest(
  "runs stand beside each other, and what is the same is hidden, counted and one click away",
  async ({ page, ...place }) => {
    await page.goto(address(await threeRuns(place)));
    assert.equal(await page.locator("h1").innerText(), "Compare 3 runs");
    assert.deepEqual(await page.locator("thead .nm a").allInnerTexts(), ["one", "two", "three"]);
    const differing = await rowNames(page);
    assert.ok(["loss", "acc", "norm", "lr"].every((name) => differing.includes(name)), differing.join());
    assert.ok(!differing.includes("seed") && !differing.includes("team"));
    assert.match(await page.locator(".corner").innerText(), /Hidden because equal: 1 param, 1 tag Show/);
    await page.getByRole("switch", { name: "Differences only" }).click();
    await eventually(async () => assert.ok((await rowNames(page)).includes("seed")));
    assert.deepEqual(inAddress(page, "only"), ["all"]);
    await page.goBack();
    await eventually(async () => assert.ok(!(await rowNames(page)).includes("seed")));
  },
);

pageTest(
  "values are measured against the pinned run, with ▲ for better in the metric's own direction",
  async ({ page, ...place }) => {
    const runs = await threeRuns(place);
    await page.goto(address(runs));
    assert.deepEqual(await cells(page, "loss"), ["0.50 baseline", "best 0.25 ▲ −0.25", "0.75 ▼ +0.25"]);
    assert.deepEqual(await cells(page, "acc"), ["0.75 baseline", "0.50 ▼ −0.25", "best 1.00 ▲ +0.25"]);
    assert.deepEqual(await cells(page, "norm"), ["1 baseline", "2 +1", "1 ±0"]);
    await page.getByRole("button", { name: /Pin.*three as the baseline/s }).click();
    await eventually(async () =>
      assert.deepEqual(await cells(page, "loss"), ["0.50 ▲ −0.25", "best 0.25 ▲ −0.50", "0.75 baseline"])
    );
    assert.deepEqual(inAddress(page, "baseline"), [runs[2]]);
    const shaded = await rowOf(page, "lr").locator("td").evaluateAll((all) => all.map((cell) => cell.className));
    assert.deepEqual(shaded, ["", "x", "base"]);
  },
);

pageTest("which direction is better is said once, for everybody and every page", async ({ page, open, ...place }) => {
  const runs = await threeRuns(place);
  await page.goto(address(runs, "&dir=higher:norm"));
  assert.deepEqual(await cells(page, "norm"), ["1 baseline", "best 2 ▲ +1", "1 ±0"], "an address may say otherwise");
  await page.goto(address(runs));
  await page.getByRole("button", { name: /^norm: neither is better/ }).click();
  await eventually(async () => assert.deepEqual(await cells(page, "norm"), ["best 1 baseline", "2 ▼ +1", "best 1 ±0"]));
  assert.equal(await page.locator("h1").innerText(), "Compare 3 runs");
  const other = await open();
  await other.goto(address(runs));
  assert.deepEqual(await cells(other, "norm"), ["best 1 baseline", "2 ▼ +1", "best 1 ±0"]);
  await other.goto(`/experiments/${place.experiment_id}`);
  const best = other.locator("#rows tr").filter({ hasText: "one" }).locator("td.best");
  assert.ok(
    (await best.allInnerTexts()).some((text) => /^1\b/.test(text.trim())),
    "the table of runs marks the same one",
  );
});

pageTest(
  "an experiment remembers its baseline, for everybody, until somebody forgets it",
  async ({ page, open, ...place }) => {
    const [one = "", two = "", three = ""] = await threeRuns(place);
    await page.goto(address([one, two, three], `&baseline=${three}`));
    await page.getByRole("button", { name: "Set three as the baseline of its experiment, for everybody" }).click();
    await page.getByRole("button", { name: /^three is the baseline of its experiment/ }).waitFor();
    const other = await open();
    await other.goto(address([one, two, three]));
    assert.deepEqual(await cells(other, "loss"), ["0.50 ▲ −0.25", "best 0.25 ▲ −0.50", "0.75 baseline"]);
    await other.goto(address([one, two]));
    await other.getByRole("link", { name: "Add the baseline" }).click();
    await eventually(async () => assert.equal(await other.locator("h1").innerText(), "Compare 3 runs"));
    await page.getByRole("button", { name: /^three is the baseline of its experiment/ }).click();
    await eventually(async () => {
      await other.goto(address([one, two, three]));
      assert.deepEqual(await cells(other, "loss"), ["0.50 baseline", "best 0.25 ▲ −0.25", "0.75 ▼ +0.25"]);
    });
  },
);

pageTest("a run is left out, and the rest can be turned on its side", async ({ page, ...place }) => {
  const [one, two, three] = await threeRuns(place);
  await page.goto(address([one ?? "", two ?? "", three ?? ""]));
  await page.locator("thead th").filter({ hasText: "two" }).hover();
  await page.getByRole("button", { name: "Leave out two" }).click();
  await eventually(async () => assert.equal(await page.locator("h1").innerText(), "Compare 2 runs"));
  await page.getByRole("link", { name: "Transpose" }).click();
  await page.waitForURL(/transpose=1/);
  assert.equal(inAddress(page, "runs").join(), `${one},${three}`);
  await eventually(async () => assert.deepEqual(await page.locator("tbody .nm a").allInnerTexts(), ["one", "three"]));
});

pageTest("on a phone each run's name stands above its values", async ({ page, ...place }) => {
  await page.goto(address(await threeRuns(place)));
  const lefts = (cells: string): Promise<number[]> =>
    page.locator(cells).evaluateAll((all) => all.map((cell) => Math.round(cell.getBoundingClientRect().left)));
  const heads = await lefts(".ct thead th");
  assert.equal(heads.length, 4);
  assert.deepEqual(heads, await lefts(".ct tbody:first-of-type tr:nth-child(2) > *"));
}, { viewport: { width: 390, height: 844 } });

pageTest("ids that are nobody's are named, and the runs that are there are compared", async ({ page, ...place }) => {
  const [one, two] = await threeRuns(place);
  const gone = "0123456789abcdef0123456789abcdef";
  await page.goto(address([one ?? "", gone, two ?? ""]));
  assert.match(await page.getByRole("alert").innerText(), new RegExp(`1 run not found\\. No run has the id ${gone}`));
  assert.deepEqual(await page.locator("thead .nm a").allInnerTexts(), ["one", "two"]);
});

pageTest("one run alone leads to those beside it, none to the experiments", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "lonely" });
  await page.goto(address([run_id]));
  assert.match(await page.locator("main").innerText(), /lonely is alone here/);
  await page.getByRole("link", { name: "The runs beside it" }).click();
  await page.waitForURL(`**/experiments/${place.experiment_id}?*`);
  assert.ok(await page.getByRole("checkbox", { name: "lonely" }).isChecked());
  await page.goto("/compare");
  assert.match(await page.locator("main").innerText(), /No runs to compare/);
});

pageTest("a wide number leaves room for the mark of the best", async ({ page, ...place }) => {
  const losses = [7.541234e-7, 0.25, 0.125, 0.5, 0.75, 0.875];
  await page.goto(
    address(await logRuns(place, losses.map((loss) => ({ run_name: `loss ${loss}`, metrics: { loss } })))),
  );
  const cell = rowOf(page, "loss").first().locator("td").first();
  const [mark, value] = await Promise.all([cell.locator(".badge").boundingBox(), cell.locator(".v").boundingBox()]);
  assert.ok(mark && value && mark.x + mark.width <= value.x, JSON.stringify({ mark, value }));
});

pageTest("a run's own page sets it as the baseline of its experiment", async ({ page, ...place }) => {
  const [one = "", two = ""] = await threeRuns(place);
  await page.goto(`/runs/${two}`);
  await page.getByText("Edit", { exact: true }).first().click();
  await page.getByRole("button", { name: "Set as the baseline of the experiment" }).click();
  await page.waitForURL(/done=changed/);
  await page.goto(address([one, two]));
  assert.deepEqual(await cells(page, "loss"), ["0.50 ▼ +0.25", "best 0.25 baseline"]);
});
