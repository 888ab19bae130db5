import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logRun } from "./fill.ts";

const namesOf = (page: Page): Promise<string[]> =>
  page.locator("tbody tr:not(.branch) th a:not(.fold)").allInnerTexts();

const search = async (page: Page, words: string): Promise<void> => {
  await page.getByRole("searchbox", { name: "Find experiments by name" }).fill(words);
  await page.keyboard.press("Enter");
};

pageTest(
  "an experiment is made by the form, and its page shows lines to paste with this server's address",
  async ({ weir, page }) => {
    await page.goto("/");
    await page.getByText("New experiment").click();
    await page.getByRole("textbox", { name: "Name" }).fill("made/by hand");
    await page.getByRole("textbox", { name: "Description" }).fill("Does depth help?");
    await page.getByRole("button", { name: "Create" }).click();
    await page.waitForURL(/\/experiments\/\d+$/);
    assert.equal(await page.locator("h1").innerText(), "by hand");
    const text = await page.locator("main").innerText();
    assert.ok(text.includes("Does depth help?"));
    assert.ok(text.includes(`mlflow.set_tracking_uri("${weir.url}")`));
    assert.ok(text.includes('mlflow.set_experiment("made/by hand")'));
    assert.ok(text.includes(`curl -X POST '${weir.url}/api/2.0/mlflow/runs/create'`));
  },
);

pageTest(
  "a name that is taken or missing is refused with a reason",
  async ({ weir, page, expected }) => {
    expected.push(/status of 400/);
    await weir.createExperiment("taken");
    await page.goto("/experiments");
    await page.getByText("New experiment").click();
    await page.getByRole("button", { name: "Create" }).click();
    assert.equal(new URL(page.url()).pathname, "/experiments", "the browser asks for the name");
    await page.getByRole("textbox", { name: "Name" }).fill("taken");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "That did not work" }).waitFor();
    assert.match(await page.locator("main").innerText(), /Experiment\(name=taken\) already exists/);
  },
);

pageTest("names with slashes are a tree, and searching finds parts of them in any case", async ({ weir, page }) => {
  await Promise.all(["tree/oak/deep", "tree/oak/wide", "tree/elm"].map(weir.createExperiment));
  await page.goto("/experiments");
  const line = page.locator("tbody tr").filter({ hasText: "oak" });
  assert.match(await line.getAttribute("class") ?? "", /branch/);
  await search(page, "TREE/Oak");
  await eventually(async () => assert.deepEqual(await namesOf(page), ["deep", "wide"]));
  assert.deepEqual(inAddress(page, "search"), ["TREE/Oak"]);
  await search(page, "no such tree");
  await page.getByRole("heading", { name: "No experiment has this in its name" }).waitFor();
  await page.getByRole("link", { name: "Show all experiments" }).click();
  await eventually(async () => assert.ok((await namesOf(page)).includes("Default")));
});

pageTest("an experiment is renamed and described, from the list and from its own page", async ({ weir, page }) => {
  await weir.createExperiment("before");
  await page.goto("/experiments?search=before");
  await page.getByRole("link", { name: "Rename, describe or delete before" }).click();
  const row = page.locator("tr.edit");
  await row.getByRole("textbox", { name: "Name" }).fill("after");
  await row.getByRole("textbox", { name: "Description" }).fill("told later");
  await row.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/experiments\/\d+$/);
  assert.equal(await page.locator("h1").innerText(), "after");
  await page.getByLabel("Rename, describe, delete").click();
  await page.getByRole("textbox", { name: "Name" }).fill("after all");
  await page.getByRole("button", { name: "Save" }).click();
  await eventually(async () => assert.equal(await page.locator("h1").innerText(), "after all"));
  assert.ok((await page.locator("main").innerText()).includes("told later"));
});

pageTest("a deleted experiment can be had back at once, or later from the bin", async ({ page, ...place }) => {
  const { weir, experiment_id } = place;
  await weir.ok("POST", "experiments/update", { experiment_id, new_name: "doomed" });
  await logRun(place, { run_name: "kept" });
  await page.goto("/experiments?search=doomed");
  await page.getByRole("link", { name: "Rename, describe or delete doomed" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("doomed was moved to the bin.").waitFor();
  assert.ok(!(await namesOf(page)).includes("doomed"));
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForURL(`${weir.url}/experiments/${experiment_id}`);
  assert.ok(await page.getByRole("link", { name: "kept" }).isVisible());

  await page.getByLabel("Rename, describe, delete").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("doomed was moved to the bin.").waitFor();
  await page.getByRole("link", { name: "Deleted", exact: true }).click();
  await eventually(async () => assert.deepEqual(await namesOf(page), ["doomed"]));
  await page.getByRole("link", { name: "doomed", exact: true }).click();
  await page.getByText("This experiment is in the bin.").waitFor();
  await page.getByRole("button", { name: "Restore the experiment" }).click();
  await page.getByText("This experiment is in the bin.").waitFor({ state: "detached" });
});

pageTest("an experiment that is not there is a page that says so and leads on", async ({ page, expected }) => {
  expected.push(/status of 404/);
  const answer = await page.goto("/experiments/424242");
  assert.equal(answer?.status(), 404);
  assert.equal(await page.locator("h1").innerText(), "Not found");
  await page.getByRole("link", { name: "All experiments", exact: true }).click();
  await page.waitForURL(/\/experiments$/);
});
