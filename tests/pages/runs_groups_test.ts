import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logRuns, namesIn, type Place } from "./fill.ts";

const hostile = `<b>"x'\`y\\`;

const fourRuns = (place: Place) =>
  logRuns(place, [
    { run_name: "a", params: { model: "vit" }, metrics: { loss: 1 } },
    { run_name: "b", params: { model: "vit" }, metrics: { loss: 2 } },
    { run_name: "c", params: { model: hostile }, metrics: { loss: 0.5 } },
    { run_name: "d", metrics: { loss: NaN } },
  ]);

pageTest(
  "runs are grouped by a param, and each group opens to its runs in place and in full",
  async ({ page, ...place }) => {
    await fourRuns(place);
    await page.goto(`/experiments/${place.experiment_id}`);
    await page.getByLabel("Group by").selectOption("params.model");
    const groups = page.locator("#rows .grp");
    await eventually(async () => assert.equal(await groups.count(), 3));
    assert.deepEqual(inAddress(page, "group"), ["params.model"]);
    const vit = groups.filter({ hasText: "vit" });
    assert.deepEqual(
      (await vit.locator("td").allInnerTexts()).map((text) => text.replace("best", "").trim()).filter(Boolean),
      ["2", "1.5", "± 0.7", "1.0", "2.0"],
    );
    assert.match(await groups.filter({ hasText: "not set" }).innerText(), /1 run NaN|NaN/);
    assert.match(await page.locator(".foot").innerText(), /3 groups\s+4 runs in all groups/);

    await page.getByRole("columnheader", { name: "Mean" }).getByRole("link").click();
    await eventually(async () => assert.match(await groups.first().innerText(), /<b>"x'`y/));
    await page.getByRole("link", { name: "Runs of vit" }).click();
    await eventually(async () => assert.deepEqual(await namesIn(page), ["a", "b"]));
    await page.getByRole("checkbox", { name: "b", exact: true }).check();
    await page.getByRole("link", { name: hostile, exact: true }).click();
    await eventually(async () => assert.deepEqual(await namesIn(page), ["c"]));
    assert.equal(await page.locator("#selected-count").innerText(), "1 selected");
    await page.goBack();
    await eventually(async () => assert.deepEqual(await namesIn(page), ["a", "b"]));
  },
);

const plain = { javaScriptEnabled: false };

pageTest("without JavaScript runs are grouped, and columns change places", async ({ page, ...place }) => {
  await fourRuns(place);
  await logRuns(place, [
    { run_name: "e", params: { model: "vit", lr: "1" }, metrics: { acc: 1 } },
    { run_name: "f", params: { lr: "2" } },
  ]);
  await page.goto(`/experiments/${place.experiment_id}`);
  await page.getByLabel("Group by").selectOption("params.lr");
  await page.getByRole("button", { name: "Group", exact: true }).click();
  assert.equal(await page.locator("#rows .grp").count(), 3);
  await page.getByRole("link", { name: "Runs of 1" }).click();
  assert.deepEqual(await namesIn(page), ["e"]);
  await page.goto(`/experiments/${place.experiment_id}`);
  const heads = async () => {
    const all = await page.locator("thead tr:last-child th").allInnerTexts();
    return all.filter((name) => ["loss", "acc", "model", "lr"].includes(name));
  };
  assert.deepEqual(await heads(), ["loss", "acc", "model", "lr"]);
  await page.locator("summary", { hasText: "Columns" }).click();
  await page.getByRole("button", { name: "acc further to the front" }).click();
  assert.deepEqual(await heads(), ["acc", "loss", "model", "lr"]);
  await page.locator("summary", { hasText: "Columns" }).click();
  await page.getByRole("button", { name: "lr further to the front" }).click();
  assert.deepEqual(await heads(), ["acc", "loss", "lr", "model"]);
}, plain);
