import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";
import type { Weir } from "../weir.ts";
import { endRun, falling, inAddress, logRun } from "./fill.ts";

async function print(weir: Weir, run_id: string, text: string, stream = "stdout"): Promise<void> {
  await weir.ok("POST", "/api/weir/1/runs/logs", { run_id, text, stream });
}

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}\n`).join("");

pageTest("the log follows a run at its end, and stays where a reader has scrolled to", async ({ page, ...place }) => {
  const { weir } = place;
  const run_id = await logRun(place, { run_name: "talks", status: "RUNNING", metrics: { loss: falling(5, 0.5) } });
  await print(weir, run_id, numbered(1, 100) + "\x1b[31m<b>red</b>\x1b[0m \r 10%\r 50%");
  await page.goto(`/runs/${run_id}?tab=log`);
  const box = page.locator("#log .log");
  const scrolled = () => box.evaluate((log) => [log.scrollTop, log.scrollHeight - log.scrollTop - log.clientHeight]);
  await eventually(async () => assert.ok(Math.abs((await scrolled())[1]!) < 3));
  await print(weir, run_id, "\r100%\n" + numbered(102, 110));
  await eventually(async () => assert.match(await box.innerText(), /line 110/));
  assert.deepEqual(await page.locator("#L101 .lx").allInnerTexts(), ["100%ed</b>"]);
  assert.ok(Math.abs((await scrolled())[1]!) < 3);
  await box.evaluate((log) => void (log.scrollTop = 40));
  await print(weir, run_id, numbered(111, 150));
  await eventually(async () => assert.match(await box.innerText(), /line 150/));
  assert.equal((await scrolled())[0], 40);
  await page.getByRole("button", { name: "To the end" }).click();
  await eventually(async () => assert.ok(Math.abs((await scrolled())[1]!) < 3));
  // The rest of the page is made anew meanwhile; no line comes twice.
  await weir.ok("POST", "runs/log-parameter", { run_id, key: "late", value: "1" });
  await print(weir, run_id, "last\n", "stderr");
  await endRun(weir, run_id, "FAILED");
  await eventually(async () => assert.match(await page.locator("h1").innerText(), /Failed/));
  assert.deepEqual(await page.locator("#log .ll").evaluateAll((rows) => rows.map((row) => row.id)), [
    ...Array.from({ length: 151 }, (_, i) => `L${i + 1}`),
  ]);
});

pageTest(
  "a text is found in the log, and leads to its line; a line and a time are gone to",
  async ({ page, ...place }) => {
    const run_id = await logRun(place, { run_name: "long" });
    const lines = numbered(1, 3000).replace("line 1234\n", "\x1b[1mNeedle\x1b[0m in <hay>\n");
    await print(place.weir, run_id, lines);
    await page.goto(`/runs/${run_id}?tab=log`);
    assert.equal(await page.locator("#log .ll").count(), 500);
    await page.getByRole("searchbox", { name: "Search the log" }).fill("needle in <");
    await page.keyboard.press("Enter");
    await page.locator("#log .found").waitFor();
    assert.match(await page.locator("#log .found").innerText(), /^1 line holds/);
    assert.equal(await page.locator("#log mark").innerText(), "Needle in <");
    await page.getByRole("link", { name: "1234" }).click();
    await page.waitForURL(/line=1234/);
    assert.equal(await page.locator("#log .here .ln").innerText(), "1234");
    assert.ok(await page.locator("#L1234").isVisible());
    await page.getByRole("textbox", { name: "Go to a line or a time" }).fill("2,000");
    await page.keyboard.press("Enter");
    await page.waitForURL(/go=2/);
    assert.equal(await page.locator("#log .here .ln").innerText(), "2000");
    await page.getByRole("textbox", { name: "Go to a line or a time" }).fill("yesterday");
    await page.keyboard.press("Enter");
    assert.match(await page.locator("#log [role=alert]").innerText(), /neither a line nor a time/);
    await page.getByRole("link", { name: "Earlier lines" }).click();
    await page.waitForURL(/before=2501/);
    assert.equal(await page.locator("#log .ln").first().innerText(), "2001");
    await page.getByRole("button", { name: "Wrap" }).click();
    assert.deepEqual(inAddress(page, "wrap"), ["1"]);
  },
);

pageTest("a running run is stopped from its page, and nothing else is", async ({ page, ...place }) => {
  const run_id = await logRun(place, { run_name: "stuck", status: "RUNNING" });
  await page.goto(`/runs/${run_id}`);
  await page.getByText("Stop", { exact: true }).click();
  await page.getByRole("button", { name: "Stop the run" }).click();
  await eventually(async () => assert.match(await page.locator("h1").innerText(), /Killed/));
  const { info } = await place.weir.getRun(run_id);
  assert.equal(info.status, "KILLED");
  assert.ok(info.end_time && info.end_time > info.start_time);
  assert.equal(await page.getByText("Stop", { exact: true }).count(), 0);
});

pageTest("a description is written in Markdown where it stands, and nothing in it runs", async ({ page, ...place }) => {
  await page.goto(`/runs/${await logRun(place, { run_name: "plain" })}`);
  await page.getByText("Add a description").click();
  await page.getByRole("textbox", { name: "Description, in Markdown" }).first().fill(
    "**Best** of all <script>alert(1)</script>",
  );
  await page.locator("#description").getByRole("button", { name: "Save" }).click();
  const text = page.locator("#description .md");
  await text.waitFor();
  assert.equal(await text.locator("strong").innerText(), "Best");
  assert.match(await text.innerText(), /<script>alert\(1\)<\/script>/);
});

pageTest(
  "metrics of the machine have a tab with their units, and stay out of the table",
  async ({ page, ...place }) => {
    const metrics = {
      loss: falling(5, 0.5),
      "system/cpu_utilization_percentage": [10, 20, 30],
      "system/gpu_0_memory_usage_megabytes": [100, 200],
      "system/node_1/disk_usage_percentage": [1, 2],
    };
    await page.goto(`/runs/${await logRun(place, { run_name: "machine", metrics })}`);
    assert.deepEqual(await page.locator("#metrics tbody th").allInnerTexts(), ["loss"]);
    await page.getByRole("link", { name: "With 3 of the system" }).click();
    await page.waitForURL(/machine=1/);
    assert.equal(await page.locator("#metrics tbody th").count(), 4);
    await page.getByRole("link", { name: /^System/ }).click();
    await page.waitForURL(/tab=system/);
    assert.deepEqual(await page.locator(".machine section > h2").allInnerTexts(), ["CPU", "GPU 0", "node_1, Disk"]);
    assert.deepEqual(await page.locator(".machine .chart h2").allInnerTexts(), [
      "Utilization, %",
      "Memory usage, MB",
      "Usage, %",
    ]);
  },
);

pageTest("a run leads to its models, its versions and all runs nested in it", async ({ page, ...place }) => {
  const { weir, experiment_id } = place;
  const parent = await logRun(place, { run_name: "sweep" });
  const run_id = await logRun(place, { run_name: "trial", tags: { "mlflow.parentRunId": parent } });
  await logRun(place, { run_name: "fold", tags: { "mlflow.parentRunId": run_id } });
  const { model } = await weir.ok("POST", "logged-models", { experiment_id, name: "net", source_run_id: run_id });
  const { info } = await weir.getRun(run_id);
  const name = `cat/dog <i> ${crypto.randomUUID()}`.replace("/", "-");
  await weir.ok("POST", "registered-models/create", { name });
  await weir.ok("POST", "model-versions/create", { name, source: `${info.artifact_uri}/model`, run_id });
  await weir.ok("POST", "registered-models/alias", { name, alias: "champion", version: "1" });
  await page.goto(`/runs/${run_id}`);
  assert.deepEqual(await page.locator(".family .leaf > :is(a, b)").allInnerTexts(), ["sweep", "trial", "fold"]);
  const about = page.locator(".pan.about");
  assert.match(await about.innerText(), /Version\s+cat-dog <i> .* v1\s+champion/);
  assert.equal(
    await about.getByRole("link", { name: "net" }).getAttribute("href"),
    `/logged-models/${model.info.model_id}`,
  );
  assert.equal(
    await about.getByRole("link", { name: /v1$/ }).getAttribute("href"),
    `/models/${encodeURIComponent(name)}/versions/1`,
  );
});
