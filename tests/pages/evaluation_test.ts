import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logArtifact, logRun, type Place } from "./fill.ts";

const hostile = `<img src=x onerror=alert(1)>`;

/** As `mlflow.log_table` of MLflow 3.17.2 leaves it: pandas' "split", and the tag. */
async function logTable(place: Place, run_name: string, answers: readonly string[]): Promise<string> {
  const tags = { "mlflow.loggedArtifacts": JSON.stringify([{ path: "evals/table.json", type: "table" }]) };
  const run_id = await logRun(place, { run_name, tags });
  const image = {
    type: "image",
    filepath: `table_images/${run_id}.png`,
    compressed_filepath: `table_images/${run_id}.webp`,
  };
  await logArtifact(place.weir, run_id, image.filepath, pixel());
  await logArtifact(place.weir, run_id, image.compressed_filepath, pixel());
  const data = answers.map((answer, i) => [`Question ${i} ${hostile}`, "truth", answer, answer === "right", image]);
  const table = { columns: ["inputs", "ground_truth", "predictions", "exact", "picture"], data };
  await logArtifact(place.weir, run_id, "evals/table.json", JSON.stringify(table));
  return run_id;
}

const pixel = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  );

pageTest(
  "tables of several runs stand side by side by row, are searched, and narrowed to what differs",
  async ({ page, ...place }) => {
    await logTable(place, "one", ["right", "right", "wrong"]);
    const two = await logTable(place, "two", ["right", "wrong", "wrong"]);
    await page.goto(`/experiments/${place.experiment_id}/evaluation`);
    const rows = page.locator(".ev tbody tr");
    assert.equal(await rows.count(), 3);
    assert.ok((await rows.first().innerText()).includes(hostile), "what stands in a table is text");
    assert.deepEqual(await page.locator(".ev thead .mean").allInnerTexts(), ["mean 0.3333", "mean 0.6667"]);
    assert.match(await page.locator(".ev thead").innerText(), /ground_truth\s+the same in all/);
    await eventually(async () =>
      assert.equal(
        await rows.first().locator("img").first().evaluate((image) =>
          image instanceof HTMLImageElement && image.naturalWidth
        ),
        1,
      )
    );
    await page.getByRole("switch", { name: "Only rows that differ" }).click();
    await eventually(async () => assert.equal(await rows.count(), 1));
    await eventually(async () => assert.deepEqual(await rows.locator("td.x").allInnerTexts(), ["right", "true"]));
    await page.getByRole("searchbox", { name: /Find rows/ }).fill("Question 2");
    await page.keyboard.press("Enter");
    await eventually(async () => assert.match(await page.locator("main").innerText(), /No row is like that/));
    await page.getByRole("link", { name: "Show all rows" }).click();
    await eventually(async () => assert.equal(await rows.count(), 3));
    await page.goto(`/experiments/${place.experiment_id}/evaluation?runs=${two}`);
    assert.equal(await page.locator(".ev thead .nm").first().innerText(), "two");
    await page.getByRole("combobox", { name: "Rows by" }).selectOption({ label: "their number" });
    await eventually(() => Promise.resolve(assert.deepEqual(inAddress(page, "by"), ["#"])));
  },
);

pageTest(
  "tables that are none are named with the reason, and an experiment without any says how to log one",
  async ({ page, ...place }) => {
    await page.goto(`/experiments/${place.experiment_id}/evaluation`);
    assert.match(await page.locator("main").innerText(), /No run has logged a table yet[^]*log_table/);
    const tags = (path: string) => ({ "mlflow.loggedArtifacts": JSON.stringify([{ path, type: "table" }]) });
    const broken = await logRun(place, { run_name: "broken", tags: tags("t.json") });
    await logArtifact(place.weir, broken, "t.json", `{"columns": 3}`);
    await logRun(place, { run_name: "gone", tags: tags("t.json") });
    await logRun(place, { run_name: "odd", tags: tags("../../secret") });
    await logRun(place, { run_name: "no list", tags: { "mlflow.loggedArtifacts": `{"type": "table"` } });
    await page.goto(`/experiments/${place.experiment_id}/evaluation`);
    assert.match(
      await page.getByRole("alert").innerText(),
      /2 tables not shown\.[^]*gone: It has no such table\.[^]*broken: The file is no table/,
    );
    await page.goto(`/experiments/${place.experiment_id}/evaluation?table=${encodeURIComponent("../../secret")}`);
    assert.match(await page.getByRole("alert").innerText(), /odd: Invalid path/);
  },
);
