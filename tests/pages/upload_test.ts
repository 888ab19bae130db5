import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { logArtifact, logRun } from "./fill.ts";

const files = (page: Page) => page.getByRole("navigation", { name: "Files" });
const uploads = (page: Page) => page.getByRole("complementary", { name: "Uploads" });
const said = (page: Page, words: RegExp) =>
  eventually(async () => assert.match(await uploads(page).getByRole("status").innerText(), words));

interface Chosen {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const chosen = (name: string, content: string | Uint8Array): Chosen => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(content),
});

/** Presses a button by the keyboard and answers the dialog that it opens. */
async function choose(page: Page, button: RegExp, answer: Chosen[] | string): Promise<void> {
  const opened = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button }).focus();
  await page.keyboard.press("Enter");
  await (await opened).setFiles(answer);
}

const openRun = async (page: Page, run_id: string, path = "") => {
  await page.goto(`/runs/${run_id}?tab=artifacts&path=${path}`);
};

const text = async (page: Page, run_id: string, path: string): Promise<string> =>
  await (await page.request.get(`/get-artifact?${new URLSearchParams({ run_id, path })}`)).text();

pageTest("files that are chosen are in the tree after that, as they were", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "up" });
  await openRun(page, run_id);
  await choose(page, /^Upload$/, [chosen("a b%.txt", "one"), chosen("日本.txt", "two"), chosen("empty", "")]);
  await said(page, /^3 files uploaded$/);
  await files(page).getByRole("link", { name: "a b%.txt" }).waitFor();
  assert.equal(await text(page, run_id, "a b%.txt"), "one");
  assert.equal(await text(page, run_id, "日本.txt"), "two");
  assert.equal(await text(page, run_id, "empty"), "");
  await uploads(page).getByRole("button", { name: "Close" }).click();
  assert.ok(await uploads(page).isHidden());
});

pageTest("a folder goes to the folder that is open, with all that is in it", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "up" });
  await logArtifact(place.weir, run_id, "model/MLmodel", "x");
  const folder = await Deno.makeTempDir({ prefix: "weir-up-" });
  try {
    await Deno.mkdir(`${folder}/tree/sub`, { recursive: true });
    for (let i = 0; i < 20; i++) await Deno.writeTextFile(`${folder}/tree/sub/${i}.txt`, `${i}`);
    await openRun(page, run_id, "model");
    await choose(page, /^Upload a folder to model$/, `${folder}/tree`);
    await said(page, /^20 files uploaded$/);
    assert.equal(await text(page, run_id, "model/tree/sub/19.txt"), "19");
    await files(page).getByRole("link", { name: "tree" }).waitFor();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

pageTest("a file that is dropped on the artifacts is uploaded", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "up" });
  await openRun(page, run_id);
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["dropped"], "drop.txt"));
    return data;
  });
  await page.locator("#artifacts").dispatchEvent("dragover", { dataTransfer: dropped });
  assert.ok(await page.locator("#artifacts.over").isVisible());
  await page.locator("#artifacts").dispatchEvent("drop", { dataTransfer: dropped });
  await said(page, /^1 file uploaded$/);
  assert.equal(await text(page, run_id, "drop.txt"), "dropped");
});

pageTest("a file that is refused says why and can be tried again", async ({ page, expected, ...place }) => {
  expected.push(/status of 400/, /status of 503/);
  const run_id = await logRun(place, { run_name: "up" });
  await openRun(page, run_id);
  let tries = 0;
  await page.route("**/api/weir/1/runs/**", async (route) => {
    if (tries++ > 0) return await route.continue();
    const message = "The disk is full.";
    await route.fulfill({ status: 503, json: { error_code: "TEMPORARILY_UNAVAILABLE", message } });
  });
  await choose(page, /^Upload$/, [chosen("late.txt", "late")]);
  await said(page, /1 failed/);
  assert.match(await uploads(page).getByRole("listitem").innerText(), /late\.txt[^]*The disk is full\./);
  await uploads(page).getByRole("button", { name: "Retry" }).click();
  await said(page, /^1 file uploaded$/);
  assert.equal(await text(page, run_id, "late.txt"), "late");
  await choose(page, /^Upload$/, [chosen("a#b.txt", "x")]);
  await said(page, /1 failed/);
  assert.match(await uploads(page).getByRole("listitem").innerText(), /Invalid path/);
});

