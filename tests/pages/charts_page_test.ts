import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { point, startWeir } from "../weir.ts";
import { endRun, falling, inAddress, logArtifact, logRun, logRuns, type Place } from "./fill.ts";

const manyRuns = (place: Place): Promise<string[]> =>
  logRuns(place, [
    {
      run_name: "one",
      params: { model: "vit" },
      metrics: { "train/loss": falling(40, 0.2), "val/acc": [0.1, 0.5], epoch: [0, 1] },
    },
    { run_name: "two", params: { model: "vit" }, metrics: { "train/loss": falling(40, 0.3), "val/acc": [0.2, 0.6] } },
    { run_name: "three", params: { model: "cnn" }, metrics: { "train/loss": falling(40, 0.5), final: 1 } },
  ]);

Deno.test("the charts of an experiment read without JavaScript: curves, bands, one alone, and what is wrong with a filter", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment("a<script>b");
  const runs = await manyRuns({ weir, experiment_id });
  const look = async (query: string, status = 200) => {
    const answer = await weir.app.request(`/experiments/${experiment_id}/charts${query}`);
    assert.equal(answer.status, status);
    return await answer.text();
  };
  const page = await look("");
  assert.ok(!page.includes("<script>b") && page.includes("3 of 3 shown") && page.includes('data-chart="train/loss"'));
  assert.match(page, /120 of 120 points/);
  assert.match(page, /1 metric with a single value a run has no curve/);
  assert.equal((page.match(/<path d="M/g) ?? []).length > 3, true);
  assert.match(await look("?group=params.model"), /mean ± std of 2 groups, from 120 points/);
  assert.match(await look(`?eye=-${runs[0]}&find=LOSS`), /80 of 80 points/);
  assert.match(await look("?filter=params.model+%3D+'cnn'"), /40 of 40 points/);
  assert.match(await look("?filter=metrics.", 400), /class="wrong"/);
  const alone = await look("?only=train%2Floss&ymin=0&ymax=1&pin=val%2Facc&unpin=val%2Facc&size=2x1%3Aepoch");
  assert.match(alone, /series\.csv\?runs=.*key=train%2Floss/);
  assert.ok(
    alone.includes('value="0..1:train/loss"') && alone.includes('value="2x1:epoch"') &&
      !alone.includes('name="pin" value="val/acc"/>'),
  );
  assert.match(await look("?x=metric&by=epoch"), />epoch</);
  assert.match(
    await look("?x=metric&from=x&to=9&smooth=2&size=a&y=b&eye=&pin=gone&image=z&drawn=-1&closed=train%2F"),
    /3 of 3 shown/,
  );
});

Deno.test("what is better was said once, and the charts tab and the comparison draw by it, by groups too", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const runs = await manyRuns({ weir, experiment_id });
  const look = async (address: string) => await (await weir.app.request(address)).text();
  const charts = `/experiments/${experiment_id}/charts`;
  const directions = async (address: string) =>
    Object.fromEntries(
      [...(await look(address)).matchAll(/data-chart="([^"]*)"[^>]* data-direction="([^"]*)"/g)].map((
        [, key, to],
      ) => [key, to]),
    );
  assert.deepEqual(await directions(charts), { "train/loss": "lower", "val/acc": "higher", epoch: "unknown" });
  for (const dir of ["higher:train/loss", "lower:epoch"]) {
    const answer = await weir.app.request("/metric-directions", { method: "POST", body: new URLSearchParams({ dir }) });
    assert.equal(answer.status, 303);
  }
  const said = { "train/loss": "higher", "val/acc": "higher", epoch: "lower" };
  assert.deepEqual(await directions(charts), said);
  assert.match(await look(`${charts}?plot=importance&about=metrics.train%2Floss`), /green: more of the param goes/);
  const compare = `/compare?runs=${runs.join(",")}`;
  assert.deepEqual(await directions(`${compare}&metric=epoch&metric=train/loss&metric=val/acc`), said);
  const grouped = await look(`${compare}&group=params.model&metric=train/loss`);
  assert.match(grouped, /mean ± std of 2 groups, from 120 points/);
  assert.match(grouped, /<option value="params.model" selected/);
  assert.match(grouped, /data-line="=cnn"[^]*data-line="=vit"/);
  for (const address of [charts, compare, `/runs/${runs[0]}?tab=charts`]) {
    assert.match(await look(address), /data-export="png"/);
  }
});

const chart = (page: Page, metric: string) => page.locator(`[data-chart="${metric}"]`);
const note = (page: Page, metric: string) => chart(page, metric).locator("[data-note]");

/** Whether Chart.js has drawn a chart. */
const drawn = (page: Page, metric: string) =>
  eventually(async () => assert.ok(await chart(page, metric).locator("canvas:not([hidden])").count() === 1));

pageTest(
  "a person hides a run, pins and resizes a chart, bands by a param, and shares the address",
  async ({ page, open, ...place }) => {
    await manyRuns(place);
    const requests: string[] = [];
    page.on("request", (request) => request.url().includes("/metrics/series") && requests.push(request.url()));
    await page.goto(`/experiments/${place.experiment_id}/charts`);
    for (const metric of ["train/loss", "val/acc", "epoch"]) await drawn(page, metric);
    assert.equal(requests.length, 1, "one request for all cards in sight");

    await page.getByRole("button", { name: "Show two" }).click();
    await eventually(async () => assert.match(await note(page, "train/loss").innerText(), /80 of 80 points/));
    await page.getByRole("button", { name: "Pin val/acc" }).click();
    await eventually(async () => assert.ok(await page.locator("#section-pinned").count() === 1));
    await chart(page, "val/acc").locator("summary").click();
    await chart(page, "val/acc").getByRole("button", { name: "Wide" }).click();
    await eventually(async () => assert.ok(await page.locator('.w2[data-chart="val/acc"]').count() === 1));
    await page.locator("#plots").scrollIntoViewIfNeeded();
    const corner = await chart(page, "train/loss").locator("[data-corner]").boundingBox();
    assert.ok(corner);
    await page.mouse.move(corner.x + 8, corner.y + 8);
    await page.mouse.down();
    await page.mouse.move(corner.x + 300, corner.y + 160, { steps: 4 });
    await page.mouse.up();
    await eventually(() =>
      Promise.resolve(assert.deepEqual(inAddress(page, "size"), ["2x1:val/acc", "2x2:train/loss"]))
    );
    await page.locator('[data-section="train/"] > summary').click();
    await eventually(() => Promise.resolve(assert.deepEqual(inAddress(page, "closed"), ["train/"])));
    await page.getByLabel("Band by").selectOption("params.model");
    await page.waitForURL(/group=params\.model/);
    await eventually(async () => assert.match(await note(page, "val/acc").innerText(), /mean ± std/));

    const other = await open();
    await other.goto(page.url());
    await eventually(async () => assert.match(await note(other, "val/acc").innerText(), /mean ± std/));
    assert.equal(await other.locator('#section-pinned .w2[data-chart="val/acc"]').count(), 1);
    assert.equal(await other.locator('[data-section="train/"][open]').count(), 0);
    assert.equal(await other.getByRole("button", { name: "Show two" }).getAttribute("aria-pressed"), "false");
  },
);

pageTest(
  "a run under the pointer is lit in the list, and a zoomed stretch is shown by all charts",
  async ({ page, ...place }) => {
    await manyRuns(place);
    await page.goto(`/experiments/${place.experiment_id}/charts?find=loss`);
    await drawn(page, "train/loss");
    const box = await chart(page, "train/loss").locator("canvas").boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.75);
    await eventually(async () => assert.equal(await page.locator(".clist tr.hot").count(), 1));
    assert.equal(await chart(page, "train/loss").locator("table.read tr.hot").count(), 1);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2, { steps: 3 });
    await page.mouse.up();
    await eventually(async () => assert.match(await note(page, "train/loss").innerText(), /in sight/));
    await chart(page, "train/loss").getByRole("button", { name: "All charts so" }).click();
    await page.waitForURL(/from=.*to=/);
  },
);

