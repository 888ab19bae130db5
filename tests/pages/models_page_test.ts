import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";
import { logArtifact, logRun } from "./fill.ts";

/** The registry's pages as plain HTML, without a browser. */

async function page(weir: Weir, path: string, status = 200): Promise<string> {
  const answer = await weir.app.request(path);
  const html = await answer.text();
  assert.equal(answer.status, status, `${path}: ${html.slice(0, 300)}`);
  return html;
}

/** Sends a form; answers where it leads and the cookies that were set. */
async function send(weir: Weir, path: string, fields: Record<string, string>, status = 303): Promise<string> {
  const answer = await weir.app.request(path, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  const text = await answer.text();
  assert.equal(answer.status, status, `${path}: ${text.slice(0, 300)}`);
  return answer.headers.get("location") ?? text;
}

const cells = (html: string): string => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

async function withRuns(weir: Weir, name: string, losses: readonly number[]): Promise<string[]> {
  await weir.ok("POST", "registered-models/create", { name });
  const runs: string[] = [];
  for (const [i, loss] of losses.entries()) {
    const run_id = await logRun({ weir, experiment_id: "0" }, {
      run_name: `run ${i}`,
      params: { depth: String(i) },
      metrics: { "val/loss": loss },
    });
    await logArtifact(
      weir,
      run_id,
      "model/MLmodel",
      `flavors:\n  python_function:\n    python_version: 3.11.${i}\nsignature:\n  inputs: '[{"type": "${
        i === 0 ? "long" : "double"
      }", "name": "age", "required": true}]'\n`,
    );
    await logArtifact(weir, run_id, "model/requirements.txt", `mlflow==3.${i}\n`);
    await send(weir, `/models/${encodeURIComponent(name)}/versions`, { from: `${run_id}/model`, who: "mara" });
    runs.push(run_id);
  }
  return runs;
}

Deno.test("models are found by words and by MLflow's filter, and a wrong filter is marked", async () => {
  await using weir = await startWeir();
  assert.match(await page(weir, "/models"), /No registered models yet[^]*registered_model_name=/);
  assert.match(await page(weir, "/models?kind=prompts"), /No prompts yet[^]*register_prompt/);
  await send(weir, "/models", { name: "resnet", description: "d", owner: "vision", who: "mara" });
  await send(weir, "/models", { name: "bert", who: "" });
  await weir.ok("POST", "registered-models/create", {
    name: "greeting",
    tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }],
  });
  const all = await page(weir, "/models");
  assert.ok(all.includes("/models/resnet") && all.includes("/models/bert") && !all.includes("/models/greeting"));
  assert.ok(cells(all).includes("vision"));
  const prompts = await page(weir, "/models?kind=prompts");
  assert.ok(prompts.includes("/models/greeting") && !prompts.includes("/models/bert"));
  for (const filter of ["RESN", "name = 'resnet'", "tags.owner = 'vision' or name = 'x'"]) {
    const found = await page(weir, `/models?filter=${encodeURIComponent(filter)}`);
    assert.ok(found.includes("/models/resnet") && !found.includes('"/models/bert"'), filter);
  }
  assert.match(await page(weir, "/models?filter=nothing"), /No model matches/);
  assert.match(await page(weir, `/models?filter=${encodeURIComponent("name == 1")}`, 400), /id="filter-error"/);
  await page(weir, "/models?page_token=x", 400);
  await page(weir, "/models?kind=prompts&filter=%27%22%5C%00", 400);
  await send(weir, "/models", { name: "bert" }, 400);
  await send(weir, "/models", { name: "a/b" }, 400);
});

Deno.test("a version is registered from a run, shown with its scores and files, and measured against the champion", async () => {
  await using weir = await startWeir();
  await withRuns(weir, "m", [0.5, 0.25]);
  await send(weir, "/models/m/aliases", { alias: "champion", version: "1", who: "mara" });
  const html = await page(weir, "/models/m");
  assert.match(html, /aria-label="Lineage: run run 1, run run 0, then version 2, version 1, then alias champion"/);
  const model = cells(html);
  assert.match(model, /▲ −0\.25/);
  assert.match(model, /alias champion: 1 .*mara/);
  const version = await page(weir, "/models/m/versions/2");
  assert.match(version, /aria-label="Lineage: run run 1, then version m 2"/);
  assert.match(cells(version), /age double/);
  assert.match(version, /models:\/m\/2/);
  const compared = cells(await page(weir, "/models/m/compare?versions=1,2,9"));
  assert.match(compared, /has no version 9/);
  assert.match(compared, /age long double/);
  assert.match(compared, /mlflow 3\.0 3\.1/);
  assert.match(compared, /Python 3\.11\.0 3\.11\.1/);
  await page(weir, "/models/m/versions/3", 404);
  await page(weir, "/models/n", 404);
  await send(weir, "/models/m/versions", { from: "nothing" }, 400);
  await send(weir, "/models/m/versions", { from: `${"0".repeat(32)}/model` }, 404);
});

Deno.test("a version says plainly what is gone", async () => {
  await using weir = await startWeir();
  const [run_id = ""] = await withRuns(weir, "m", [0.5]);
  await weir.ok("POST", "runs/delete", { run_id });
  assert.match(await page(weir, "/models/m/versions/1"), /comes from is in the bin/);
  await weir.ok("POST", "model-versions/create", { name: "m", source: "gs://elsewhere/model", run_id: "f".repeat(32) });
  const version = await page(weir, "/models/m/versions/2");
  assert.match(version, /comes from is gone/);
  assert.match(version, /which this server does not keep/);
  await page(weir, "/models/m");
});

