import assert from "node:assert/strict";
import { compact } from "../../db/compaction.ts";
import { point, startWeir } from "../weir.ts";

Deno.test("the latest value of a metric is the one with the greatest step, then timestamp, then value", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  await weir.logMetrics(run, [
    point("loss", 0.3, { step: 2 }),
    point("loss", 0.9, { step: 1 }),
    point("tie", 1, { step: 5, timestamp: 7 }),
    point("tie", 3, { step: 5, timestamp: 7 }),
    point("tie", 9, { step: 5, timestamp: 6 }),
  ]);
  await weir.logMetrics(run, [
    point("loss", 0.1, { step: 1, timestamp: 99 }),
    point("tie", 2, { step: 5, timestamp: 7 }),
  ]);
  assert.deepEqual((await weir.getRun(run)).data.metrics, [
    { key: "loss", value: 0.3, step: 2, timestamp: 0 },
    { key: "tie", value: 3, step: 5, timestamp: 7 },
  ]);
});

Deno.test("NaN counts as 0 when the latest value is chosen", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  await weir.ok("POST", "runs/log-metric", { run_id: run, key: "m", value: "NaN", timestamp: 1 });
  await weir.ok("POST", "runs/log-metric", { run_id: run, key: "m", value: -1, timestamp: 1 });
  assert.equal((await weir.getRun(run)).data.metrics?.[0]?.value, "NaN");
  await weir.ok("POST", "runs/log-metric", { run_id: run, key: "m", value: 1, timestamp: 1 });
  assert.equal((await weir.getRun(run)).data.metrics?.[0]?.value, 1);
});

Deno.test("a metric's history has every point once, by timestamp, step and value, before and after compaction", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  const points = [
    point("m", 2, { step: 1, timestamp: 20 }),
    point("m", 1, { step: 2, timestamp: 10 }),
    point("m", NaN, { step: 2, timestamp: 20 }),
    point("m", -5, { step: -3, timestamp: 20 }),
  ];
  for (const one of [...points, ...points.slice(0, 2)]) {
    await weir.services.metrics.record({ run_id: run, metrics: [one] });
  }
  const history = async () => (await weir.ok("GET", `metrics/get-history?run_id=${run}&metric_key=m`)).metrics;
  const expected = [
    { key: "m", value: 1, timestamp: 10, step: 2 },
    { key: "m", value: -5, timestamp: 20, step: -3 },
    { key: "m", value: 2, timestamp: 20, step: 1 },
    { key: "m", value: "NaN", timestamp: 20, step: 2 },
  ];
  assert.deepEqual(await history(), expected);
  await weir.ok("POST", "runs/update", { run_id: run, status: "FINISHED", end_time: 5 });
  assert.equal(await compact(weir.services.sql), 1);
  assert.equal(await compact(weir.services.sql), 0);
  assert.deepEqual(await history(), expected);
  const [row] = await weir.services.sql`select count(*)::int as chunks from weir.metric_chunks`;
  assert.equal(row?.chunks, 1);
});

Deno.test("a long history pages without gaps or repeats", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  for (let batch = 0; batch < 5; batch++) {
    await weir.logMetrics(
      run,
      Array.from({ length: 1000 }, (_, i) => point("m", i, { step: i % 7, timestamp: batch * 300 + i })),
    );
  }
  const all = (await weir.ok("GET", `metrics/get-history?run_id=${run}&metric_key=m`)).metrics;
  const paged = [];
  for (let token = "";;) {
    const page = await weir.ok(
      "GET",
      `metrics/get-history?run_id=${run}&metric_key=m&max_results=777&page_token=${encodeURIComponent(token)}`,
    );
    paged.push(...page.metrics);
    if (!page.next_page_token) break;
    token = page.next_page_token;
  }
  assert.equal(all.length, 5000);
  assert.deepEqual(paged, all);
});

Deno.test("infinities come back as the greatest finite numbers, however they were written", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  const send = (body: string) =>
    weir.app.request("/api/2.0/mlflow/runs/log-metric", {
      method: "POST",
      body,
      headers: { "content-type": "application/json; charset=utf-8" },
    });
  for (const value of ["Infinity", '"Infinity"', "1e400"]) {
    assert.equal((await send(`{"run_id":"${run}","key":"up","value":${value},"timestamp":1}`)).status, 200);
  }
  assert.equal((await send(`{"run_id":"${run}","key":"down","value":-Infinity,"timestamp":"1"}`)).status, 200);
  assert.equal((await send(`{"run_id":"${run}","key":"none","value":NaN,"timestamp":1}`)).status, 200);
  const values = (await weir.getRun(run)).data.metrics?.map((metric) => [metric.key, metric.value]);
  assert.deepEqual(values, [["down", -Number.MAX_VALUE], ["none", "NaN"], ["up", Number.MAX_VALUE]]);
});

