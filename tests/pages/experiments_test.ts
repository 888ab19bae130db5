import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";

pageTest("an experiment is created by the form, and its page says what to do next with this server's address", async ({ weir, page }) => {
  await page.goto("/");
  await page.getByText("New experiment").click();
  await page.getByLabel("Name").fill("vision/imagenet");
  await page.getByLabel("Description").fill("Does depth help?");
  await page.getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/\/experiments\/\d+$/);
  assert.equal(await page.locator("h1").innerText(), "imagenet");
  const text = await page.locator("main").innerText();
  assert.ok(text.includes("Does depth help?"));
  assert.ok(text.includes(`mlflow.set_tracking_uri("${weir.url}")`));
  assert.ok(text.includes('mlflow.set_experiment("vision/imagenet")'));
});
