import assert from "node:assert/strict";
import { eventually, pageTest, type Visit } from "../browser.ts";
import { logManyRuns, manyRun } from "../many_runs.ts";
import { namesIn } from "../pages/fill.ts";

/** Of HTML, not compressed: pages do not grow with the number of runs. */
const mostBytes = 600_000;
const pageSize = 100;

for (const count of [1_000, 50_000]) {
  pageTest(`with ${count} runs every page shows what it must`, async (visit) => {
    await logManyRuns(visit.weir, visit.experiment_id, count);
    const runs = Array.from({ length: count }, (_, i) => manyRun(i, count));
    const addresses = [
      ...await table(visit, runs.toReversed()),
      await groups(visit, count),
      await charts(visit),
      await comparison(visit),
      await jump(visit, `run ${count - 7}`),
      await experiments(visit, count),
    ];
    for (const address of addresses) {
      const answer = await visit.weir.app.request(address);
      const { length } = await answer.text();
      assert.ok(answer.ok && length < mostBytes, `${answer.status}, ${length} bytes: ${address}`);
    }
    await exported(visit, runs);
  });
}

type ManyRun = ReturnType<typeof manyRun>;

const names = (runs: readonly ManyRun[]) => runs.slice(0, pageSize).map(({ run_name }) => run_name);

async function table({ page, experiment_id }: Visit, newest: readonly ManyRun[]): Promise<string[]> {
  const shows = (runs: readonly ManyRun[]) =>
    eventually(async () => assert.deepEqual(await namesIn(page), names(runs)));
  await page.goto(`/experiments/${experiment_id}?max_results=${pageSize}`);
  await shows(newest);
  const addresses = [page.url()];
  await page.getByRole("link", { name: "Next" }).click();
  await shows(newest.slice(pageSize));
  await page.getByLabel("Filter runs").fill("metrics.acc < 0.02 and params.model = 'vit'");
  await page.keyboard.press("Enter");
  const found = newest.filter(({ acc, model }) => acc < 0.02 && model === "vit");
  await shows(found);
  assert.match(await page.locator("#count").innerText(), new RegExp(`\\b${found.length} matching runs`));
  await page.getByRole("columnheader", { name: "loss" }).getByRole("link").click();
  await shows(found.toSorted((a, b) => a.loss - b.loss));
  return [...addresses, page.url()];
}

async function groups({ page, experiment_id }: Visit, count: number): Promise<string> {
  await page.goto(`/experiments/${experiment_id}?group=params.lr&group_order=name+asc`);
  const rows = await page.locator("#rows > tr").allInnerTexts();
  assert.equal(rows.length, 10);
  assert.ok(rows[0]?.includes((count / 10).toLocaleString("en")), rows[0]);
  await page.locator("#rows a.tog").first().click();
  await eventually(async () => assert.equal((await namesIn(page)).length, 25));
  return page.url();
}

async function charts({ page, experiment_id }: Visit): Promise<string> {
  await page.goto(`/experiments/${experiment_id}/charts`);
  await page.locator('[data-chart="loss"] canvas:not([hidden])').waitFor();
  await page.getByText("Which params lead to a low loss").waitFor();
  return page.url();
}

async function comparison({ page, experiment_id }: Visit): Promise<string> {
  await page.goto(`/experiments/${experiment_id}?max_results=${pageSize}`);
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await page.waitForURL(({ searchParams }) => searchParams.getAll("runs").length === pageSize);
  await page.keyboard.press("c");
  await page.getByRole("heading", { name: `Compare ${pageSize} runs` }).waitFor();
  assert.equal(await page.locator("thead th[data-run]").count(), pageSize);
  await page.locator('[data-chart="loss"] canvas:not([hidden])').waitFor();
  return page.url();
}

async function jump({ page }: Visit, name: string): Promise<string> {
  await page.goto(`/jump?q=${name}`);
  await page.getByRole("main").getByRole("link", { name }).first().click();
  await page.getByRole("heading", { name }).waitFor();
  return page.url();
}

/** More runs than are counted are told as an estimate. */
async function experiments({ page, experiment_id }: Visit, count: number): Promise<string> {
  await page.goto("/experiments");
  const row = page.locator("tr", { has: page.locator(`a[href$="/experiments/${experiment_id}"]`) });
  assert.match(await row.innerText(), count > 20_000 ? /about \d/ : new RegExp(count.toLocaleString("en")));
  return page.url();
}

async function exported({ page, experiment_id }: Visit, runs: readonly ManyRun[]): Promise<void> {
  await page.goto(`/experiments/${experiment_id}`);
  await page.getByLabel("Export all matching runs").click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV" }).first().click(),
  ]);
  const lines = (await Deno.readTextFile(await download.path())).trimEnd().split(/\r?\n/);
  assert.equal(lines.length, 1 + runs.length);
  assert.ok(runs.every(({ run_name }, i) => lines.at(-1 - i)?.includes(run_name)));
}
