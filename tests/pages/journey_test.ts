import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import { falling, inAddress, logRuns, namesIn } from "./fill.ts";

pageTest(
  "a person filters, orders, selects, compares, zooms, annotates, goes back, and shares what they see with another",
  async ({ page, open, ...place }) => {
    await logRuns(
      place,
      Array.from({ length: 8 }, (_, i) => ({
        run_name: `run ${i}`,
        params: { lr: `${i / 10}`, model: i % 2 ? "vit" : "cnn" },
        metrics: { "val/loss": falling(400, i / 10) },
      })),
    );
    await page.goto("/");
    await page.keyboard.press("Control+k");
    await page.keyboard.type(`experiment`);
    await page.getByRole("dialog").getByRole("link", { name: "Experiments" }).waitFor();
    await page.keyboard.press("Escape");
    await page.goto(`/experiments/${place.experiment_id}`);

    await page.keyboard.press("/");
    await page.keyboard.type("params.model = 'vit'");
    await page.keyboard.press("Enter");
    await eventually(async () => assert.deepEqual(await namesIn(page), ["run 7", "run 5", "run 3", "run 1"]));
    await page.getByRole("columnheader", { name: "val/loss" }).getByRole("link").click();
    await eventually(async () => assert.deepEqual(await namesIn(page), ["run 1", "run 3", "run 5", "run 7"]));
    await page.getByRole("checkbox", { name: "run 1", exact: true }).check();
    await page.getByRole("checkbox", { name: "run 5", exact: true }).check();
    await page.keyboard.press("c");

    await page.getByRole("heading", { name: "Compare 2 runs" }).waitFor();
    const chart = page.locator('[data-chart="val/loss"]');
    const canvas = chart.locator("canvas");
    await canvas.waitFor();
    const box = await canvas.boundingBox() ?? { x: 0, y: 0, width: 0, height: 0 };
    const middle = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.4, middle);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, middle, { steps: 5 });
    await page.mouse.up();
    await eventually(async () => assert.match(await chart.locator("[data-note]").innerText(), /in sight/));
    await page.getByRole("button", { name: /Pin.*one as the baseline|Pin run 5/s }).last().click();
    await page.waitForURL(/baseline=/);
    const shared = page.url();

    await page.getByRole("columnheader", { name: /run 5/ }).getByRole("link", { name: "run 5" }).click();
    await page.getByText("Add a description").click();
    await page.getByRole("textbox", { name: "Description" }).fill("The **one** to keep");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.locator("strong", { hasText: "one" }).waitFor();
    await page.goBack();
    await page.goto(shared);

    const other = await open({ colorScheme: "dark", viewport: { width: 390, height: 844 } });
    await other.goto(shared);
    assert.deepEqual(inAddress(other, "baseline"), inAddress(page, "baseline"));
    await other.getByRole("heading", { name: "Compare 2 runs" }).waitFor();
    assert.equal(
      await other.getByRole("columnheader", { name: /run 5/ }).innerText(),
      await page.getByRole("columnheader", { name: /run 5/ }).innerText(),
    );
  },
);
