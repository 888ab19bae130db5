import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { endJob, logOfJob, noteProgress } from "../../db/job_writes.ts";
import { eventually, pageTest } from "../browser.ts";
import { claim, newWorker } from "../jobs.ts";

const field = (page: Page, label: string) => page.getByRole("textbox", { name: label });
const nothing = { params: [], tags: [] };

pageTest("a person runs a project, reads its log as it comes, tries again, changes it and cancels", async (visit) => {
  const { page, weir } = visit;
  const { sql } = weir.services;
  await page.goto("/experiments");
  await page.getByRole("link", { name: "Projects" }).click();
  await page.getByRole("link", { name: "Run a project" }).click();
  await field(page, "Git repository").fill("https://ann:secret@git.example.com/p#part");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Reading the project").waitFor();
  await page.getByRole("link", { name: "Go on without" }).click();
  await field(page, "Parameters").fill('alpha=0.5\ntext=<script>alert(1)</script> = "x"');
  await page.getByRole("combobox", { name: "Experiment" }).fill("Made by a page");
  await field(page, "Name of the run").fill("first try");
  await field(page, "Labels").fill("gpu");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText("Queued: no worker has gpu").waitFor();
  const job_id = page.url().split("/").at(-1) ?? "";
  assert.doesNotMatch(await page.content(), /secret/);
  assert.equal(await page.getByText('<script>alert(1)</script> = "x"').count(), 1);

  const worker = await newWorker(sql, ["gpu"]);
  await page.getByText("Queued, next").waitFor();
  const [mine] = await claim(sql, worker, { labels: ["gpu"] });
  assert.equal(mine?.job_id, job_id);
  await noteProgress(sql, mine!, nothing);
  await page.getByText("Running").waitFor();
  const print = (offset: number, text: string) =>
    logOfJob(sql, mine!, { stream: "stdout", bytes: new TextEncoder().encode(text), offset });
  const size = await print(0, "epoch 1\n");
  await page.getByText("epoch 1").waitFor();
  await print(size, "epoch 2\n");
  await page.getByText("epoch 2").waitFor();
  await endJob(sql, mine!, { status: "FAILED", exit_code: 3, reason: "It broke." }, 0);
  await page.getByText("It broke.").waitFor();

  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Queued, next").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("It was cancelled before it began.").waitFor();

  await page.getByRole("button", { name: "Run again with changes" }).click();
  await page.getByRole("link", { name: "Go on without" }).click();
  assert.equal(await page.getByRole("combobox", { name: "Experiment" }).inputValue(), "Made by a page");
  assert.equal(await field(page, "text").inputValue(), '<script>alert(1)</script> = "x"');
  await field(page, "alpha").fill("0.7");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText("Queued, next").waitFor();
  await page.getByRole("link", { name: "The run" }).click();
  await page.getByRole("link", { name: "Made by a page" }).first().waitFor();
});

pageTest("the list of jobs follows what workers do, by state and page by page", async (visit) => {
  const { page, weir } = visit;
  const { sql } = weir.services;
  for (let i = 0; i < 55; i++) {
    await weir.ok("POST", "/api/weir/1/jobs", {
      uri: "/p",
      run_name: `job ${i}`,
      submitted_by: "list",
      priority: 1000,
    });
  }
  await page.goto("/projects");
  await page.getByText("job 54").waitFor();
  await page.getByRole("link", { name: "Next" }).click();
  await page.getByRole("row").filter({ hasText: "job 0" }).getByText("Queued, next").waitFor();
  const [mine] = await claim(sql, await newWorker(sql), { labels: [] });
  await noteProgress(sql, mine!, nothing);
  const row = page.getByRole("row").filter({ hasText: "job 0" });
  await row.getByText("Running").waitFor();
  await endJob(sql, mine!, { status: "FINISHED", exit_code: 0 }, 0);
  await row.getByText("Finished").waitFor();
  await page.getByRole("link", { name: "Finished" }).click();
  await eventually(async () =>
    assert.equal(await page.locator("#jobs tbody tr").filter({ hasText: "job" }).count(), 1)
  );
});
