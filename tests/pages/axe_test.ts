import assert from "node:assert/strict";
import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { pageTest } from "../browser.ts";
import { everything, openMenus } from "./everything.ts";

/** What axe-core finds on a page that keeps people from using it. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    pageTest(`nothing on a page of ${width} px in ${colorScheme} colours keeps people from using it`, async (visit) => {
      const { page, expected, ...place } = visit;
      expected.push(/status of 40[04]/);
      const found: string[] = [];
      for (const address of await everything(place)) {
        await page.goto(address);
        const closed = await barriers(page);
        await openMenus(page);
        found.push(...[...closed, ...await barriers(page)].map((barrier) => `${address} ${barrier}`));
      }
      assert.deepEqual(found, []);
    }, { colorScheme, viewport: { width, height: 800 } });
  }
}
