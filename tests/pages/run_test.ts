import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import { falling, inAddress, logRun, logRuns } from "./fill.ts";

const run = {
  run_name: "warm start",
  params: { lr: "0.1", "model.depth": "12" },
  metrics: { "val/loss": falling(20, 0.25), "val/acc": 0.9, steps: 3 },
  tags: {
    team: "vision",
    "mlflow.user": "mara",
    "mlflow.source.name": "train.py",
    "mlflow.source.git.commit": "abcdef1234",
  },
};

pageTest("a run's page says what it scored, what it was given and where it comes from", async ({ page, ...place }) => {
  const run_id = await logRun(place, run);
  await page.goto(`/runs/${run_id}`);
  assert.match(await page.locator("h1").innerText(), /^warm start\s+Finished$/);
  const metric = page.locator("#metrics tr").filter({ hasText: "val/loss" });
  assert.deepEqual((await metric.locator("td").allInnerTexts()).filter((text) => text !== ""), [
    "0.2875",
    "0.2875",
    "1.0000",
    "20",
  ]);
  assert.match(await page.locator("#params").innerText(), /lr\s+0\.1\s+model\.depth\s+12/);
  const about = await page.locator(".about").innerText();
  assert.match(
    about,
    new RegExp(`${run_id}[^]*Duration\\s+1m[^]*User\\s+mara[^]*Source\\s+train.py[^]*Commit\\s+abcdef1`),
  );
  assert.match(await page.locator(".tags").innerText(), /team\s+vision/);
});

pageTest("lines to paste hold this server's address and this run", async ({ page, ...place }) => {
  const run_id = await logRun(place, run);
  await page.goto(`/runs/${run_id}`);
  const lines = await page.locator(".use").innerText();
  assert.ok(lines.includes(`mlflow.set_tracking_uri("${place.weir.url}")`), lines);
  assert.ok(lines.includes(`run_id="${run_id}"`));
  assert.ok(lines.includes(`export MLFLOW_TRACKING_URI='${place.weir.url}'`));
  assert.ok(lines.includes("git checkout 'abcdef1234'"));
});

pageTest("a run is renamed and described", async ({ page, ...place }) => {
  await page.goto(`/runs/${await logRun(place, run)}`);
  await page.getByText("Edit").click();
  await page.getByRole("textbox", { name: "Name" }).fill("cold start");
  await page.getByRole("textbox", { name: "Description" }).fill("Line one\nLine two");
  await page.getByRole("button", { name: "Save" }).click();
  await eventually(async () => assert.match(await page.locator("h1").innerText(), /^cold start/));
  assert.match(await page.locator("#description .md").innerText(), /Line one\s+Line two/);
  await page.getByText("Edit").click();
  assert.equal(await page.getByRole("textbox", { name: "Name" }).inputValue(), "cold start");
});

pageTest("a tag is set, replaced and deleted", async ({ page, ...place }) => {
  const { weir } = place;
  const run_id = await logRun(place, run);
  await page.goto(`/runs/${run_id}`);
  const tags = page.locator(".tags");
  const set = async (key: string, value: string): Promise<void> => {
    await tags.getByLabel("Tag", { exact: true }).fill(key);
    await tags.getByLabel("Value").fill(value);
    await tags.getByRole("button", { name: "Set" }).click();
    await tags.getByRole("cell", { name: value, exact: true }).waitFor();
  };
  await set("stage", "trial");
  await set("stage", "final");
  assert.equal(await tags.getByRole("rowheader", { name: "stage" }).count(), 1);
  await tags.getByRole("button", { name: "Delete the tag stage" }).click();
  await tags.getByRole("rowheader", { name: "stage" }).waitFor({ state: "detached" });
  const kept = (await weir.getRun(run_id)).data.tags?.map(({ key }) => key).filter((key) => !key.startsWith("mlflow."));
  assert.deepEqual(kept, ["team"]);
});

pageTest("metrics are found as their name is typed", async ({ page, ...place }) => {
  await page.goto(`/runs/${await logRun(place, run)}`);
  const rows = page.locator("#metrics tbody tr:visible");
  assert.equal(await rows.count(), 3);
  await page.getByRole("searchbox", { name: "Find a metric" }).fill("VAL");
  await eventually(async () => assert.equal(await rows.count(), 2));
  assert.equal(await page.locator("#metrics [data-count]").innerText(), "2 of 3");
});

pageTest("a run of hundreds of metrics shows some, and finds the others", async ({ page, ...place }) => {
  const metrics = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`m${i}`, i]));
  await page.goto(`/runs/${await logRun(place, { run_name: "wide", metrics })}`);
  assert.match(await page.locator("#metrics [data-count]").innerText(), /^300 of 900$/);
  await page.getByRole("searchbox", { name: "Find a metric" }).fill("m899");
  await page.keyboard.press("Enter");
  await eventually(async () =>
    assert.deepEqual(await page.locator("#metrics tbody tr:visible th").allInnerTexts(), ["m899"])
  );
  assert.deepEqual(inAddress(page, "metrics"), ["m899"]);
});

pageTest("a run is deleted from its page and restored there", async ({ page, ...place }) => {
  await page.goto(`/runs/${await logRun(place, run)}`);
  await page.getByText("Edit").click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("This run is in the bin.").waitFor();
  assert.equal(await page.getByText("Edit").count(), 0);
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByText("This run is in the bin.").waitFor({ state: "detached" });
});

pageTest("a run leads to its parent, its children and the runs beside it", async ({ page, ...place }) => {
  const [parent = ""] = await logRuns(place, [{ run_name: "parent" }]);
  const [, child] = await logRuns(
    place,
    ["child 1", "child 2"].map((run_name) => ({ run_name, tags: { "mlflow.parentRunId": parent } })),
  );
  await page.goto(`/runs/${child}`);
  await page.locator(".about").getByRole("link", { name: "parent" }).click();
  await page.waitForURL(`**/runs/${parent}`);
  await page.getByRole("link", { name: "Compare 2 runs" }).click();
  await page.waitForURL(/\/compare/);
  assert.deepEqual(await page.locator("thead .nm a").allInnerTexts(), ["parent", "child 2", "child 1"]);
  await page.goto(`/runs/${child}`);
  await page.getByRole("link", { name: "Compare with…" }).click();
  await page.waitForURL(/\/experiments\//);
  assert.ok(await page.getByRole("checkbox", { name: "child 2" }).isChecked());
});
