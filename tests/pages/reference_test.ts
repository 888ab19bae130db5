import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { pageTest } from "../browser.ts";
import { faintTexts } from "./contrast.ts";

async function openAll(page: Page): Promise<void> {
  await page.locator("details.op").evaluateAll((parts) => parts.forEach((part) => part.setAttribute("open", "")));
}

for (const colorScheme of ["light", "dark"] as const) {
  pageTest(`every text of the API reference can be read in ${colorScheme} colours`, async ({ page }) => {
    await page.goto("/docs/api");
    await openAll(page);
    assert.deepEqual(await faintTexts(page), []);
  }, { colorScheme });
}

pageTest("the API reference is no wider than a phone, with all of it open", async ({ page }) => {
  await page.goto("/docs/api");
  await openAll(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0);
}, { viewport: { width: 390, height: 844 } });

pageTest(
  "without JavaScript the API reference is found, and opens at the endpoint that its address names",
  async ({ page }) => {
    await page.goto("/experiments");
    await page.getByRole("link", { name: "API" }).click();
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "API reference");
    await page.goto("/docs/api#post_runs_log_batch");
    const example = page.locator("#post_runs_log_batch").getByLabel(/^Example of POST/);
    assert.match(await example.textContent() ?? "", /"key": "loss",\s+"value": 0.25,/);
    assert.ok(await example.isVisible());
  },
  { javaScriptEnabled: false },
);