pageTest(
  "three files go at a time, and those that go or wait can be cancelled",
  async ({ page, expected, ...place }) => {
    expected.push(/ERR_ABORTED|ERR_FAILED/);
    const run_id = await logRun(place, { run_name: "up" });
    await openRun(page, run_id);
    const held = Promise.withResolvers<void>();
    let asked = 0;
    await page.route("**/api/weir/1/runs/**", async (route) => {
      asked++;
      await held.promise;
      await route.continue().catch(() => {}); // it was cancelled
    });
    await choose(page, /^Upload$/, ["a", "b", "c", "d", "e"].map((name) => chosen(name, name)));
    await said(page, /^Uploading, 0 of 5 files done$/);
    await eventually(() => Promise.resolve(assert.equal(asked, 3)));
    const row = (name: string) => uploads(page).getByRole("listitem").filter({ hasText: new RegExp(`^${name}`) });
    await row("a").getByRole("button", { name: "Cancel" }).click();
    await row("e").getByRole("button", { name: "Cancel" }).click();
    await said(page, /^Uploading, 0 of 3 files done$/);
    held.resolve();
    await said(page, /^3 files uploaded$/);
    const names = () => files(page).getByRole("link").locator("span:first-of-type").allInnerTexts();
    await eventually(async () => assert.deepEqual(await names(), ["b", "c", "d"]));
  },
);

pageTest("a file and a folder are deleted once that is confirmed", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "up" });
  for (const path of ["keep.txt", "d/one.txt", "d/two.txt"]) await logArtifact(place.weir, run_id, path, "x");
  await openRun(page, run_id, "d/one.txt");
  await page.getByLabel("Delete this file").click();
  await page.locator("#artifacts").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL(/path=d$/);
  const names = () => files(page).getByRole("link").locator("span:first-of-type").allInnerTexts();
  assert.deepEqual(await names(), ["d", "two.txt", "keep.txt"]);
  await page.getByLabel("Delete this folder").click();
  assert.match(await page.locator("#artifacts details[open]").innerText(), /Delete d and everything in it\?/);
  await page.locator("#artifacts").getByRole("button", { name: "Delete" }).click();
  await eventually(async () => assert.deepEqual(await names(), ["keep.txt"]));
});

pageTest("the files of a deleted run can be had, and nothing can be done to them", async ({ page, ...place }) => {
  const { weir } = place;
  const run_id = await logRun(place, { run_name: "gone" });
  await logArtifact(weir, run_id, "a.txt", "x");
  await weir.ok("POST", "runs/delete", { run_id });
  await openRun(page, run_id, "a.txt");
  await page.getByRole("link", { name: "Download", exact: true }).waitFor();
  assert.equal(await page.locator("#artifacts button, #artifacts details").count(), 0);
  const route = `/api/weir/1/runs/${run_id}/files?path=b.txt`;
  const message = `The run ${run_id} must be in the 'active' state. Current state is deleted.`;
  for (const method of ["PUT", "DELETE"]) {
    const { status, body } = await weir.call(method, route);
    assert.deepEqual([status, body.message], [400, message]);
  }
});

pageTest(
  "without JavaScript nothing is offered that does not work, and a file can be deleted",
  async ({ page, ...place }) => {
    const run_id = await logRun(place, { run_name: "plain" });
    await logArtifact(place.weir, run_id, "a.txt", "x");
    await page.goto(`/runs/${run_id}?tab=artifacts&path=a.txt`);
    assert.ok(await page.getByRole("button", { name: "Upload" }).first().isHidden());
    await page.getByLabel("Delete this file").click();
    await page.locator("#artifacts").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No files yet").waitFor();
  },
  { javaScriptEnabled: false },
);

pageTest("uploads fit on a phone", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "phone" });
  await logArtifact(place.weir, run_id, "a.txt", "x");
  await openRun(page, run_id, "a.txt");
  await choose(page, /^Upload$/, [chosen(`${"long ".repeat(30)}.txt`, "x")]);
  await said(page, /^1 file uploaded$/);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `${width} px`);
}, { viewport: { width: 360, height: 700 } });