Deno.test("a batch with one bad entry writes nothing", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  await weir.ok("POST", "runs/log-parameter", { run_id: run, key: "p", value: "1" });
  const batches = [
    { metrics: [point("m", 1), point("../m", 1)] },
    { metrics: [point("m", 1)], params: [{ key: "new", value: "1" }, { key: "p", value: "2" }] },
    { metrics: [point("m", 1)], tags: [{ key: "a*b", value: "1" }] },
    { metrics: [point("m", 1, { timestamp: -1 })], params: [{ key: "new", value: "1" }] },
  ];
  for (const batch of batches) {
    assert.equal((await weir.call("POST", "runs/log-batch", { run_id: run, ...batch })).status, 400);
  }
  const { data } = await weir.getRun(run);
  assert.equal(data.metrics, undefined);
  assert.deepEqual(data.params, [{ key: "p", value: "1" }]);
});

Deno.test("writers of the same keys at the same time neither block nor lose each other's points", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  const keys = ["a", "b", "c", "d"];
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      weir.logMetrics(
        run,
        (i % 2 ? keys : keys.toReversed()).map((key) => point(key, i, { step: i })),
      )),
  );
  for (const key of keys) {
    const { metrics } = await weir.ok("GET", `metrics/get-history?run_id=${run}&metric_key=${key}`);
    assert.equal(metrics.length, 40);
  }
  assert.deepEqual((await weir.getRun(run)).data.metrics?.map((metric) => metric.value), [39, 39, 39, 39]);
});

Deno.test("a write to one run of a group does not fail for the sake of another", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  const { metrics } = weir.services;
  const outcomes = await Promise.allSettled([
    metrics.record({ run_id: run, metrics: [point("m", 1)] }),
    metrics.record({ run_id: "no-such-run", metrics: [point("m", 1)] }),
    metrics.record({ run_id: run, metrics: [point("m", 2, { step: 1 })] }),
  ]);
  assert.deepEqual(outcomes.map((outcome) => outcome.status), ["fulfilled", "rejected", "fulfilled"]);
});

Deno.test("a curve is thinned to its width, keeps its spike, and says how many points there are", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  for (let from = 0; from < 20_000; from += 1000) {
    await weir.logMetrics(
      run,
      Array.from(
        { length: 1000 },
        (_, i) => point("m", from + i === 12_345 ? 1e6 : Math.sin(i), { step: from + i, timestamp: from + i }),
      ),
    );
  }
  const curve = async (query: string) =>
    (await weir.ok("GET", `/api/weir/1/metrics/series?runs=${run}&key=m&width=50${query}`)).series[0];
  const check = async () => {
    const whole = await curve("");
    assert.equal(whole.total, 20_000);
    assert.ok(whole.points.length <= 3 * 51 + 2);
    assert.ok(whole.points.some(([x, value]: number[]) => x === 12_345 && value === 1e6));
    const zoomed = await curve("&from=12300&to=12390");
    assert.deepEqual(zoomed.points.map(([x]: number[]) => x), Array.from({ length: 91 }, (_, i) => 12_300 + i));
  };
  await check();
  await weir.ok("POST", "runs/update", { run_id: run, status: "FINISHED" });
  await compact(weir.services.sql);
  await check();
});

Deno.test("a metric logged for a model is the model's too", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0", name: "m", source_run_id: run });
  const { model_id } = model.info;
  await weir.ok("POST", "runs/log-metric", {
    run_id: run,
    key: "acc",
    value: 0.5,
    timestamp: 3,
    model_id,
    dataset_name: "wine",
    dataset_digest: "d",
  });
  const { data } = (await weir.ok("GET", `logged-models/${model_id}`)).model;
  assert.deepEqual(data.metrics, [
    { key: "acc", value: 0.5, timestamp: 3, step: 0, dataset_name: "wine", dataset_digest: "d", model_id, run_id: run },
  ]);
});

Deno.test("the view metric_points shows every point to people who query the database", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  const values = [0, -0.1, 1e308, 5e-324, -2.5e-310, 1 / 3, NaN, Infinity, -Infinity, 123456789.123];
  const points = values.map((value, i) => point("m", value, { step: i - 3, timestamp: 1.7e12 + i * i }));
  await weir.services.metrics.record({ run_id: run, metrics: points });
  await weir.services.metrics.record({
    run_id: run,
    metrics: [point("wide", 1, { step: Number.MAX_SAFE_INTEGER, timestamp: 2 ** 52 })],
  });
  const rows = await weir.services.sql`
    select key, value, step, timestamp from weir.metric_points where run_id = ${run} order by key, step`;
  assert.deepEqual([...rows], [...points, point("wide", 1, { step: Number.MAX_SAFE_INTEGER, timestamp: 2 ** 52 })]);
});