Deno.test("a request waits on top with the numbers, and is approved with who and why", async () => {
  await using weir = await startWeir();
  await withRuns(weir, "m", [0.5, 0.25]);
  await send(weir, "/models/m/versions/1/stage", { stage: "Production", archive: "1", who: "mara" });
  await send(weir, "/models/m/versions/2/stage", {
    stage: "Production",
    archive: "1",
    ask: "1",
    who: "priya",
    comment: "half the loss",
  });
  const asked = await page(weir, "/models/m");
  assert.match(cells(asked), /Approval wanted: version 2 to Production priya asks.*half the loss.*Archive version 1/);
  assert.match(cells(asked), /val\/loss ↓ 0\.50 0\.25 ▲ −0\.25/);
  assert.match(cells(await page(weir, "/models")), /1 to decide/);
  const [, action = ""] = /action="([^"]*\/requests\/\d+)"/.exec(asked) ?? [];
  await send(weir, action, { verdict: "approve", archive: "1", who: "mara", comment: "go" });
  const told = cells(await page(weir, "/models/m"));
  assert.match(told, /version 2: None → Production .*mara approved priya “go”/);
  assert.match(told, /version 1: Production → Archived, makes room for 2/);
  await send(weir, action, { verdict: "reject" }, 400);
  assert.match(cells(await page(weir, "/models/m?tab=requests")), /approved, mara/);
});

Deno.test("what is typed has to be the name before a model is deleted, and its history stays", async () => {
  await using weir = await startWeir();
  await withRuns(weir, "m", [0.5]);
  assert.match(await send(weir, "/models/m/delete", { typed: "n" }), /wrong=true/);
  assert.match(await page(weir, "/models/m?confirm=delete&wrong=true"), /Nothing was deleted/);
  assert.match(await send(weir, "/models/m/versions/1/delete", { typed: "2" }), /wrong=true/);
  assert.match(await send(weir, "/models/m/rename", { new_name: "n" }), /\/models\/n\?/);
  await send(weir, "/models/n/versions/1/delete", { typed: "1", comment: "bad data", who: "mara" });
  assert.match(cells(await page(weir, "/models/n?tab=activity")), /version 1 deleted .*mara “bad data”/);
  assert.match(await send(weir, "/models/n/delete", { typed: "n" }), /\/models\?done=deleted/);
  await page(weir, "/models/n", 404);
});

Deno.test("names, tags and comments of any kind are text on every page of the registry", async () => {
  await using weir = await startWeir();
  const name = `<script>alert("1")<&'?#% نموذج`;
  const nasty = `"><img src=x onerror=alert(1)>`;
  const at = `/models/${encodeURIComponent(name)}`;
  await withRuns(weir, name, [NaN, 1]);
  await send(weir, `${at}/describe`, { description: nasty, who: nasty, comment: nasty });
  await send(weir, `${at}/tags`, { key: "k", value: nasty, who: nasty });
  await send(weir, `${at}/versions/1/tags`, { key: "k", value: nasty });
  await send(weir, `${at}/versions/1/alias`, { alias: "نموذج", ask: "1", who: nasty, comment: nasty });
  for (
    const path of ["", "?tab=requests", "?tab=activity", "?tab=webhooks", "/versions/1", "/compare", "?search=%22%25_"]
  ) {
    const html = await page(weir, at + path);
    assert.ok(!html.includes("<img src=x") && !html.includes("<script>alert"), path);
  }
  for (
    const query of ["?before=0", "?before=1e99", "?stage=x", "?metrics=a&metrics=b", "?tab=x", "?register=%3Cb%3E"]
  ) {
    await page(weir, at + query);
  }
  await page(weir, `${at}?tab=activity&page_token=x`, 400);
  await page(weir, `${at}/compare?versions=1,x,99999999999999,-1,%00`, 400);
  await page(weir, `${at}/versions/1e3`, 400);
  await send(weir, `${at}/versions/1/stage`, { stage: "x" }, 400);
  await send(weir, `${at}/versions/1/alias`, { alias: "" }, 400);
  await send(weir, `${at}/requests/1`, { verdict: "x" }, 400);
});

Deno.test("a prompt shows its text with its variables, and its versions as differences", async () => {
  await using weir = await startWeir();
  const prompt = { key: "mlflow.prompt.is_prompt", value: "true" };
  await weir.ok("POST", "registered-models/create", { name: "greet", tags: [prompt] });
  for (const value of ["Hello {{ who }}", "Hello {{ who }}\nGoodbye"]) {
    const tags = [prompt, { key: "mlflow.prompt.text", value }];
    await weir.ok("POST", "model-versions/create", { name: "greet", source: "prompt-template", tags });
  }
  const html = await page(weir, "/models/greet");
  assert.match(cells(html), /Prompt, version 2 .*Variable who/);
  assert.match(html, /<mark>who<\/mark>/);
  assert.match(html, /prompts:\/greet\/2/);
  assert.match(cells(await page(weir, "/models/greet/compare")), /Version 1 to 2 −0 \+1 lines/);
  assert.match(cells(await page(weir, "/models/greet/versions/1")), /Hello who/);
});

Deno.test("a model's webhooks are listed with what they were told of it", async () => {
  await using weir = await startWeir();
  await weir.services.sql`
    insert into weir.webhooks (webhook_id, name, url, events, creation_timestamp, last_updated_timestamp)
    values ('w', 'hook', 'https://example.com/?key=secret', '[{"entity": "model_version", "action": "created"}]', 1, 1)`;
  await withRuns(weir, "m", [1]);
  await withRuns(weir, "other", [1]);
  const html = await page(weir, "/models/m?tab=webhooks");
  assert.equal(html.match(/model version created<\/th>/g)?.length, 1);
  assert.match(cells(html), /https:\/\/example\.com\/\?…/);
  assert.match(await send(weir, "/models/m/webhooks/w/test", {}), /webhook=w&status=\d/);
});
