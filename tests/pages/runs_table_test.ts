import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logRuns, namesIn, type Place, rowOf } from "./fill.ts";

const threeRuns = (place: Place) =>
  logRuns(place, [
    { run_name: "first", params: { model: "vit", lr: "0.1" }, metrics: { "val/loss": 0.5, acc: 0.7 } },
    { run_name: "second", params: { model: "resnet", lr: "0.1" }, metrics: { "val/loss": 0.25, acc: 0.9 } },
    { run_name: "third", params: { model: "vit", lr: "0.1" }, metrics: { "val/loss": 0.75, acc: NaN } },
  ]);

const seen = (page: Page, names: string[]) => eventually(async () => assert.deepEqual(await namesIn(page), names));

async function filterBy(page: Page, filter: string): Promise<void> {
  await page.getByLabel("Filter runs").fill(filter);
  await page.keyboard.press("Enter");
}

pageTest(
  "the runs table shows the newest run first, with metrics and the params that differ",
  async ({ page, ...place }) => {
    await threeRuns(place);
    await page.goto(`/experiments/${place.experiment_id}`);
    assert.deepEqual(await namesIn(page), ["third", "second", "first"]);
    const heads = await page.locator("thead tr:last-child th").allInnerTexts();
    assert.ok(["val/loss", "acc", "model"].every((name) => heads.includes(name)), heads.join());
    assert.ok(!heads.includes("lr"), "the same in all runs");
    const second = await rowOf(page, "second").locator("td").allInnerTexts();
    assert.ok(
      ["Finished", "1h", "0.25", "0.9", "resnet"].every((text) => second.some((cell) => cell.includes(text))),
      second.join(),
    );
    assert.ok((await rowOf(page, "third").innerText()).includes("NaN"));
  },
);

pageTest("a filter narrows the table, stands in the address, and goes by its chip", async ({ page, ...place }) => {
  await threeRuns(place);
  await page.goto(`/experiments/${place.experiment_id}`);
  await filterBy(page, "metrics.`val/loss` < 0.6 and params.model = 'vit'");
  await seen(page, ["first"]);
  assert.deepEqual(inAddress(page, "filter"), ["metrics.`val/loss` < 0.6 and params.model = 'vit'"]);
  assert.match(await page.locator("#count").innerText(), /1 matching run$/);
  await page.getByRole("link", { name: /^Remove: .*val\/loss/ }).click();
  await seen(page, ["third", "first"]);
  await page.getByRole("link", { name: /^Remove: .*model/ }).click();
  await seen(page, ["third", "second", "first"]);
  assert.deepEqual(inAddress(page, "filter"), []);
});

pageTest("a filter that no run matches says so, and one click clears it", async ({ page, ...place }) => {
  await threeRuns(place);
  await page.goto(`/experiments/${place.experiment_id}`);
  await filterBy(page, "params.model = 'mlp'");
  await page.getByRole("heading", { name: "No run matches" }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "Clear the filter" }).first().click();
  await seen(page, ["third", "second", "first"]);
});

pageTest(
  "a filter that is wrong keeps its text, marks its character, and can be mended",
  async ({ page, expected, ...place }) => {
    expected.push(/status of 400/);
    await threeRuns(place);
    await page.goto(`/experiments/${place.experiment_id}`);
    const wrong = "params.model = 'vit' and metrics.acc << 1";
    await filterBy(page, wrong);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.equal(await alert.locator("pre").textContent(), wrong);
    const before = await alert.locator("pre").evaluate((pre) => pre.firstChild?.textContent ?? "");
    assert.equal(before, wrong.slice(0, wrong.indexOf("<<")));
    assert.equal(await page.getByLabel("Filter runs").inputValue(), wrong);
    await filterBy(page, wrong.replace("<<", "<"));
    await seen(page, ["first"]);
    assert.equal(await alert.count(), 0);
  },
);

pageTest("the address of a wrong filter answers 400 with the whole page", async ({ page, expected, ...place }) => {
  expected.push(/status of 400/);
  await threeRuns(place);
  const answer = await page.goto(`/experiments/${place.experiment_id}?filter=loss+%3C`);
  assert.equal(answer?.status(), 400);
  assert.ok(await page.getByLabel("Filter runs").isVisible());
  assert.match(await page.getByRole("alert").innerText(), /\(character \d+\)/);
});

pageTest(
  "an order that is none is said to be wrong, and the filter is not blamed",
  async ({ page, expected, ...place }) => {
    expected.push(/status of 400/);
    await threeRuns(place);
    const answer = await page.goto(`/experiments/${place.experiment_id}?filter=metrics.acc+%3C+1&order_by=best+first`);
    assert.equal(answer?.status(), 400);
    assert.match(await page.getByRole("alert").innerText(), /^Invalid ordering key in order_by clause 'best first'/);
    assert.equal(await page.getByLabel("Filter runs").getAttribute("aria-invalid"), null);
  },
);

