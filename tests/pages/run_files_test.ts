import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { inAddress, logArtifact, logRun, type Place } from "./fill.ts";

/** A picture of one red pixel. */
const png = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
);

async function runWithFiles(place: Place): Promise<string> {
  const run_id = await logRun(place, { run_name: "files" });
  const log = (path: string, body: BodyInit) => logArtifact(place.weir, run_id, path, body);
  await Promise.all([
    log("notes.txt", "<b>not bold</b>\nsecond line\n"),
    log("data.json", '{"shape":[178,13],"ok":true}'),
    log("tables/wine data.csv", 'name,proof\n"a ""fine"" one",12.5\nplain,3\n'),
    log("plots/red.png", png),
    log("model/weights.bin", new Uint8Array([0, 1, 2, 3])),
    log("log.txt", `${"x".repeat(999)}\n`.repeat(200)),
  ]);
  return run_id;
}

const files = (page: Page) => page.getByRole("navigation", { name: "Files" });
const look = (page: Page) => page.locator("figure.look");

async function choose(page: Page, ...names: string[]): Promise<void> {
  const [name, ...rest] = names;
  if (name === undefined) return;
  await files(page).getByRole("link", { name: new RegExp(`^${name}`) }).click();
  if (rest.length > 0) await files(page).getByRole("link", { name: new RegExp(`^${rest[0]}`) }).waitFor();
  await choose(page, ...rest);
}

const caption = (page: Page, words: RegExp) =>
  eventually(async () => assert.match(await look(page).locator("figcaption").innerText(), words));

pageTest("the tree of files opens and closes, and is kept by the address", async ({ page, ...place }) => {
  await page.goto(`/runs/${await runWithFiles(place)}`);
  const names = () => files(page).getByRole("link").locator("span:first-of-type").allInnerTexts();
  assert.deepEqual(await names(), ["model", "plots", "tables", "data.json", "log.txt", "notes.txt"]);
  await choose(page, "plots", "red.png");
  await caption(page, /red\.png/);
  assert.deepEqual(inAddress(page, "path"), ["plots/red.png"]);
  await page.reload();
  await caption(page, /red\.png/);
  await choose(page, "plots");
  await eventually(async () => assert.ok(!(await names()).includes("red.png")));
  await page.goBack();
  await caption(page, /red\.png/);
});

pageTest("text is shown as it is", async ({ page, ...place }) => {
  await page.goto(`/runs/${await runWithFiles(place)}?tab=artifacts`);
  await choose(page, "notes.txt");
  await caption(page, /notes\.txt.*28 B/s);
  assert.equal(await look(page).locator("pre").textContent(), "<b>not bold</b>\nsecond line\n");
});

pageTest("JSON is a tree, its source what was logged, and a table of values a table", async ({ page, ...place }) => {
  await page.goto(`/runs/${await runWithFiles(place)}?tab=artifacts`);
  await choose(page, "data.json");
  await caption(page, /data\.json/);
  assert.match(await look(page).locator(".tree").innerText(), /shape: \[178, 13\]\s+ok: true/);
  await look(page).getByRole("link", { name: "Source" }).click();
  await eventually(async () =>
    assert.equal(await look(page).locator("pre").textContent(), '{"shape":[178,13],"ok":true}')
  );
  await choose(page, "tables", "wine data.csv");
  await caption(page, /wine data\.csv.*2 rows/s);
  assert.deepEqual(await look(page).locator("th[scope=col]").allTextContents(), ["Row", "name", "proof"]);
  assert.deepEqual(await look(page).locator("tbody td").allTextContents(), ['a "fine" one', "12.5", "plain", "3"]);
});

pageTest("a picture is seen", async ({ page, ...place }) => {
  await page.goto(`/runs/${await runWithFiles(place)}?tab=artifacts&path=plots/red.png`);
  const image = look(page).locator("img");
  await eventually(async () => assert.equal(await image.evaluate((img: HTMLImageElement) => img.naturalWidth), 1));
});

pageTest("a file that cannot be shown is offered, and is the file", async ({ page, ...place }) => {
  await page.goto(`/runs/${await runWithFiles(place)}?tab=artifacts`);
  await choose(page, "model", "weights.bin");
  await caption(page, /weights\.bin/);
  assert.match(await look(page).innerText(), /This is not text\.[^]*00000000 {2}00 01 02 03/);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download", exact: true }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "weights.bin");
  assert.deepEqual([...await Deno.readFile(await download.path())], [0, 1, 2, 3]);
});

