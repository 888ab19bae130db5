import assert from "node:assert/strict";
import { pageTest } from "../browser.ts";
import { logRun } from "../pages/fill.ts";
import { point } from "../weir.ts";

/** Minutes that the page is watched. */
const minutes = Number(Deno.env.get("SOAK_MINUTES") ?? 3);
const runs = 5;
const metrics = ["loss", "acc", "lr", "grad_norm"];

pageTest("a charts page that takes ten updates a second for minutes does not grow", async ({ page, ...place }) => {
  const { weir } = place;
  const ids: string[] = [];
  for (let i = 0; i < runs; i++) {
    ids.push(
      await logRun(place, {
        run_name: `run ${i}`,
        metrics: Object.fromEntries(metrics.map((key) => [key, [1, 2]])),
        status: "RUNNING",
      }),
    );
  }
  await page.goto(`/experiments/${place.experiment_id}/charts`);
  await page.locator("canvas:not([hidden])").first().waitFor();
  const devtools = await page.context().newCDPSession(page);
  const measure = async () => {
    await devtools.send("HeapProfiler.collectGarbage");
    const { nodes, jsEventListeners } = await devtools.send("Memory.getDOMCounters");
    const { usedSize } = await devtools.send("Runtime.getHeapUsage");
    return { megabytes: usedSize / 2 ** 20, nodes, listeners: jsEventListeners };
  };

  let step = 2;
  let sent = 0;
  const update = async (until: number): Promise<void> => {
    for (; Date.now() < until; step++) {
      const run_id = ids[step % runs] ?? "";
      const next = new Promise((resolve) => setTimeout(resolve, 100));
      await weir.logMetrics(run_id, metrics.map((key) => point(key, Math.random(), { step })));
      sent++;
      await next;
    }
  };

  // Curves grow until they are thinned; from the first half on the page has what it needs.
  await update(Date.now() + minutes * 30_000);
  const before = await measure();
  await update(Date.now() + minutes * 30_000);
  const after = await measure();
  // deno-lint-ignore no-console -- what was measured is worth seeing
  console.log(`${sent} updates in ${minutes} minutes`, before, after);
  assert.ok(after.megabytes < before.megabytes * 1.2 + 2, "the heap stays as it is");
  assert.ok(after.nodes < before.nodes * 1.1 + 100, "no nodes are left behind");
  assert.ok(after.listeners < before.listeners * 1.1 + 20, "no listeners are left behind");
  const shown = await page.locator('[data-chart="loss"] [data-note]').innerText();
  assert.ok(Number(shown.replace(/^.* of ([\d,]+) points.*$/, "$1").replaceAll(",", "")) > sent / 2, shown);
});
