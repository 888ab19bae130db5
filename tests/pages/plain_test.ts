import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { falling, inAddress, logArtifact, logRuns, namesIn } from "./fill.ts";

/** A browser without JavaScript. */
const plain = { javaScriptEnabled: false };

const seen = (page: Page, names: string[]) => eventually(async () => assert.deepEqual(await namesIn(page), names));

const told = (page: Page, field: string, value: string) =>
  page.waitForURL((url) => url.searchParams.getAll(field).includes(value));

pageTest("without JavaScript an experiment is made, found, renamed and deleted", async ({ page }) => {
  await page.goto("/experiments");
  await page.getByText("New experiment").click();
  await page.getByRole("textbox", { name: "Name" }).fill("plain");
  await page.getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/\/experiments\/\d+$/);
  await page.goto("/experiments");
  await page.getByRole("searchbox").fill("PLAI");
  await page.keyboard.press("Enter");
  await told(page, "search", "PLAI");
  await page.getByRole("link", { name: "Rename, describe or delete plain" }).click();
  await page.locator("tr.edit").getByRole("textbox", { name: "Name" }).fill("plainer");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "plainer" }).waitFor();
  await page.getByLabel("Rename, describe, delete").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("plainer was moved to the bin").waitFor();
}, plain);

pageTest("without JavaScript runs are filtered, ordered, paged, deleted and had back", async ({ page, ...place }) => {
  await logRuns(place, Array.from({ length: 30 }, (_, i) => ({ run_name: `run ${i}`, metrics: { loss: i } })));
  await page.goto(`/experiments/${place.experiment_id}`);
  await page.getByLabel("Rows per page").selectOption("25");
  await page.locator("footer").getByRole("button", { name: "Go" }).click();
  await told(page, "max_results", "25");
  assert.equal((await namesIn(page)).length, 25);
  await page.getByRole("link", { name: "Next" }).click();
  await seen(page, ["run 4", "run 3", "run 2", "run 1", "run 0"]);
  await page.getByRole("searchbox", { name: "Filter runs" }).fill("metrics.loss < 3");
  await page.keyboard.press("Enter");
  await seen(page, ["run 2", "run 1", "run 0"]);
  await page.getByRole("columnheader", { name: "loss" }).getByRole("link").click();
  await seen(page, ["run 0", "run 1", "run 2"]);
  await page.getByRole("checkbox", { name: "run 1", exact: true }).check();
  await page.getByRole("button", { name: "Delete" }).click();
  await seen(page, ["run 0", "run 2"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await seen(page, ["run 0", "run 1", "run 2"]);
}, plain);

pageTest(
  "without JavaScript a wrong filter is marked, and its page answers 400",
  async ({ page, expected, ...place }) => {
    expected.push(/status of 400/);
    await logRuns(place, [{ run_name: "a" }]);
    const answer = await page.goto(`/experiments/${place.experiment_id}?filter=metrics.loss+%3D%3D+1`);
    assert.equal(answer?.status(), 400);
    assert.equal(await page.getByRole("alert").locator("pre").innerText(), "metrics.loss == 1");
  },
  plain,
);

pageTest("without JavaScript runs are chosen and compared, with their curves drawn", async ({ page, ...place }) => {
  await logRuns(place, ["one", "two"].map((run_name, i) => ({ run_name, metrics: { loss: falling(30, i / 4) } })));
  await page.goto(`/experiments/${place.experiment_id}`);
  await page.getByRole("checkbox", { name: "one" }).check();
  await page.getByRole("checkbox", { name: "two" }).check();
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("heading", { name: "Compare 2 runs" }).waitFor();
  const drawing = page.locator('[data-chart="loss"] .plot > svg');
  assert.ok(await drawing.isVisible());
  const shapes = await drawing.locator("g path:first-child").evaluateAll((all) =>
    all.map((path) => path.getAttribute("d") ?? "")
  );
  assert.equal(shapes.length, 2);
  // Thirty points: to the first, and in steps of x and y to the others.
  assert.ok(shapes.every((shape) => shape.split("l")[1]?.match(/-?[\d.]+/g)?.length === 2 * 29), shapes.join());
  await page.getByText("Log y").click();
  await page.getByText("Relative", { exact: true }).click();
  await page.getByRole("region", { name: "Curves" }).getByRole("button", { name: "Apply" }).click();
  await told(page, "log", "1");
  assert.deepEqual(inAddress(page, "x"), ["relative"]);
  await page.getByRole("button", { name: /Pin.*one as the baseline/s }).click();
  await page.waitForURL(/baseline=/);
  assert.deepEqual(inAddress(page, "log"), ["1"]);
}, plain);

pageTest("without JavaScript a run is read, changed and its files are looked into", async ({ page, ...place }) => {
  const [run_id = ""] = await logRuns(place, [{ run_name: "plain", metrics: { loss: falling(9, 0.5) } }]);
  await logArtifact(place.weir, run_id, "notes/hello.txt", "hello\n");
  await page.goto(`/runs/${run_id}`);
  assert.ok(await page.locator('[data-chart="loss"] .plot > svg').isVisible());
  await page.getByRole("link", { name: "notes" }).click();
  await page.getByRole("link", { name: "hello.txt" }).click();
  await page.locator("pre.file").waitFor();
  assert.equal(await page.locator("pre.file").textContent(), "hello\n");
  await page.getByText("Edit").click();
  await page.getByRole("textbox", { name: "Name" }).fill("renamed");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "renamed" }).waitFor();
  await page.getByRole("searchbox", { name: "Find a metric" }).fill("nothing like it");
  await page.keyboard.press("Enter");
  await told(page, "metrics", "nothing like it");
  assert.equal(await page.locator("#metrics tbody tr").count(), 0);
}, plain);
