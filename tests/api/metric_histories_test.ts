import assert from "node:assert/strict";
import { compact } from "../../db/compaction.ts";
import type { Metric } from "../../domain/entities.ts";
import { point, startWeir, type Weir } from "../weir.ts";

const docs = "See the API docs for more information about request parameters.";
const bulk = "/ajax-api/2.0/mlflow/metrics/get-history-bulk";
const sampled = `${bulk}-interval`;

/** A run with points of `m` at the steps 0, 1, 2, …, in two parts and in any order. */
async function runWith(weir: Weir, steps: number): Promise<string> {
  const run = await weir.startRun();
  const points = Array.from(
    { length: steps },
    (_, step) => point("m", step * step % 7, { step, timestamp: 100 - step }),
  );
  const middle = Math.floor(steps / 2);
  for (const part of [points.slice(middle), points.slice(0, middle).reverse()]) {
    if (part.length > 0) await weir.logMetrics(run, part);
  }
  return run;
}

const stepsOf = (metrics: readonly Metric[] | undefined): number[] => (metrics ?? []).map(({ step }) => Number(step));

Deno.test("the bulk history lists the points of several runs by run id and time, up to a number", async () => {
  await using weir = await startWeir();
  const [first, second] = [await runWith(weir, 3), await runWith(weir, 2)].sort();
  const all = [];
  for (const run of [first!, second!]) {
    const { metrics } = await weir.ok("GET", `metrics/get-history?run_id=${run}&metric_key=m`);
    all.push(...metrics.map((metric: Metric) => ({ ...metric, run_id: run })));
  }
  const query = `run_id=${second}&run_id=${first}&run_id=${first}&run_id=none&metric_key=m`;
  assert.deepEqual(await weir.ok("GET", `${bulk}?${query}`), { metrics: all });
  assert.deepEqual(await weir.ok("GET", `${bulk}?${query}&max_results=4`), { metrics: all.slice(0, 4) });
  assert.deepEqual(await weir.ok("GET", `${bulk}?${query}&max_results=0`), { metrics: [] });
  assert.deepEqual(await weir.ok("GET", `${bulk}?run_id=${first}&metric_key=none`), { metrics: [] });
});

Deno.test("the sampled history keeps the first and the last point and spreads the others evenly", async () => {
  await using weir = await startWeir();
  const [long, short] = [await runWith(weir, 20), await runWith(weir, 2)];
  const steps = async (query: string) =>
    stepsOf((await weir.ok("GET", `${sampled}?run_ids=${long}&metric_key=m${query}`)).metrics);
  const check = async () => {
    assert.deepEqual(await steps("&max_results=1"), [19]);
    assert.deepEqual(await steps("&max_results=2"), [0, 19]);
    assert.deepEqual(await steps("&max_results=7"), [0, 3, 6, 9, 12, 15, 19]);
    assert.deepEqual(await steps(""), Array.from({ length: 20 }, (_, step) => step));
    assert.deepEqual(await steps("&start_step=3&end_step=9&max_results=3"), [3, 6, 9]);
    assert.deepEqual(await steps("&start_step=100&end_step=200"), []);
  };
  await check();
  await weir.ok("POST", "runs/update", { run_id: long, status: "FINISHED" });
  await compact(weir.services.sql);
  await check();
  const both = await weir.ok("GET", `${sampled}?run_ids=${short}&run_ids=${long}&metric_key=m&max_results=2`);
  assert.deepEqual(both.metrics.map((metric: { run_id: string }) => metric.run_id), [short, short, long, long]);
  assert.deepEqual(
    await weir.ok("GET", `/api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=no&metric_key=m`),
    {},
  );
});

Deno.test("histories of several runs are refused in MLflow's words", async () => {
  await using weir = await startWeir();
  const many = (name: string) => Array(101).fill(`${name}=r`).join("&");
  const cases = [
    [`${bulk}?metric_key=m`, "GetMetricHistoryBulk request must specify at least one run_id."],
    [
      `${bulk}?${many("run_id")}&metric_key=m`,
      "GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids.",
    ],
    [`${bulk}?run_id=r`, "GetMetricHistoryBulk request must specify a metric_key."],
    [`${sampled}?metric_key=m`, `Missing value for required parameter 'run_ids'. ${docs}`],
    [
      `${sampled}?${many("run_ids")}&metric_key=m`,
      `GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received 101 run_ids. ${docs}`,
    ],
    [`${sampled}?run_ids=r`, `Missing value for required parameter 'metric_key'. ${docs}`],
    [`${sampled}?run_ids=r&metric_key=m&max_results=2501`, `max_results must be between 1 and 2500. ${docs}`],
    [`${sampled}?run_ids=r&metric_key=m&max_results=0`, `max_results must be between 1 and 2500. ${docs}`],
    [
      `${sampled}?run_ids=r&metric_key=m&start_step=1`,
      "If either start step or end step are specified, both must be specified.",
    ],
    [
      `${sampled}?run_ids=r&metric_key=m&start_step=2&end_step=1`,
      "end_step must be greater than start_step. Found start_step=2 and end_step=1.",
    ],
  ] as const;
  for (const [path, message] of cases) {
    const { status, body } = await weir.call("GET", path);
    assert.deepEqual([status, body.error_code, body.message], [400, "INVALID_PARAMETER_VALUE", message]);
  }
});

Deno.test("NaN and infinities come back from histories of several runs in a form that JSON has", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  await weir.services.metrics.record({
    run_id: run,
    metrics: [point("m", NaN), point("m", Infinity, { step: 1 }), point("m", -Infinity, { step: 2 })],
  });
  const values = ["NaN", Number.MAX_VALUE, -Number.MAX_VALUE];
  for (const query of [`${bulk}?run_id=${run}`, `${sampled}?run_ids=${run}`]) {
    const { metrics } = await weir.ok("GET", `${query}&metric_key=m`);
    assert.deepEqual(metrics.map((metric: { value: unknown }) => metric.value), values);
  }
});
