import assert from "node:assert/strict";
import { point, startWeir, type Weir } from "../weir.ts";
import { logArtifact, logRun, logRuns } from "./fill.ts";

const fields = (values: Record<string, string | readonly string[]>): URLSearchParams =>
  new URLSearchParams(Object.entries(values).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));

/** Sends a form of the runs table and answers where it leads, and the status and text of that page. */
async function send(
  weir: Weir,
  experiment_id: string,
  verb: string,
  values: Record<string, string | readonly string[]>,
) {
  const url = `/experiments/${experiment_id}/runs/${verb}`;
  const response = await weir.app.request(url, { method: "POST", body: fields(values) });
  const to = response.headers.get("location");
  const page = to === null ? response : await weir.app.request(to);
  const note = /<div class="note[^"]*"[^>]*>(.*?)<\/p>/s.exec(await page.text())?.[1] ?? "";
  const change = new URL(to ?? "/", "http://x").searchParams.get("change") ?? "";
  return { to: to ?? "", status: page.status, note: note.replaceAll(/<[^>]*>/g, "").replaceAll("&#39;", "'"), change };
}

const tagsOf = async (weir: Weir, run_id: string, key: string) =>
  (await weir.getRun(run_id)).data.tags?.find((tag) => tag.key === key)?.value;

const found = async (weir: Weir, experiment_id: string, filter = ""): Promise<string[]> => {
  const { runs = [] } = await weir.ok("POST", "runs/search", { experiment_ids: [experiment_id], filter });
  return runs.map((run: { info: { run_name: string } }) => run.info.run_name).sort();
};

Deno.test("a tag is set on hundreds of runs or on none, and undone where it was not changed since", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const runs = await Promise.all(Array.from({ length: 300 }, () => weir.startRun({ experiment_id })));
  const [a = "", b = "", c = ""] = runs;
  await weir.ok("POST", "runs/set-tag", { run_id: a, key: "team", value: "before" });
  const stranger = await send(weir, experiment_id, "tag", { runs: [...runs, "f".repeat(32)], key: "team", value: "x" });
  assert.equal(stranger.status, 404);
  assert.equal(await tagsOf(weir, b, "team"), undefined);
  const done = await send(weir, experiment_id, "tag", { runs, key: "team", value: "<b>", back: "filter=x&view=all" });
  assert.match(done.to, /filter=x&view=all&change=/);
  const { note } = await send(weir, experiment_id, "tag", { runs, key: "team", value: "<b>" });
  assert.match(note, /The tag team of 300 runs is now &lt;b&gt;\./);
  await weir.ok("POST", "runs/set-tag", { run_id: c, key: "team", value: "later" });
  const undone = await send(weir, experiment_id, "undo", { change: done.change });
  assert.match(undone.note, /is again what it was before/);
  assert.deepEqual(await Promise.all([a, b, c].map((run) => tagsOf(weir, run, "team"))), [
    "before",
    undefined,
    "later",
  ]);
  assert.equal((await send(weir, experiment_id, "undo", { change: done.change })).status, 400);
});

Deno.test("a tag is removed from the runs that have it, and a name is changed with its tag", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const place = { weir, experiment_id };
  const [a = "", b = ""] = await logRuns(place, [{ run_name: "a", tags: { team: "x" } }, { run_name: "b" }]);
  const removed = await send(weir, experiment_id, "untag", { runs: [a, b], key: "team" });
  assert.match(removed.note, /The tag team was removed from 1 run\./);
  assert.equal(await tagsOf(weir, a, "team"), undefined);
  await send(weir, experiment_id, "undo", { change: removed.change });
  assert.equal(await tagsOf(weir, a, "team"), "x");
  const renamed = await send(weir, experiment_id, "rename", { runs: b, run_name: "new" });
  assert.deepEqual(await found(weir, experiment_id), ["a", "new"]);
  assert.equal(await tagsOf(weir, b, "mlflow.runName"), "new");
  await send(weir, experiment_id, "undo", { change: renamed.change });
  assert.deepEqual(await found(weir, experiment_id), ["a", "b"]);
});

