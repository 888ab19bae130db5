import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { ask, hurry, whileWorking } from "../purging.ts";
import { claimPurge } from "../../db/purges.ts";
import { faintTexts } from "./contrast.ts";
import { logArtifact, logRun, type Place } from "./fill.ts";

/** A deleted run with a file. */
async function deletedRun(place: Place, run_name: string): Promise<string> {
  const run_id = await logRun(place, { run_name });
  await logArtifact(place.weir, run_id, "model.bin", "x".repeat(1500));
  await place.weir.ok("POST", "runs/delete", { run_id });
  return run_id;
}

const row = (page: Page, name: string) =>
  page.locator("#bin tbody tr").filter({ has: page.getByRole("rowheader").filter({ hasText: name }) });

pageTest("what is deleted on a page leads to the bin, which has it with its size, and gives it back", async (visit) => {
  const { page, weir, experiment_id } = visit;
  const run_id = await logRun(visit, { run_name: "undecided" });
  await logArtifact(weir, run_id, "model.bin", "x".repeat(1500));
  await page.goto(`/runs/${run_id}`);
  await page.getByText("Edit").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("link", { name: "Open the bin" }).click();
  await row(page, "undecided").waitFor();
  assert.match(await row(page, "undecided").innerText(), /run[^]*now[^]*1\.5 KB/);
  assert.equal(await page.getByRole("button", { name: "Restore" }).isVisible(), false);
  await page.getByRole("checkbox", { name: "run undecided" }).check();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByText("The chosen things were restored.").waitFor();
  assert.equal(await row(page, "undecided").count(), 0);

  await page.goto(`/experiments?edit=${experiment_id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("link", { name: "Open the bin" }).click();
  assert.match(
    await row(page, (await weir.ok("GET", `experiments/get?experiment_id=${experiment_id}`)).experiment.name)
      .innerText(),
    /experiment with 1 run/,
  );
});

pageTest("a purge asks for the name, shows how far it is by itself, and is gone from the list", async (visit) => {
  const { page, weir, expected } = visit;
  expected.push(/status of 400/);
  const run_id = await deletedRun(visit, "to be purged");
  await page.goto("/bin");
  await page.getByRole("checkbox", { name: "run to be purged" }).check();
  await page.getByRole("button", { name: "Purge…" }).click();
  await page.getByText("1 run and 1 file (1.5 KB) are removed for good.").waitFor();
  await page.getByLabel("Type to be purged to confirm").fill("something else");
  await page.getByRole("button", { name: "Purge" }).click();
  await page.getByText("That was something else. Nothing was removed.").waitFor();
  await page.getByLabel("Type to be purged to confirm").fill("to be purged");
  await page.getByRole("button", { name: "Purge" }).click();
  await page.getByText("What was chosen is being purged.").waitFor();
  await page.getByText("Queued").waitFor();
  await page.evaluate(() => void Reflect.set(globalThis, "here", "still"));
  await whileWorking(weir, () => page.getByText("1 removed, 1 file (1.5 KB)").waitFor());
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, "here")), "still");
  await page.getByRole("link", { name: "Look again" }).click();
  await eventually(async () => assert.equal(await row(page, "to be purged").count(), 0));
  assert.equal((await weir.call("GET", `runs/get?run_id=${run_id}`)).status, 404);
});

pageTest("without JavaScript the bin is emptied, a purge is cancelled, and what is kept is told", async (visit) => {
  const { page, weir } = visit;
  const run_id = await deletedRun(visit, "held");
  await weir.ok("POST", "registered-models/create", { name: "net" });
  await weir.ok("POST", "model-versions/create", { name: "net", source: `runs:/${run_id}/model`, run_id });
  await ask(weir, { run_ids: [run_id] });
  await page.goto("/bin");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Cancelled").waitFor();

  await page.getByRole("link", { name: "Empty the bin…" }).click();
  await page.getByText("Version 1 of the registered model net needs its files.").waitFor();
  await page.getByRole("textbox").last().fill("purge");
  await page.getByRole("button", { name: "Purge" }).click();
  await page.getByText("What was chosen is being purged.").waitFor();
  await whileWorking(weir, () =>
    eventually(async () => {
      await page.getByRole("link", { name: "Look again" }).click();
      assert.equal(await page.getByText("Queued").count() + await page.getByText("Purging").count(), 0);
    }));
  await page.getByText("Kept: run held: Version 1 of the registered model net needs its files.").waitFor();
  assert.deepEqual(await page.locator("#bin tbody th").allInnerTexts(), ["held"]);
}, { javaScriptEnabled: false });

/** The page with everything on it: things, a purge under way, one that waits, and what asks before a purge. */
async function everything(visit: Place): Promise<string[]> {
  const { weir } = visit;
  const { sql } = weir.services;
  await deletedRun(visit, "a run with a name that is a good deal longer than most");
  const { experiment_id } = await weir.ok("POST", "experiments/create", {
    name: `vision/segmentation-${crypto.randomUUID()}-${crypto.randomUUID()}`,
  });
  await weir.ok("POST", "experiments/delete", { experiment_id });
  await ask(weir, { all: true });
  await claimPurge(sql);
  await sql`update weir.purges set total = 50000, done = 1200, leased = false, error = 'The artifact store cannot be reached.',
    next_attempt = next_attempt + 60000 where state = 'running'`;
  return [
    "/bin",
    "/bin?confirm=all",
    "/bin?confirm=all&wrong=1",
    `/bin?confirm=things&things=experiment:${experiment_id}`,
  ];
}

const settle = async ({ weir }: Place) => {
  await weir.services.sql`update weir.purges set cancelling = true where ended_time is null`;
  await hurry(weir.services.sql);
  await whileWorking(weir, () =>
    eventually(async () => {
      assert.equal((await weir.services.sql`select from weir.purges where ended_time is null`).length, 0);
    }));
};

for (const colorScheme of ["light", "dark"] as const) {
  pageTest(`the bin can be read in ${colorScheme} colours, and is no wider than a small phone`, async (visit) => {
    const { page, expected } = visit;
    expected.push(/status of 400/);
    for (const address of await everything(visit)) {
      await page.goto(address);
      assert.deepEqual({ address, faint: await faintTexts(page) }, { address, faint: [] });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), address);
    }
    await settle(visit);
  }, { colorScheme, viewport: { width: 360, height: 800 } });
}