pageTest("of a large file only the beginning is shown, and it says so", async ({ page, ...place }) => {
  await page.goto(`/runs/${await runWithFiles(place)}?tab=artifacts&path=log.txt`);
  await caption(page, /first 6\d(\.\d)? [Kk]i?B of (195|200)(\.\d)? [Kk]i?B/);
  const shown = await look(page).locator("pre").textContent() ?? "";
  assert.ok(shown.length > 60_000 && shown.length < 70_000, `${shown.length} characters`);
});

pageTest("a file that is not there is said to be missing, beside those that are", async ({ page, ...place }) => {
  await page.goto(`/runs/${await runWithFiles(place)}?tab=artifacts&path=plots/gone.png`);
  assert.match(await page.locator("#artifacts").getByRole("alert").innerText(), /There is no file plots\/gone\.png/);
  assert.ok(await files(page).getByRole("link", { name: "red.png" }).isVisible());
});

pageTest("a run without files shows how to log one", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "bare" });
  await page.goto(`/runs/${run_id}?tab=artifacts`);
  const lines = await page.locator("#artifacts pre").innerText();
  assert.ok(lines.includes(`mlflow.set_tracking_uri("${place.weir.url}")`));
  assert.ok(lines.includes(`mlflow.start_run(run_id="${run_id}")`));
  assert.ok(lines.includes("mlflow.log_artifact("));
});

pageTest("files and bytes are told of a run, of its folders and of its experiment", async ({ page, ...place }) => {
  const run_id = await runWithFiles(place);
  await page.goto(`/runs/${run_id}?tab=artifacts`);
  const note = page.locator("#artifacts > header .mut");
  assert.equal(await note.innerText(), "6 files, 200 KB");
  assert.match(await note.getAttribute("title") ?? "", /^200,\d{3} bytes$/);
  const tables = files(page).getByRole("link", { name: /^tables/ });
  assert.equal(await tables.locator(".n").getAttribute("title"), "41 bytes");
  await page.goto("/experiments");
  const row = page.locator("tr").filter({ has: page.locator(`a[href$="/experiments/${place.experiment_id}"]`) });
  await row.getByText("200 KB").waitFor();
});

pageTest("a folder is downloaded as a zip file", async ({ page, ...place }) => {
  const run_id = await runWithFiles(place);
  const fetched = async (name: string) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
    const bytes = await Deno.readFile(await download.path());
    return [download.suggestedFilename(), new TextDecoder().decode(bytes.subarray(0, 2))];
  };
  await page.goto(`/runs/${run_id}?tab=artifacts&path=tables`);
  assert.deepEqual(await fetched("Download folder"), ["tables.zip", "PK"]);
  await page.goto(`/runs/${run_id}?tab=artifacts`);
  assert.deepEqual(await fetched("Download all"), [`${run_id}.zip`, "PK"]);
});

pageTest("a Parquet file is a table, and one that is none is offered for download", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "parquet" });
  const types = await Deno.readFile(new URL("../fixtures/types.parquet", import.meta.url));
  await logArtifact(place.weir, run_id, "types.parquet", types);
  await logArtifact(place.weir, run_id, "broken.parquet", "PAR1");
  await page.goto(`/runs/${run_id}?tab=artifacts&path=types.parquet`);
  await caption(page, /types\.parquet.*100 of 120 rows/s);
  assert.equal(await look(page).locator("th[scope=col]").nth(2).innerText(), "large\nint64");
  assert.equal(await look(page).locator("tbody tr").first().locator("td").nth(1).innerText(), "1152921504606846976");
  await page.goto(`/runs/${run_id}?tab=artifacts&path=broken.parquet`);
  assert.match(await look(page).innerText(), /There is no preview of this file\. It is not a Parquet file/);
});

pageTest("files of a run whose experiment keeps them in a folder of the server are shown", async ({ page, weir }) => {
  const own = await weir.ok("POST", "experiments/create", {
    name: "elsewhere",
    artifact_location: `file://${weir.folder}/elsewhere`,
  });
  const run_id = await logRun({ weir, experiment_id: own.experiment_id }, { run_name: "elsewhere" });
  const route = `/api/weir/1/runs/${run_id}/files?path=d/a.txt`;
  assert.equal((await weir.app.request(route, { method: "PUT", body: "here" })).status, 200);
  await page.goto(`/runs/${run_id}?tab=artifacts&path=d/a.txt`);
  assert.equal(await look(page).locator("pre").textContent(), "here");
  assert.equal(await page.locator("#artifacts > header .mut").innerText(), "1 folder");
});