pageTest("a running run's curve grows, its value follows, and new runs are offered", async ({ page, ...place }) => {
  const { weir } = place;
  const run_id = await logRun(place, { run_name: "on", metrics: { loss: [3, 2] }, status: "RUNNING" });
  await page.goto(`/experiments/${place.experiment_id}/charts`);
  await drawn(page, "loss");
  await weir.logMetrics(run_id, [point("loss", 0.125, { step: 2 })]);
  await eventually(async () => assert.match(await note(page, "loss").innerText(), /3 of 3 points/));
  await eventually(async () =>
    assert.match(await page.locator(`[data-run="${run_id}"] [data-value]`).innerText(), /0\.1/)
  );
  await logRun(place, { run_name: "later", metrics: { loss: [1, 2] } });
  await eventually(async () => assert.match(await page.locator("#fresh").innerText(), /1 new run/));
  await endRun(weir, run_id);
});

pageTest(
  "images of steps are looked through by a slider whose place the address keeps",
  async ({ page, open, ...place }) => {
    const { weir } = place;
    const [run_id = ""] = await logRuns(place, [{
      run_name: "seer",
      metrics: { loss: [2, 1] },
      tags: { "mlflow.loggedImages": "True" },
    }]);
    const pixel = Uint8Array.fromBase64(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    );
    for (const [i, step] of [0, 10, 20].entries()) {
      const name = `dogs~val+step+${step}+timestamp+17000+0000000${i}-1111-2222-3333-444444444444.png`;
      await logArtifact(weir, run_id, `images/${name}`, pixel);
    }
    await page.goto(`/experiments/${place.experiment_id}/charts`);
    const card = page.locator('[data-images="dogs/val"]');
    await eventually(async () =>
      assert.ok(await card.locator("img").evaluate((img) => img instanceof HTMLImageElement && img.naturalWidth > 0))
    );
    assert.match(await card.locator("output").innerText(), /step 20/);
    await card.getByRole("slider").fill("1");
    await card.getByRole("slider").dispatchEvent("change");
    assert.match(await card.locator("figcaption").innerText(), /step 10/);
    const other = await open({ javaScriptEnabled: false });
    await other.goto(page.url());
    assert.match(await other.locator('[data-images="dogs/val"] figcaption').innerText(), /step 10/);
  },
);
