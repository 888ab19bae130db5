import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { getJob } from "../../db/jobs.ts";
import { answerLook, askLook, claimLook } from "../../db/project_looks.ts";
import type { Sql } from "../../db/sql.ts";
import type { ProjectLook } from "../../domain/projects/look.ts";
import { eventually, pageTest } from "../browser.ts";
import { newWorker } from "../jobs.ts";

const field = (page: Page, label: string) => page.getByRole("textbox", { name: label });
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

const found: ProjectLook = {
  name: "wine <b>",
  commit: "0123456789abcdef",
  environment: "python_env",
  entry_points: [
    {
      name: "main",
      command: "python train.py {alpha} {data}",
      parameters: [{ key: "alpha", type: "float", default: "0.4" }, { key: "data", type: "path" }],
    },
    { name: "check", command: "python check.py", parameters: [{ key: "depth", type: "float", default: "3" }] },
  ],
  scripts: ["train.py"],
};

/** Answers the look that waits, as a worker does. */
async function answer(sql: Sql, said: { found: ProjectLook } | { reason: string }): Promise<void> {
  const worker_id = await newWorker(sql);
  await eventually(async () => {
    const look = await claimLook(sql, worker_id);
    assert.ok(look);
    await answerLook(sql, { worker_id, look_id: look.look_id }, said);
  });
}

pageTest("the form is made from what a worker reads of the project", async ({ page, weir, expected }) => {
  expected.push(/status of 400/);
  const { sql } = weir.services;
  await page.goto("/projects/new");
  await field(page, "Git repository").fill("https://ann:secret@git.example.com/wine");
  await field(page, "Branch").fill("v2");
  await press(page, "Go on");
  await page.getByText("Reading the project").waitFor();
  await answer(sql, { found });
  await page.getByText("python train.py {alpha} {data}").waitFor();
  assert.doesNotMatch(await page.content(), /secret/);
  assert.equal(await field(page, "alpha float").inputValue(), "0.4");
  // What has no default is asked for by the browser, and by the server, too.
  await press(page, "Run");
  assert.equal(await field(page, "data path").evaluate((input: HTMLInputElement) => input.validity.valueMissing), true);
  await field(page, "data path").evaluate((input: HTMLInputElement) => input.required = false);
  await field(page, "alpha float").fill("0.7");
  await press(page, "Run");
  await page.getByText("No value given for missing parameters: 'data'").waitFor();
  assert.equal(await field(page, "data path").getAttribute("aria-invalid"), "true");
  await field(page, "data path").fill("s3://wine/data.csv");
  await field(page, "More parameters").fill("epochs=3");
  await field(page, "data path").press("Enter");
  await page.getByText("Queued").first().waitFor();
  const job_id = page.url().split("/").at(-1);
  const { job } = await weir.ok("GET", `/api/weir/1/jobs/${job_id}`);
  assert.deepEqual(job.spec.parameters.map(({ key, value }: { key: string; value: string }) => `${key}=${value}`), [
    ...["alpha=0.7", "data=s3://wine/data.csv", "epochs=3"],
  ]);
  assert.deepEqual([job.spec.uri, job.spec.version], ["https://git.example.com/wine", "v2"]);
  // The worker has the credentials.
  assert.equal((await getJob(sql, job.job_id)).spec.uri, "https://ann:secret@git.example.com/wine");

  // Another entry point has other parameters; what else was typed stays.
  await press(page, "Run again with changes…");
  assert.equal(await field(page, "alpha float").inputValue(), "0.7");
  assert.equal(await field(page, "More parameters").inputValue(), "epochs=3");
  await field(page, "Name of the run").fill("other");
  await page.getByRole("combobox", { name: "Entry point" }).selectOption("check");
  await page.getByText("python check.py").waitFor();
  assert.equal(await field(page, "depth float").inputValue(), "3");
  assert.equal(await field(page, "Name of the run").inputValue(), "other");
});

pageTest("a project that cannot be read is told why, and can be run all the same", async ({ page, weir }) => {
  const { sql } = weir.services;
  await page.goto("/projects/new?uri=/srv/none");
  await press(page, "Go on");
  await answer(sql, { reason: "There is no folder /srv/none." });
  await page.getByText("There is no folder /srv/none.").waitFor();
  await field(page, "Parameters").fill("alpha=1");
  await press(page, "Run");
  await page.getByText("Queued").first().waitFor();
});

pageTest("a sweep and a schedule are made from the form, and a sweep again with changes", async ({ page, weir }) => {
  const { sql } = weir.services;
  const { look_id } = await askLook(sql, { uri: "/srv/wine", version: "", again: true });
  await answer(sql, { found });
  await page.goto(`/projects/new?look=${look_id}`);
  await page.getByText("Sweep: try many values").click();
  await field(page, "What is searched").fill("data = a.csv, b.csv\nalpha = 0.001 to 1 log");
  await page.getByRole("combobox", { name: "Method" }).selectOption("bayesian");
  await field(page, "Metric").fill("rmse");
  await page.getByRole("checkbox", { name: "Stop trials early" }).check();
  await press(page, "Begin the sweep");
  await page.getByText("0 of 20, 1 under way").waitFor();
  await page.getByText("least rmse").waitFor();
  await press(page, "Sweep again with changes…");
  assert.equal(
    await field(page, "What is searched").inputValue(),
    "data = a.csv, b.csv\nalpha = 0.001 to 1 log",
  );
  await page.getByText("Schedule: run it again and again").click();
  await field(page, "data path").fill("c.csv");
  await field(page, "When, as cron").fill("0 3 * * *");
  // Enter means what the field is of.
  await field(page, "When, as cron").press("Enter");
  await page.getByRole("heading", { name: "wine" }).waitFor();
});

pageTest("what the form cannot take is told at its field, and nothing typed is lost", async ({ page, expected }) => {
  expected.push(/status of 400/);
  await page.goto("/projects/new?uri=/p&plain=true");
  await page.getByRole("combobox", { name: "Runs on" }).selectOption("sagemaker");
  const wrong = [
    ["Parameters", "alpha", "Expected lines such as alpha=0.5"],
    ["More of its configuration", "{", "It must be an object in JSON"],
    ["Instances", "many", "Instances must be a whole number"],
    ["Labels", "a;b", "labels"],
  ] as const;
  for (const [label, value, message] of wrong) {
    const input = page.getByLabel(label);
    await input.fill(value);
    await press(page, "Run");
    await page.getByRole("alert").filter({ hasText: message }).waitFor();
    assert.equal(await input.getAttribute("aria-invalid"), "true");
    assert.equal(await input.evaluate((one) => one === document.activeElement), true);
    await input.fill("");
  }
  assert.equal(await field(page, "Git repository").inputValue(), "/p");
});

pageTest("only what the chosen backend needs is asked for, and becomes its configuration", async ({ page, weir }) => {
  await page.goto("/projects/new?uri=/p&plain=true");
  assert.equal(await page.getByLabel("Context of the kubeconfig").isVisible(), false);
  assert.equal(await page.getByLabel("Put the project into an image").isVisible(), false);
  await page.getByRole("combobox", { name: "Runs on" }).selectOption("kubernetes");
  await field(page, "Template of the Job").fill("/etc/job.yaml");
  await field(page, "More of its configuration").fill('{"repository-uri": "r"}');
  await press(page, "Run");
  await page.getByText("Queued").first().waitFor();
  const { job } = await weir.ok("GET", `/api/weir/1/jobs/${page.url().split("/").at(-1)}`);
  assert.deepEqual(job.spec.backend_config, { "repository-uri": "r", "kube-job-template-path": "/etc/job.yaml" });
});