pageTest("a click on a head orders by it, the next turns the order, the third ends it", async ({ page, ...place }) => {
  await threeRuns(place);
  await page.goto(`/experiments/${place.experiment_id}`);
  const head = page.getByRole("columnheader", { name: "val/loss" });
  await head.getByRole("link").click();
  await seen(page, ["second", "first", "third"]);
  assert.deepEqual(inAddress(page, "order_by"), ["metrics.`val/loss` ASC"]);
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  await head.getByRole("link").click();
  await seen(page, ["third", "first", "second"]);
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  await head.getByRole("link").click();
  await seen(page, ["third", "second", "first"]);
  assert.deepEqual(inAddress(page, "order_by"), []);
});

pageTest("columns are picked in a menu, and the address keeps them", async ({ page, ...place }) => {
  await threeRuns(place);
  await page.goto(`/experiments/${place.experiment_id}`);
  await page.locator("summary", { hasText: "Columns" }).click();
  const picker = page.locator("form.picker");
  await picker.getByLabel("acc", { exact: true }).uncheck();
  await picker.getByLabel("Only those that differ").uncheck();
  await picker.getByLabel("lr", { exact: true }).check();
  await picker.getByRole("button", { name: "Show these" }).click();
  const heads = page.locator("thead tr:last-child th");
  await eventually(async () => assert.ok((await heads.allInnerTexts()).includes("lr")));
  assert.ok(!(await heads.allInnerTexts()).includes("acc"));
  assert.ok(inAddress(page, "columns").includes("params.lr"));
  await page.reload();
  assert.ok((await heads.allInnerTexts()).includes("lr"));
});

pageTest(
  "a head that is dragged before another moves its column, and the address says so",
  async ({ page, ...place }) => {
    await threeRuns(place);
    await page.goto(`/experiments/${place.experiment_id}`);
    const head = (name: string) => page.locator(`th[data-column="metrics.${name}"]`);
    const metrics = () => page.locator('th[data-column^="metrics."]').allInnerTexts();
    assert.deepEqual(await metrics(), ["val/loss", "acc"]);
    await head("acc").dragTo(head("val/loss"), { targetPosition: { x: 3, y: 10 } });
    await eventually(async () => assert.deepEqual(await metrics(), ["acc", "val/loss"]));
    assert.deepEqual(inAddress(page, "columns").slice(0, 2), ["metrics.acc", "metrics.val/loss"]);
    await head("acc").dragTo(page.locator('th[data-column="params.model"]'));
    assert.deepEqual(await metrics(), ["acc", "val/loss"]);
  },
);

pageTest("pages of a chosen size follow each other, and no run comes twice", async ({ page, ...place }) => {
  const names = Array.from({ length: 60 }, (_, i) => `run ${i + 1}`);
  await logRuns(place, names.map((run_name) => ({ run_name })));
  await page.goto(`/experiments/${place.experiment_id}`);
  await page.getByLabel("Rows per page").selectOption("25");
  await eventually(async () => assert.equal((await namesIn(page)).length, 25));
  assert.deepEqual(inAddress(page, "max_results"), ["25"]);
  const pages = [await namesIn(page)];
  const turn = async (): Promise<void> => {
    const last = pages.at(-1);
    await page.getByRole("link", { name: "Next" }).click();
    await eventually(async () => assert.notDeepEqual(await namesIn(page), last));
    pages.push(await namesIn(page));
  };
  await turn();
  await turn();
  assert.equal(await page.getByRole("link", { name: "Next" }).count(), 0);
  assert.deepEqual(pages.flat(), names.toReversed());
  await page.getByRole("link", { name: "First" }).click();
  await seen(page, pages[0] ?? []);
});

pageTest("back and forward go through the views of the table", async ({ page, ...place }) => {
  await threeRuns(place);
  await page.goto(`/experiments/${place.experiment_id}`);
  await filterBy(page, "params.model = 'vit'");
  await seen(page, ["third", "first"]);
  await page.getByRole("columnheader", { name: "val/loss" }).getByRole("link").click();
  await seen(page, ["first", "third"]);
  await page.goBack();
  await seen(page, ["third", "first"]);
  await page.goBack();
  await seen(page, ["third", "second", "first"]);
  assert.equal(await page.getByLabel("Filter runs").inputValue(), "");
  await page.goForward();
  await seen(page, ["third", "first"]);
  assert.equal(await page.getByLabel("Filter runs").inputValue(), "params.model = 'vit'");
});

pageTest(
  "an address sent to somebody else shows the same runs, columns and selection",
  async ({ page, open, ...place }) => {
    await threeRuns(place);
    await page.goto(`/experiments/${place.experiment_id}`);
    await filterBy(page, "params.model = 'vit'");
    await seen(page, ["third", "first"]);
    await page.getByRole("columnheader", { name: "val/loss" }).getByRole("link").click();
    await seen(page, ["first", "third"]);
    await page.getByRole("checkbox", { name: "third" }).check();
    const other = await open();
    await other.goto(page.url());
    assert.deepEqual(await namesIn(other), ["first", "third"]);
    assert.deepEqual(
      await other.locator("thead tr:last-child th").allInnerTexts(),
      await page.locator("thead tr:last-child th").allInnerTexts(),
    );
    assert.ok(await other.getByRole("checkbox", { name: "third" }).isChecked());
    assert.equal(await other.locator("#selected-count").innerText(), "1 selected");
  },
);
