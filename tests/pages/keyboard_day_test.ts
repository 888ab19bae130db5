import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { falling, logRuns, namesIn } from "./fill.ts";
import { press, walkTo } from "./keys.ts";

const summary = (page: Page, name: string) => page.locator("summary", { hasText: name });
const button = (place: Page | Locator, name: string | RegExp) => place.getByRole("button", { name }).first();

/** Waits for what a page says of what was done, and until the page takes keys. */
async function note(page: Page, text: RegExp): Promise<void> {
  await page.getByRole("status").filter({ hasText: text }).waitFor();
  await page.waitForLoadState();
}

const heads = (page: Page) => page.locator(".runs thead tr:last-child th").allInnerTexts();

pageTest("a person's day with runs needs no mouse", async ({ page, weir }) => {
  await page.goto("/experiments");
  await press(page, summary(page, "New experiment"));
  await walkTo(page, page.getByRole("textbox", { name: "Name", exact: true }));
  await page.keyboard.type("by keys");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No runs yet" }).waitFor();
  const { experiment } = await weir.ok("GET", "experiments/get-by-name?experiment_name=by+keys");
  await logRuns(
    { weir, experiment_id: experiment.experiment_id },
    Array.from({ length: 6 }, (_, i) => ({
      run_name: `run ${i}`,
      params: { lr: `${i / 10}`, model: i % 2 ? "vit" : "cnn" },
      metrics: { loss: falling(20, i / 10), acc: i / 10 },
      tags: { team: i < 3 ? "red" : "blue" },
    })),
  );
  await page.keyboard.press("Control+k");
  await page.keyboard.type("by keys");
  const place = page.getByRole("dialog").getByRole("link", { name: "by keys" }).first();
  await place.waitFor();
  await page.keyboard.press("ArrowDown");
  await eventually(async () => assert.ok(await place.evaluate((one) => one === document.activeElement)));
  await page.keyboard.press("Enter");
  await eventually(async () => assert.equal((await namesIn(page)).length, 6));

  await page.keyboard.press("/");
  await page.keyboard.type("mod");
  await page.getByRole("option", { name: "params.model" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("= 'vit'");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.deepEqual(await namesIn(page), ["run 5", "run 3", "run 1"]));
  await press(page, page.getByRole("columnheader", { name: "loss" }).getByRole("link"));
  await eventually(async () => assert.deepEqual(await namesIn(page), ["run 1", "run 3", "run 5"]));

  await press(page, summary(page, "Columns"));
  await press(page, button(page, "acc further to the front"));
  await press(page, button(page, "Show these"));
  await eventually(async () =>
    assert.deepEqual((await heads(page)).slice(3, 5).map((text) => text.trim()), ["acc", "loss ↑"])
  );

  await page.keyboard.type("jxjx");
  await page.waitForURL(({ searchParams }) => searchParams.getAll("runs").length === 2);
  await press(page, summary(page, "Change"));
  await press(page, button(page, /^Set or remove a tag/));
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("keep");
  await page.keyboard.press("Tab");
  await page.keyboard.type("yes");
  await page.keyboard.press("Enter");
  await note(page, /The tag keep of 2 runs is now yes/);
  await press(page, button(page, "Undo"));
  await note(page, /again what it was before/);
  await page.keyboard.type("jx");
  await press(page, summary(page, "Change"));
  await press(page, button(page, /^Rename/));
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("the best");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.deepEqual(await namesIn(page), ["the best", "run 3", "run 5"]));

  await press(page, summary(page, "Views"));
  await walkTo(page, page.getByPlaceholder("Best of this week"));
  await page.keyboard.type("transformers");
  await page.keyboard.press("Enter");
  await note(page, /transformers was saved/);
  await walkTo(page, page.getByLabel("Group by"));
  await page.keyboard.type("team");
  await page.keyboard.press("Enter");
  await page.waitForURL(({ searchParams }) => searchParams.get("group") === "tags.team");
  await press(page, page.locator("#rows a.tog").first());
  await eventually(async () => assert.deepEqual(await namesIn(page), ["the best"]));
  await walkTo(page, page.getByLabel("Group by"));
  await page.keyboard.type("none");
  await page.keyboard.press("Enter");
  await eventually(async () => assert.deepEqual(await namesIn(page), ["the best", "run 3", "run 5"]));

  await page.keyboard.press("Tab"); // in the list of columns letters mean columns
  await page.keyboard.type("jxjxc");
  await page.getByRole("heading", { name: "Compare 2 runs" }).waitFor();
  await press(page, button(page, "Pin run 3 as the baseline"));
  await page.waitForURL(/baseline=/);
  await press(page, page.getByRole("switch", { name: "Differences only" }));
  await page.waitForURL(/only=/);
  await press(page, page.getByRole("columnheader").getByRole("link", { name: "the best" }));

  await press(page, page.getByText("Add a description"));
  await walkTo(page, page.getByRole("textbox", { name: "Description" }));
  await page.keyboard.type("The **one**");
  await press(page, button(page, "Save"));
  await page.locator("strong", { hasText: "one" }).waitFor();
  await walkTo(page, page.getByRole("textbox", { name: "Tag", exact: true }));
  await page.keyboard.type("stage");
  await page.keyboard.press("Tab");
  await page.keyboard.type("final");
  await page.keyboard.press("Enter");
  await page.getByRole("rowheader", { name: "stage" }).waitFor();
  await press(page, summary(page, "Edit"));
  await press(page, button(page, "Delete"));
  await note(page, /This run is in the bin/);
  await press(page, page.getByRole("link", { name: "Open the bin" }));
  await press(page, page.getByRole("checkbox", { name: "the best" }), "Space");
  await press(page, button(page, "Restore"));
  await note(page, /restored/);

  await press(page, page.getByRole("link", { name: "Settings" }));
  await walkTo(page, page.getByRole("radio", { name: "As the system" }));
  await page.keyboard.press("ArrowUp");
  await press(page, button(page, "Save"));
  await page.locator('html[data-theme="dark"]').waitFor();
});
