import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import { faintTexts } from "./contrast.ts";
import { everything, openMenus } from "./everything.ts";

for (const colorScheme of ["light", "dark"] as const) {
  pageTest(`every text can be read in ${colorScheme} colours`, async ({ page, expected, ...place }) => {
    expected.push(/status of 40[04]/);
    for (const address of await everything(place)) {
      await page.goto(address);
      assert.deepEqual({ address, faint: await faintTexts(page) }, { address, faint: [] });
      await openMenus(page);
      assert.deepEqual({ address, faint: await faintTexts(page) }, { address, faint: [] });
    }
  }, { colorScheme });
}

pageTest("no page is wider than a phone, with its menus open too", async ({ page, expected, ...place }) => {
  expected.push(/status of 40[04]/);
  const excess = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  for (const address of await everything(place)) {
    await page.goto(address);
    assert.ok(await excess() <= 0, `${address} is ${await excess()} px too wide`);
    await openMenus(page);
    assert.ok(await excess() <= 0, `${address} is ${await excess()} px too wide with its menus open`);
  }
}, { viewport: { width: 390, height: 844 } });

pageTest("what has the focus is seen to have it, all the way through a page", async ({ page, ...place }) => {
  const [, runs = ""] = await everything(place);
  await page.goto(runs);
  const seen = new Set<string>();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    const { name, ring } = await page.evaluate(() => {
      const focused = document.activeElement;
      const style = focused && getComputedStyle(focused);
      return {
        name: focused?.outerHTML.slice(0, 120) ?? "",
        ring: style?.outlineStyle !== "none" || style.boxShadow !== "none",
      };
    });
    if (name.startsWith("<body")) break;
    assert.ok(ring, `no ring around ${name}`);
    seen.add(name);
  }
  assert.ok(seen.size > 20, `${seen.size} stops`);
});

pageTest("a page follows when the system turns dark, without being loaded again", async ({ page, ...place }) => {
  const list = await everything(place);
  await page.goto(list[6] ?? "");
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.evaluate(() => void Reflect.set(globalThis, "here", "still"));
  const light = await ground();
  await page.emulateMedia({ colorScheme: "dark" });
  await eventually(async () => assert.notEqual(await ground(), light));
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, "here")), "still");
});
