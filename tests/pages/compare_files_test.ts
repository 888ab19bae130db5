import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logArtifact, logRuns, type Place } from "./fill.ts";

const hostile = `<script>alert("x")</script>`;

async function runsWithFiles(place: Place): Promise<string[]> {
  const runs = await logRuns(place, ["one", "two", "three"].map((run_name) => ({ run_name, metrics: { loss: 1 } })));
  for (const [i, run_id] of runs.entries()) {
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`);
    lines[12] = `rate: ${i} ${hostile}`;
    await logArtifact(place.weir, run_id, "notes.txt", lines.join("\n"));
    await logArtifact(place.weir, run_id, "same.txt", "the same");
    await logArtifact(
      place.weir,
      run_id,
      "conf/report.json",
      JSON.stringify({ a: { b: 1, c: i }, d: [1, 2], [hostile]: i }),
    );
    await logArtifact(place.weir, run_id, "table.csv", `x,y\n1,${i}\n`);
    await logArtifact(place.weir, run_id, "picture.svg", square(i * 10));
    if (i === 2) await logArtifact(place.weir, run_id, "only three.bin", new Uint8Array([0, 1, 2]));
  }
  return runs;
}

/** A picture of 40 × 40 pixels with a black square of 10 × 10 in its first row. */
const square = (x: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="#fff"/><rect x="${x}" width="10" height="10"/></svg>`;

const address = (runs: readonly string[], more = ""): string => `/compare?runs=${runs.join(",")}${more}`;

const files = (page: Page): Promise<string[]> => page.locator(".files a[title] bdi").allInnerTexts();

const shown = (page: Page) => page.locator(".cfile");

pageTest(
  "files that differ are listed, looked into side by side, and the run is chosen in the address",
  async ({ page, ...place }) => {
    const runs = await runsWithFiles(place);
    await page.goto(address(runs));
    assert.deepEqual(await files(page), ["conf/report.json", "notes.txt", "picture.svg", "table.csv"]);
    assert.match(await shown(page).innerText(), /conf\/report\.json/);
    await page.getByRole("link", { name: /^notes\.txt/ }).click();
    await eventually(async () => assert.match(await shown(page).innerText(), /−1 \+1/));
    const text = await shown(page).innerText();
    assert.match(text, /9 equal lines/);
    assert.ok(text.includes(hostile), "what stands in a file is text");
    assert.deepEqual(await shown(page).locator("mark").allInnerTexts(), ["0", "1"]);
    await page.getByRole("button", { name: "All lines" }).click();
    await eventually(async () => assert.match(await shown(page).innerText(), /line 19/));
    await page.getByRole("combobox", { name: /against/ }).selectOption({ label: "three" });
    await eventually(async () => assert.deepEqual(await shown(page).locator("mark").allInnerTexts(), ["0", "2"]));
    assert.deepEqual(inAddress(page, "with"), [runs[2]]);
    assert.ok((await files(page)).includes("only three.bin"));
    assert.deepEqual(inAddress(page, "file"), ["notes.txt"]);
  },
);

pageTest("JSON is compared by its keys, and pictures by their pixels", async ({ page, ...place }) => {
  const runs = await runsWithFiles(place);
  await page.goto(address(runs.slice(0, 2), "&file=conf/report.json"));
  const rows = await shown(page).locator("tbody tr").allInnerTexts();
  assert.deepEqual(rows.map((row) => row.replace(/\s+/g, " ").trim()), [
    "a",
    "a. c 0 1",
    "1 equal key",
    `${hostile} 0 1`,
    "1 equal key",
  ]);
  await page.goto(address(runs.slice(0, 2), "&file=picture.svg&as=difference"));
  await eventually(async () => assert.match(await shown(page).innerText(), /13 % of the pixels differ/));
  await page.getByRole("link", { name: "Slider" }).click();
  const slider = page.getByRole("slider", { name: /^Where the one picture ends/ });
  await slider.fill("25");
  assert.equal(await page.locator(".over").evaluate((box) => box.style.getPropertyValue("--at")), "25%");
  await page.goto(address(runs.slice(0, 2), "&file=table.csv"));
  assert.deepEqual((await shown(page).locator("tbody tr").allInnerTexts()).map((row) => row.split(/\s+/).at(-1)), [
    "0",
    "1",
  ]);
});