/** A run with everything: a child, a curve, a dataset, a file, a logged model with a metric. */
async function wholeRun(weir: Weir, experiment_id: string) {
  const run_id = await logRun({ weir, experiment_id }, {
    run_name: "parent",
    params: { lr: "0.1" },
    metrics: { loss: [3, 2, NaN, 1] },
  });
  const child = await logRun({ weir, experiment_id }, {
    run_name: "child",
    metrics: { loss: 5 },
    tags: { "mlflow.parentRunId": run_id },
  });
  await weir.ok("POST", "runs/log-inputs", {
    run_id,
    datasets: [{ dataset: { name: "mnist", digest: "d1", source_type: "local", source: "{}" }, tags: [] }],
  });
  await logArtifact(weir, run_id, "notes/a.txt", "kept");
  const { model } = await weir.ok("POST", "logged-models", { experiment_id, name: "net", source_run_id: run_id });
  await weir.ok("POST", "runs/log-batch", {
    run_id,
    metrics: [{ ...point("f1", 0.5), model_id: model.info.model_id }],
  });
  await weir.ok("POST", "runs/outputs", { run_id, models: [{ model_id: model.info.model_id, step: 0 }] });
  return { run_id, child, model_id: model.info.model_id as string };
}

const modelsIn = async (weir: Weir, experiment_id: string): Promise<string[]> =>
  ((await weir.ok("POST", "logged-models/search", { experiment_ids: [experiment_id], filter: "metrics.f1 > 0" }))
    .models ?? []).map((model: { info: { name: string } }) => model.info.name);

const historyOf = (weir: Weir, run_id: string) =>
  weir.ok("GET", `metrics/get-history?run_id=${run_id}&metric_key=loss`);

const fileOf = async (weir: Weir, run_id: string): Promise<string> =>
  await (await weir.app.request(`/get-artifact?run_id=${run_id}&path=notes/a.txt`)).text();

Deno.test("a moved run keeps its id, history, files, model, dataset and children, and comes back by undo", async () => {
  await using weir = await startWeir();
  const [here, there] = [await weir.createExperiment("here"), await weir.createExperiment("there")];
  const { run_id, child } = await wholeRun(weir, here);
  const [before, history] = [await weir.getRun(run_id), await historyOf(weir, run_id)];
  const moved = await send(weir, here, "move", { runs: run_id, to: "there" });
  assert.match(moved.note, /1 run was moved to there, with 1 nested run\./);
  const after = await weir.getRun(run_id);
  assert.deepEqual(after, { ...before, info: { ...before.info, experiment_id: there } });
  assert.deepEqual(await historyOf(weir, run_id), history);
  assert.equal(await fileOf(weir, run_id), "kept");
  assert.deepEqual([await found(weir, here), await found(weir, there)], [[], ["child", "parent"]]);
  assert.deepEqual(await found(weir, there, "metrics.loss > 4"), ["child"]);
  assert.deepEqual(await found(weir, there, "dataset.name = 'mnist'"), ["parent"]);
  assert.deepEqual([await modelsIn(weir, here), await modelsIn(weir, there)], [[], ["net"]]);
  await weir.logMetrics(child, [point("acc", 0.9)]);
  assert.deepEqual(await found(weir, there, "metrics.acc > 0.5"), ["child"]);
  assert.match((await send(weir, here, "undo", { change: moved.change })).note, /2 runs were moved back/);
  assert.deepEqual([await found(weir, here, "metrics.acc > 0.5"), await found(weir, there)], [["child"], []]);
  assert.deepEqual(await modelsIn(weir, here), ["net"]);
});

Deno.test("points that are logged while a run is moved are found where it went", async () => {
  await using weir = await startWeir();
  const [here, there] = [await weir.createExperiment("here"), await weir.createExperiment("there")];
  const runs = await Promise.all(Array.from({ length: 20 }, () => weir.startRun({ experiment_id: here })));
  await Promise.all([
    ...runs.flatMap((run) => Array.from({ length: 10 }, (_, i) => weir.logMetrics(run, [point(`m${i}`, i)]))),
    send(weir, here, "move", { runs, to: there }),
    ...runs.map((run_id) =>
      weir.ok("POST", "runs/log-batch", { run_id, metrics: [point("late", 1)], params: [{ key: "p", value: "1" }] })
    ),
  ]);
  const strays = await weir.services.sql`
    select k.name from weir.latest_metrics l join weir.metric_keys k using (key) join weir.runs r using (run)
    where l.experiment_id <> r.experiment_id`;
  assert.equal(strays.length, 0);
  assert.equal((await found(weir, there, "metrics.m9 = 9 and metrics.late = 1")).length, 20);
});

