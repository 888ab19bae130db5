import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import { logArtifact, logRun } from "./fill.ts";

pageTest(
  "a person makes a model, registers versions, asks, approves, compares and deletes",
  async ({ page, ...place }) => {
    const runs: string[] = [];
    for (const [run_name, loss] of [["first", 0.5], ["second", 0.25]] as const) {
      const run_id = await logRun(place, { run_name, metrics: { "val/loss": loss }, params: { depth: run_name } });
      await logArtifact(
        place.weir,
        run_id,
        "model/MLmodel",
        "flavors:\n  python_function:\n    python_version: 3.11.7\n",
      );
      runs.push(run_id);
    }
    await page.goto("/models");
    await page.getByText("New model").click();
    await page.getByLabel("Name", { exact: true }).fill("نموذج & <b>");
    await page.getByLabel("Your name").fill("mara");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { name: "No versions yet" }).waitFor();
    for (const run_id of runs) {
      await page.getByText("Register version").click();
      await page.getByLabel("Logged model or run").fill(`${run_id}/model`);
      assert.equal(await page.getByLabel("Your name").first().inputValue(), "mara");
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.getByText("It was registered.").waitFor();
      await page.getByRole("link", { name: "نموذج & <b>" }).click();
    }
    await page.getByRole("combobox", { name: "Alias" }).fill("champion");
    await page.getByRole("spinbutton", { name: "Version" }).fill("1");
    await page.getByRole("button", { name: "Set" }).first().click();
    await page.getByRole("link", { name: "version 1", exact: true }).waitFor();

    await page.getByRole("link", { name: "Version 2", exact: true }).click();
    await page.locator("summary").filter({ hasText: "Alias" }).click();
    await page.getByRole("textbox", { name: "Alias" }).fill("champion");
    await page.getByRole("textbox", { name: "Comment" }).last().fill("half the loss");
    await page.locator('form[action$="/alias"]').getByRole("button", { name: "Ask for approval" }).click();
    await page.getByText("The request waits for a decision.").waitFor();
    const against = page.getByRole("table", { name: "Version 2 against version 1" }).first();
    await eventually(async () => assert.match(await against.innerText(), /0\.50\s+0\.25\s+▲ −0\.25/));
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByText("Approved and done.").waitFor();
    await page.getByText("alias champion: 1 → 2").waitFor();
    await page.getByText("mara approved mara").waitFor();

    await page.getByLabel("Compare version 1").check();
    await page.getByLabel("Compare version 2").check();
    await page.getByRole("button", { name: "Compare the ticked" }).click();
    await page.getByRole("heading", { name: "Compare 2 versions" }).waitFor();
    assert.match(await page.getByRole("columnheader", { name: /Version 2/ }).innerText(), /Baseline/);
    await page.getByRole("link", { name: /Pin.*version 1 as the baseline/s }).click();
    await page.waitForURL(/baseline=1/);
    for (const [path, width] of [["", 360], ["/versions/2", 360], ["/compare", 360]] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`/models/${encodeURIComponent("نموذج & <b>")}${path}`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, path);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`/models/${encodeURIComponent("نموذج & <b>")}`);
    await page.locator("summary").filter({ hasText: "Edit" }).click();
    await page.getByRole("link", { name: "Delete…" }).click();
    await page.getByLabel(/^Type/).fill("نموذج & <b>");
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("was deleted. Its history stays.").waitFor();
  },
);
