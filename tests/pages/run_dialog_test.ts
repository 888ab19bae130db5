import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logRuns, namesIn } from "./fill.ts";

const named = (...names: string[]) => names.map((run_name, i) => ({ run_name, metrics: { loss: i } }));

pageTest(
  "selected runs are tagged and moved from dialogs by keyboard, and undone",
  async ({ page, weir, ...place }) => {
    const there = await weir.createExperiment("there");
    await logRuns({ weir, ...place }, named("a", "b", "c"));
    await page.goto(`/experiments/${place.experiment_id}?filter=metrics.loss+<+2`);
    await page.getByRole("checkbox", { name: "Select all on this page" }).check();
    const change = async (what: string) => {
      await page.locator("summary", { hasText: "Change" }).press("Enter");
      await page.getByRole("button", { name: what }).press("Enter");
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      return dialog;
    };
    const tags = await change("Set or remove a tag…");
    assert.equal(await tags.getByRole("heading").innerText(), "Tag 2 runs");
    await page.keyboard.type("team");
    await page.keyboard.press("Tab");
    await page.keyboard.type("blue");
    await page.keyboard.press("Enter");
    await page.getByText("The tag team of 2 runs is now blue.").waitFor();
    assert.deepEqual(inAddress(page, "filter"), ["metrics.loss < 2"]);

    await page.getByRole("checkbox", { name: "b", exact: true }).check();
    const move = await change("Move to another experiment…");
    await page.keyboard.press("Escape");
    await move.waitFor({ state: "detached" });
    await change("Move to another experiment…");
    await page.keyboard.type("there");
    await page.keyboard.press("Enter");
    await page.getByText("1 run was moved to there.").waitFor();
    assert.deepEqual(await namesIn(page), ["a"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("1 run was moved back.").waitFor();
    assert.deepEqual(await namesIn(page), ["b", "a"]);
    await page.goto(`/experiments/${there}`);
    await page.getByText("No runs yet").waitFor();
  },
);

pageTest("a view saved after the page changed is what somebody else then sees", async ({ page, open, ...place }) => {
  await logRuns(place, named("a", "b", "c"));
  await page.goto(`/experiments/${place.experiment_id}`);
  await page.getByRole("searchbox", { name: "Filter runs" }).fill("metrics.loss > 0");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.deepEqual(await namesIn(page), ["c", "b"]));
  await page.getByLabel("Saved views").click();
  await page.getByLabel("Save what is shown as").fill("Lossy");
  await page.getByLabel("For everyone").check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Lossy was saved").waitFor();
  assert.deepEqual(await namesIn(page), ["c", "b"]);
  const other = await open();
  await other.goto(`/experiments/${place.experiment_id}`);
  await other.getByLabel("Saved views").click();
  await other.getByRole("link", { name: "Lossy" }).click();
  await eventually(async () => assert.deepEqual(await namesIn(other), ["c", "b"]));
  await other.getByLabel("Saved view: Lossy").waitFor();
});

pageTest("without JavaScript runs are tagged on a page of its own", async ({ page, ...place }) => {
  await logRuns(place, named("a", "b"));
  await page.goto(`/experiments/${place.experiment_id}`);
  await page.getByRole("checkbox", { name: "a", exact: true }).check();
  await page.getByText("Change", { exact: true }).click();
  await page.getByRole("button", { name: "Set or remove a tag…" }).click();
  await page.getByRole("heading", { name: "Tag 1 run" }).waitFor();
  await page.getByLabel("Tag", { exact: true }).fill("team");
  await page.getByLabel("Value").fill("red");
  await page.getByRole("button", { name: "Set" }).click();
  await page.getByText("The tag team of 1 run is now red.").waitFor();
}, { javaScriptEnabled: false });
