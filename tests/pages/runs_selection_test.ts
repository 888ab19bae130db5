import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logRuns, namesIn } from "./fill.ts";

const named = (...names: string[]) => names.map((run_name, i) => ({ run_name, metrics: { loss: i } }));

const boxOf = (page: Page, name: string) => page.getByRole("checkbox", { name, exact: true });

const selectedIn = (page: Page): Promise<string[]> =>
  page.locator("#rows input[name=runs]:checked").evaluateAll((boxes) => boxes.map((box) => box.ariaLabel ?? ""));

pageTest("runs are chosen and compared with the keyboard alone", async ({ page, ...place }) => {
  const [a, , c] = await logRuns(place, named("a", "b", "c"));
  await page.goto(`/experiments/${place.experiment_id}`);
  await page.keyboard.type("jxjjjkjx");
  assert.deepEqual(await selectedIn(page), ["c", "a"]);
  assert.equal(await page.locator("#selected-count").innerText(), "2 selected");
  assert.deepEqual(inAddress(page, "runs"), [c, a]);
  await page.keyboard.press("c");
  await page.waitForURL(/\/compare\?/);
  assert.equal(await page.locator("h1").innerText(), "Compare 2 runs");
  assert.deepEqual(await page.locator("thead .nm a").allInnerTexts(), ["c", "a"]);
});

pageTest("the keys are listed by ?, and / leads to the filter", async ({ page, ...place }) => {
  await logRuns(place, named("a"));
  await page.goto(`/experiments/${place.experiment_id}`);
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  assert.match(await list.innerText(), /Compare the selected runs/);
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.keyboard.type("x ?");
  assert.equal(await page.getByLabel("Filter runs").inputValue(), "x ?");
  assert.equal(await list.count(), 0);
});

pageTest("a click with shift selects all runs between, and the head selects the page", async ({ page, ...place }) => {
  await logRuns(place, named("a", "b", "c", "d", "e"));
  await page.goto(`/experiments/${place.experiment_id}`);
  await boxOf(page, "d").click();
  await boxOf(page, "b").click({ modifiers: ["Shift"] });
  assert.deepEqual(await selectedIn(page), ["d", "c", "b"]);
  const all = page.getByRole("checkbox", { name: "Select all on this page" });
  assert.ok(await all.evaluate((box: HTMLInputElement) => box.indeterminate));
  await all.click();
  assert.equal((await selectedIn(page)).length, 5);
  await page.getByRole("button", { name: "Clear" }).click();
  assert.deepEqual(await selectedIn(page), []);
  assert.deepEqual(inAddress(page, "runs"), []);
});

pageTest("a selection lives through a filter, another page and a reload", async ({ page, ...place }) => {
  await logRuns(place, named(...Array.from({ length: 30 }, (_, i) => `run ${i}`)));
  await page.goto(`/experiments/${place.experiment_id}?max_results=25`);
  await boxOf(page, "run 29").check();
  await page.getByRole("link", { name: "Next" }).click();
  await boxOf(page, "run 0").check();
  assert.equal(await page.locator("#selected-count").innerText(), "2 selected");
  await page.getByLabel("Filter runs").fill("metrics.loss < 2");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.deepEqual(await namesIn(page), ["run 1", "run 0"]));
  assert.deepEqual(await selectedIn(page), ["run 0"]);
  assert.equal(await page.locator("#selected-count").innerText(), "2 selected");
  await page.reload();
  assert.deepEqual(await selectedIn(page), ["run 0"]);
  await page.getByRole("button", { name: "Compare" }).click();
  await page.waitForURL(/\/compare\?/);
  assert.deepEqual((await page.locator("thead .nm a").allInnerTexts()).sort(), ["run 0", "run 29"]);
});

pageTest("deleted runs can be had back at once, or later from the bin", async ({ page, ...place }) => {
  await logRuns(place, named("a", "b", "c"));
  await page.goto(`/experiments/${place.experiment_id}?filter=metrics.loss+%3C+5`);
  await boxOf(page, "a").check();
  await boxOf(page, "b").check();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("2 runs were moved to the bin").waitFor();
  assert.deepEqual(await namesIn(page), ["c"]);
  assert.deepEqual(inAddress(page, "filter"), ["metrics.loss < 5"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("2 runs were restored").waitFor();
  assert.deepEqual(await namesIn(page), ["c", "b", "a"]);

  await boxOf(page, "b").check();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("1 run was moved to the bin").waitFor();
  await page.getByRole("link", { name: "Deleted", exact: true }).click();
  await eventually(async () => assert.deepEqual(await namesIn(page), ["b"]));
  await boxOf(page, "b").check();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByText("1 run was restored").waitFor();
  await page.getByRole("link", { name: "Active", exact: true }).click();
  await eventually(async () => assert.deepEqual(await namesIn(page), ["c", "b", "a"]));
});

pageTest("children stand below their parent and can be folded away", async ({ page, ...place }) => {
  const [parent = ""] = await logRuns(place, named("parent"));
  const child = (run_name: string) => ({ run_name, tags: { "mlflow.parentRunId": parent } });
  await logRuns(place, [child("child 1"), child("child 2")]);
  await page.goto(`/experiments/${place.experiment_id}`);
  assert.deepEqual(await namesIn(page), ["parent", "child 2", "child 1"]);
  await page.getByRole("link", { name: "Children of parent" }).click();
  await eventually(async () => assert.deepEqual(await namesIn(page), ["parent"]));
  assert.deepEqual(inAddress(page, "closed"), [parent]);
  await page.getByRole("link", { name: "2 runs" }).click();
  await page.waitForURL(/parentRunId/);
  await eventually(async () => assert.deepEqual(await namesIn(page), ["child 2", "child 1"]));
});
