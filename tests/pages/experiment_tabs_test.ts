import assert from "node:assert/strict";
import { point, startWeir, type Weir } from "../weir.ts";
import { logRun } from "./fill.ts";

async function open(weir: Weir, path: string, query: Record<string, string> = {}) {
  const answer = await weir.app.request(`${path}?${new URLSearchParams(query)}`);
  const html = await answer.text();
  const rows = [...html.matchAll(/<tr><th scope="row"[^>]*>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
    row.split(/<td[^>]*>/).map((cell) => cell.replaceAll(/<span class="sr">.*?<\/span>|<[^>]*>/g, "").trim())
  );
  return { status: answer.status, html, rows, names: rows.map(([name]) => name) };
}

async function logModel(weir: Weir, experiment_id: string, name: string, f1: number, source_run_id: string) {
  const { model } = await weir.ok("POST", "logged-models", {
    experiment_id,
    name,
    source_run_id,
    model_type: "tree",
    params: [{ key: "depth", value: name.length.toString() }],
  });
  await weir.ok("POST", "runs/log-batch", {
    run_id: source_run_id,
    metrics: [{ ...point("val/f1", f1), model_id: model.info.model_id }],
  });
  return model.info.model_id as string;
}

Deno.test("logged models are listed with metrics, params, run and versions, filtered, ordered and paged", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const run_id = await logRun({ weir, experiment_id }, { run_name: "trainer" });
  const hostile = await logModel(weir, experiment_id, "<b>&x", 0.5, run_id);
  await logModel(weir, experiment_id, "nets", 0.25, run_id);
  await weir.ok("POST", "registered-models/create", { name: "Prod" });
  await weir.ok("POST", "model-versions/create", { name: "Prod", source: `models:/${hostile}`, model_id: hostile });
  const path = `/experiments/${experiment_id}/models`;
  const all = await open(weir, path);
  assert.deepEqual(all.rows.map((row) => row.filter((_, i) => i !== 2 && i !== 1)), [
    ["nets", "0.25", "4", "tree", "trainer", ""],
    ["&lt;b&gt;&amp;x", "0.50", "5", "tree", "trainer", "Prod v1"],
  ]);
  assert.match(all.html, new RegExp(`href="/logged-models/${hostile}"`));
  assert.deepEqual((await open(weir, path, { where: "metrics.`val/f1` > 0.3" })).names, ["&lt;b&gt;&amp;x"]);
  assert.deepEqual((await open(weir, path, { sort: "metrics.val/f1 ASC" })).names, ["nets", "&lt;b&gt;&amp;x"]);
  assert.deepEqual((await open(weir, path, { sort: "name ASC" })).names, ["&lt;b&gt;&amp;x", "nets"]);
  const wrong = await open(weir, path, { where: "metrics.f1 >" });
  assert.deepEqual([wrong.status, wrong.rows], [400, []]);
  assert.match(wrong.html, /role="alert"/);
  for (
    const query of [{ sort: "params.depth ASC" }, { sort: "\u{1F4A1}" }, { page_token: "x" }, {
      where: "a".repeat(9000),
    }]
  ) {
    assert.equal((await open(weir, path, query)).status, 400, JSON.stringify(query));
  }
  assert.equal((await open(weir, "/experiments/99999/models")).status, 404);
});

Deno.test("more models than fit on a page follow on the next", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  await weir.services.sql`
    insert into weir.logged_models (model_id, experiment_id, name, artifact_uri, creation_timestamp_ms, last_updated_timestamp_ms)
    select 'm-' || md5(i::text), ${Number(experiment_id)}, 'model ' || i, 'x', i, i from generate_series(1, 150) i`;
  const first = await open(weir, `/experiments/${experiment_id}/models`, { sort: "name ASC", filter: "metrics.x > 1" });
  const next = /<a class="btn" href="([^"]*page_token[^"]*)"/.exec(first.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const second = await open(
    weir,
    next.split("?")[0] ?? "",
    Object.fromEntries(new URLSearchParams(next.split("?")[1])),
  );
  assert.deepEqual([first.rows.length, second.rows.length], [100, 50]);
  assert.equal(new Set([...first.names, ...second.names]).size, 150);
  assert.match(second.html, /filter=metrics\.x/);
  assert.match(second.html, />Models<span>150<\/span><\/a>.*>Datasets<\/a>/s);
});

Deno.test("datasets say how many runs were given them for what, and lead to those runs", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const use = async (run_name: string, name: string, context: string) => {
    const run_id = await logRun({ weir, experiment_id }, { run_name });
    const dataset = {
      name,
      digest: `d-${name}`.slice(0, 36),
      source_type: "http",
      source: JSON.stringify({ url: `https://example.com/${name}` }),
      schema: JSON.stringify({ mlflow_colspec: [{}, {}, {}] }),
    };
    const tags = context === "" ? [] : [{ key: "mlflow.data.context", value: context }];
    await weir.ok("POST", "runs/log-inputs", { run_id, datasets: [{ dataset, tags }] });
    return run_id;
  };
  await use("a", 'it\'s "x"', "train");
  await use("b", 'it\'s "x"', "train");
  await use("c", 'it\'s "x"', "eval");
  const gone = await use("d", "other", "");
  await weir.ok("POST", "runs/delete", { run_id: gone });
  const path = `/experiments/${experiment_id}/datasets`;
  const { rows, html } = await open(weir, path);
  assert.match(html, />Models<\/a>.*>Datasets<span>2<\/span><\/a>/s);
  assert.deepEqual(rows.map((row) => row.filter((_, i) => i !== 4).map((cell) => cell.replace(/\s+/g, " "))), [
    [
      "it&#39;s &quot;x&quot;",
      'd-it\'s "x"'.replace("'", "&#39;").replaceAll('"', "&quot;"),
      "3 runs",
      "eval 1, train 2",
      "3",
      "http https://example.com/it&#39;s &quot;x&quot;",
    ],
    ["other", "d-other", "all deleted", "", "3", "http https://example.com/other"],
  ]);
  const link = /<th scope="row"[^>]*><a href="([^"]*)"/.exec(html)?.[1] ?? "";
  const [to = "", query = ""] = link.replaceAll("&amp;", "&").split("?");
  const table = await open(weir, to, Object.fromEntries(new URLSearchParams(query)));
  assert.equal(table.status, 200);
  assert.equal(table.rows.length, 3);
  assert.deepEqual((await open(weir, path, { search: "OTH" })).names, ["other"]);
  assert.deepEqual((await open(weir, path, { search: "%" })).names, []);
});
