import assert from "node:assert/strict";
import { endJob, noteProgress } from "../../db/job_writes.ts";
import { goOn } from "../../routes/asked_sweep.ts";
import { pageTest } from "../browser.ts";
import { claim, newWorker } from "../jobs.ts";

const nothing = { params: [], tags: [] };

pageTest("a person follows a sweep from trial to trial, reads what was best, and cancels it", async (visit) => {
  const { page, weir } = visit;
  const { sql } = weir.services;
  const { sweep } = await weir.ok("POST", "/api/weir/1/sweeps", {
    ...{ uri: "/p", run_name: "hunt <b>", metric: "loss", method: "grid", submitted_by: "sweeper" },
    space: [{ key: "alpha", min: 1, max: 9, step: 1 }, { key: "kind", values: ["a<i>", "b"] }],
  });
  await page.goto("/projects");
  await page.getByRole("region", { name: "Sweeps" }).getByRole("link", { name: "hunt <b>" }).click();
  await page.getByText("0 of 18, 1 under way").waitFor();
  const worker = await newWorker(sql);
  for (const value of [3, 1, 2]) {
    const [mine] = await claim(sql, worker, { labels: [] });
    await noteProgress(sql, mine!, nothing);
    const { job } = await weir.ok("GET", `/api/weir/1/jobs/${mine!.job_id}`);
    await weir.logMetrics(job.run_id, [{ key: "loss", value, timestamp: 1, step: 0 }]);
    await endJob(sql, mine!, { status: "FINISHED", exit_code: 0 }, 0);
    await goOn(weir.services, sweep.sweep_id);
  }
  await page.getByText("3 of 18, 1 under way").waitFor();
  await page.locator("dd").filter({ hasText: "1 trial 2: alpha=1, kind=b" }).waitFor();
  await page.getByRole("img", { name: "loss of 3 trials, with the best so far" }).waitFor();
  assert.deepEqual(await page.locator("#trial-3 td").allInnerTexts(), ["Finished", "2", "2", "a<i>", ""]);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("The sweep was cancelled.").first().waitFor();
  await page.getByRole("link", { name: "4", exact: true }).click();
  await page.getByRole("link", { name: "Trial 4" }).click();
  await page.getByRole("link", { name: "In the table of runs" }).click();
  await page.getByRole("link", { name: "hunt <b>-3" }).waitFor();
});
