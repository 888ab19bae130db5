import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { falling, logArtifact, logRuns } from "./fill.ts";
import { press, walkTo, write } from "./keys.ts";

const menu = (page: Page, text: string) => page.locator("details.menu").filter({ has: page.getByText(text) }).first();
const said = (page: Page, text: RegExp) => page.getByRole("status").filter({ hasText: text }).waitFor();

async function open(page: Page, text: string): Promise<Locator> {
  const opened = menu(page, text);
  await press(page, opened.locator("summary"));
  return opened;
}

pageTest("a model goes from its first version to the champion without a mouse", async ({ page, ...place }) => {
  const runs = await logRuns(
    place,
    [0.5, 0.25].map((floor, i) => ({ run_name: `run ${i}`, metrics: { "val/loss": falling(5, floor) } })),
  );
  for (const run_id of runs) await logArtifact(place.weir, run_id, "model/MLmodel", "flavors: {}\n");
  await page.goto("/models");
  const create = await open(page, "New model");
  await write(page, create.getByLabel("Name", { exact: true }), "by keys");
  await write(page, create.getByLabel("Your name"), "mara");
  await page.keyboard.press("Enter");
  for (const run_id of runs) {
    await page.getByRole("heading", { name: "by keys" }).waitFor();
    const form = await open(page, "Register version");
    await write(page, form.getByLabel("Logged model or run"), `${run_id}/model`);
    await page.keyboard.press("Enter");
    await said(page, /It was registered/);
    await press(page, page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "by keys" }));
  }
  const aliases = page.locator(".tags").filter({ hasText: "Aliases" });
  await write(page, aliases.getByLabel("Alias", { exact: true }), "champion");
  await write(page, aliases.getByLabel("Version"), "1");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "version 1", exact: true }).waitFor();

  await press(page, page.getByRole("link", { name: "Version 2", exact: true }));
  const stage = await open(page, "Stage");
  await walkTo(page, stage.getByLabel("Move to"));
  await page.keyboard.type("Arch");
  await press(page, stage.getByRole("button", { name: "Move" }));
  await said(page, /Saved/);
  await page.getByRole("heading", { name: /Version 2.*Archived/s }).waitFor();
  const described = await open(page, "Edit");
  await write(page, described.getByLabel("Description"), "half the loss");
  await press(page, described.getByRole("button", { name: "Save" }));
  await page.locator(".prose-md").getByText("half the loss").waitFor();

  const asks = await open(page, "Alias");
  await write(page, asks.getByLabel("Alias", { exact: true }), "champion");
  await write(page, asks.getByLabel("Comment"), "it is better");
  await press(page, asks.getByRole("button", { name: "Ask for approval" }));
  await said(page, /waits for a decision/);
  const ask = page.locator(".ask");
  await write(page, ask.getByLabel("Comment"), "so it is");
  await press(page, ask.getByRole("button", { name: "Approve" }));
  await said(page, /Approved and done/);
  await page.getByText("“so it is”").waitFor();

  for (const version of ["2", "1"]) await press(page, page.getByLabel(`Compare version ${version}`), "Space");
  await press(page, page.getByRole("button", { name: "Compare the ticked" }));
  await page.getByRole("heading", { name: "Compare 2 versions" }).waitFor();
  const chart = page.locator('[data-chart="val/loss"]');
  await eventually(async () => assert.equal(await chart.locator("canvas:not([hidden])").count(), 1));
  assert.match(await chart.innerText(), /Version 2\s+0\.4\s+Version 1\s+0\.6/);
  await press(page, page.getByRole("link", { name: /Pin.*version 1 as the baseline/s }));
  await page.waitForURL(/baseline=1/);
  await press(page, page.getByLabel("Log y"), "Space");
  await page.waitForURL(/baseline=1.*log=1/);
  assert.match(await page.getByRole("row", { name: /val\/loss/ }).innerText(), /▲ −0\.2/);
});
