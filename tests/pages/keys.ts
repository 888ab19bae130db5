/** People without a mouse. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";

/** Presses Tab until the focus is on it, and fails when it never comes there. */
export async function walkTo(page: Page, place: Locator): Promise<void> {
  await place.waitFor();
  for (let steps = 0; steps < 300; steps++) {
    if (await place.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`no Tab leads to ${place}`);
}

/** Walks there and presses a key. */
export async function press(page: Page, place: Locator, key = "Enter"): Promise<void> {
  await walkTo(page, place);
  await page.keyboard.press(key);
}

/** Walks into a field and writes in place of what stands there. */
export async function write(page: Page, place: Locator, text: string): Promise<void> {
  await press(page, place, "Control+a");
  await page.keyboard.type(text);
}