Deno.test("a copy has all of a run but its files, in a place of its own, and undo takes it to the bin", async () => {
  await using weir = await startWeir();
  const [here, there] = [await weir.createExperiment("here"), await weir.createExperiment("there")];
  const { run_id, model_id, child: running } = await wholeRun(weir, here);
  await weir.ok("POST", "runs/update", { run_id: running, status: "RUNNING" });
  await weir.ok("POST", "/api/weir/1/runs/logs", { run_id, text: "hello\nthere\n" });
  const copied = await send(weir, here, "copy", { runs: run_id, to: there });
  assert.match(copied.note, /1 run was copied to there, with 1 nested run\./);
  const { runs } = await weir.ok("POST", "runs/search", { experiment_ids: [there], order_by: ["run_name DESC"] });
  const [parent, child] = runs;
  const original = await weir.getRun(run_id);
  assert.deepEqual(parent.data.metrics, original.data.metrics);
  assert.deepEqual(parent.data.params, original.data.params);
  assert.deepEqual(parent.inputs, original.inputs);
  assert.deepEqual(parent.outputs, { model_outputs: [{ model_id, step: 0 }] });
  assert.deepEqual(await historyOf(weir, parent.info.run_id), await historyOf(weir, run_id));
  assert.equal(await tagsOf(weir, parent.info.run_id, "weir.copiedFrom"), run_id);
  assert.equal(await tagsOf(weir, child.info.run_id, "mlflow.parentRunId"), parent.info.run_id);
  const { lines } = await weir.ok("GET", `/api/weir/1/runs/logs?run_id=${parent.info.run_id}`);
  assert.deepEqual(lines.map((line: { text: string }) => line.text), ["hello", "there"]);
  assert.deepEqual([parent.info.status, child.info.status], ["FINISHED", "KILLED"]);
  assert.equal(parent.info.artifact_uri, `mlflow-artifacts:/${there}/${parent.info.run_id}/artifacts`);
  await weir.logMetrics(parent.info.run_id, [point("loss", 9, { step: 99 })]);
  assert.deepEqual(await weir.getRun(run_id), original);
  await send(weir, here, "undo", { change: copied.change });
  assert.deepEqual([await found(weir, here), await found(weir, there)], [["child", "parent"], []]);
});

Deno.test("deleting hundreds of runs is undone at once", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const runs = await Promise.all(Array.from({ length: 250 }, () => weir.startRun({ experiment_id })));
  const deleted = await send(weir, experiment_id, "delete", { runs });
  assert.match(deleted.note, /250 runs were moved to the bin\./);
  assert.deepEqual(await found(weir, experiment_id), []);
  assert.match((await send(weir, experiment_id, "undo", { change: deleted.change })).note, /250 runs were restored\./);
  assert.equal((await found(weir, experiment_id)).length, 250);
});

Deno.test("what cannot be done to runs is refused, and nothing is done", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment("here");
  const run_id = await weir.startRun({ experiment_id });
  const gone = await weir.createExperiment("gone");
  await weir.ok("POST", "experiments/delete", { experiment_id: gone });
  const refused: [verb: string, values: Record<string, string | string[]>, status: number][] = [
    ["tag", { runs: [], key: "a" }, 400],
    ["tag", { runs: run_id }, 400],
    ["tag", { runs: run_id, key: "../a", value: "x" }, 400],
    ["tag", { runs: run_id, key: "a\0", value: "x" }, 400],
    ["rename", { runs: run_id, run_name: "" }, 400],
    ["rename", { runs: run_id, run_name: "x".repeat(8001) }, 400],
    ["move", { runs: run_id, to: "nowhere" }, 404],
    ["move", { runs: run_id, to: "99999999999999999999" }, 404],
    ["move", { runs: run_id, to: "here" }, 400],
    ["move", { runs: run_id, to: "gone" }, 400],
    ["copy", { runs: run_id, to: "gone" }, 400],
    ["copy", { runs: ["no\0run"], to: "here" }, 400],
    ["delete", { runs: [] }, 400],
    ["undo", { change: "nothing" }, 404],
  ];
  for (const [verb, values, status] of refused) {
    assert.equal((await send(weir, experiment_id, verb, values)).status, status, `${verb} ${JSON.stringify(values)}`);
  }
  assert.equal((await send(weir, "77777", "tag", { runs: run_id, key: "a", value: "x" })).status, 404);
  assert.deepEqual(await found(weir, experiment_id), [(await weir.getRun(run_id)).info.run_name]);
});
