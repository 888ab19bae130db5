import assert from "node:assert/strict";
import { compact } from "../../db/compaction.ts";
import { startWeir } from "../weir.ts";

const docs = "See the API docs for more information about request parameters.";

Deno.test("an enum is a name or its number, an unknown name is as good as absent, and anything else is refused", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const update = async (status: unknown) => {
    const answer = await weir.call("POST", "runs/update", { run_id, status });
    return answer.status === 200 ? answer.body.run_info.status : [answer.status, answer.body.message];
  };
  assert.equal(await update("FAILED"), "FAILED");
  assert.equal(await update(3), "FINISHED");
  assert.equal(await update("5"), "KILLED");
  for (const absent of ["BOGUS", null, undefined]) assert.equal(await update(absent), "KILLED");
  const refusals: [value: unknown, printed: string, type: string][] = [
    [-1, "-1", "int"],
    [6, "6", "int"],
    [1.5, "1.5", "float"],
    [true, "true", "bool"],
    [["FAILED"], '["FAILED"]', "list"],
    [{}, "{}", "dict"],
  ];
  for (const [value, printed, type] of refusals) {
    assert.deepEqual(await update(value), [
      400,
      `Invalid value ${printed} for parameter 'status' supplied:  Hint: Value was of type '${type}'. ${docs}`,
    ]);
  }
  assert.equal(await update(undefined), "KILLED");
});

Deno.test("of a field that a query names several times the first counts, unless it is a list", async () => {
  await using weir = await startWeir();
  const [first, second] = [await weir.startRun(), await weir.startRun()];
  const { run } = await weir.ok("GET", `runs/get?run_id=${first}&run_id=${second}`);
  assert.equal(run.info.run_id, first);
});

Deno.test("an experiment whose location is empty keeps its artifacts below the root", async () => {
  await using weir = await startWeir();
  const { experiment_id } = await weir.ok("POST", "experiments/create", { name: "e", artifact_location: "" });
  const { experiment } = await weir.ok("GET", `experiments/get?experiment_id=${experiment_id}`);
  assert.equal(experiment.artifact_location, `mlflow-artifacts:/${experiment_id}`);
});

Deno.test("a logged model is finalized by a status only", async () => {
  await using weir = await startWeir();
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0" });
  const path = `logged-models/${model.info.model_id}`;
  for (const status of [undefined, null, "BOGUS"]) {
    const { body } = await weir.call("PATCH", path, { status });
    assert.equal(body.message, `Missing value for required parameter 'status'. ${docs}`);
  }
  assert.equal((await weir.ok("GET", path)).model.info.status, "LOGGED_MODEL_PENDING");
});

Deno.test("outputs that are sent again are recorded once", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const models = [{ model_id: "m-1", step: 1 }, { model_id: "m-2", step: 0 }];
  for (let i = 0; i < 2; i++) await weir.ok("POST", "runs/outputs", { run_id, models });
  assert.deepEqual((await weir.getRun(run_id)).outputs, { model_outputs: models });
  const { body } = await weir.call("POST", "runs/outputs", { run_id });
  assert.equal(body.message, `Missing value for required parameter 'models'. ${docs}`);
});

Deno.test("datasets are searched in experiments that are named", async () => {
  await using weir = await startWeir();
  const path = "mlflow/experiments/search-datasets";
  for (const prefix of ["/ajax-api/2.0/", "/api/2.0/", "/api/2.0"]) {
    const { body } = await weir.call("POST", prefix + path, {});
    assert.equal(body.message, "SearchDatasets request must specify at least one experiment_id.");
    assert.deepEqual(await weir.ok("POST", prefix + path, { experiment_ids: ["0"] }), {});
  }
});

Deno.test("steps and timestamps are exact in all 64 bits, and refused beyond", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0", name: "m" });
  const send = async (path: string, body: string) => {
    const headers = { "content-type": "application/json" };
    const answer = await weir.app.request(
      `/api/2.0/mlflow/${path}`,
      body === "" ? {} : { method: "POST", body, headers },
    );
    return { status: answer.status, text: await answer.text() };
  };
  const logged = ["9223372036854775807", "-9223372036854775808", "9007199254740993", '"9007199254740995"', "1e18", "7"];
  for (const [i, step] of logged.entries()) {
    const metric = `"key":"m","value":12345678901234567890,"timestamp":9223372036854775${800 + i},"step":${step}`;
    const ofModel = `{${metric},"model_id":"${model.info.model_id}"}`;
    const { status, text } = i % 2 === 0
      ? await send("runs/log-metric", `{"run_id":"${run_id}",${metric}}`)
      : await send("runs/log-batch", JSON.stringify(`{"run_id":"${run_id}","metrics":[${ofModel}],"tags":[]}`));
    assert.equal(status, 200, text);
  }
  const steps = (text: string) => [...text.matchAll(/"step":(-?\d+)/g)].map(([, step]) => step);
  const expected = logged.map((step) => String(BigInt(step === "1e18" ? 1e18 : step.replaceAll('"', ""))));
  const check = async () => {
    const path = `metrics/get-history?run_id=${run_id}&metric_key=m`;
    const { text } = await send(path, "");
    assert.deepEqual(steps(text), expected);
    assert.match(text, /"timestamp":9223372036854775803\b/);
    const { text: first } = await send(`${path}&max_results=3`, "");
    const token = /"next_page_token":"([^"]+)"/.exec(first)?.[1] ?? "";
    const { text: second } = await send(`${path}&max_results=9&page_token=${encodeURIComponent(token)}`, "");
    assert.deepEqual([...steps(first), ...steps(second)], expected);
    const ofRun = (await send(`runs/get?run_id=${run_id}`, "")).text;
    assert.match(ofRun, /"value":12345678901234567000,"timestamp":9223372036854775800,"step":9223372036854775807/);
    const rows = await weir.services.sql`select step::text from weir.metric_points order by timestamp`;
    assert.deepEqual(rows.map(({ step }) => step), expected);
  };
  await check();
  await weir.ok("POST", "runs/update", { run_id, status: "FINISHED" });
  assert.equal(await compact(weir.services.sql), 1);
  await check();
  const ofModel = (await send(`logged-models/${model.info.model_id}`, "")).text;
  assert.deepEqual(new Set(steps(ofModel)), new Set([expected[1], expected[3], expected[5]]));
  for (const page of [`/runs/${run_id}`, "/experiments/0", `/compare?runs=${run_id}`]) {
    assert.equal((await weir.app.request(page)).status, 200, page);
  }

  const metric = `"key":"m","value":1,"timestamp":1`;
  for (const beyond of ["9223372036854775808", "-9223372036854775809", '"9223372036854775808"', "1e300", "1e19"]) {
    const { status, text } = await send("runs/log-metric", `{"run_id":"${run_id}",${metric},"step":${beyond}}`);
    assert.equal(status, 400);
    assert.match(text, /'step' supplied: expected an integer from -9223372036854775808 to 9223372036854775807\./);
  }
  for (const beyond of [2 ** 53, -(2 ** 63), "9007199254740993", 1e300]) {
    const answer = await weir.call("POST", "runs/update", { run_id, end_time: beyond });
    assert.deepEqual([answer.status, answer.body.message], [
      400,
      "Invalid value for parameter 'end_time' supplied: expected an integer from -9007199254740991 to 9007199254740991.",
    ]);
  }
});

Deno.test("a metric of a model that was never made is refused, and not logged", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const metric = { key: "m", value: 1, timestamp: 1, step: 0, model_id: "m-none" };
  for (const [path, body] of [["runs/log-metric", metric], ["runs/log-batch", { metrics: [metric] }]] as const) {
    const answer = await weir.call("POST", path, { run_id, ...body });
    assert.deepEqual([answer.status, answer.body.error_code, answer.body.message], [
      400,
      "BAD_REQUEST",
      "Logged model with ID 'm-none' not found.",
    ]);
  }
  assert.equal((await weir.getRun(run_id)).data.metrics, undefined);
});

Deno.test("a double may be written as Python writes one", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  let step = 0;
  const logged = async (value: unknown) => {
    const answer = await weir.call("POST", "runs/log-metric", { run_id, key: "m", value, timestamp: 1, step: step++ });
    return answer.status === 200 ? (await weir.getRun(run_id)).data.metrics?.[0]?.value : answer.body.message;
  };
  const most = Number.MAX_VALUE;
  const cases: [value: unknown, stored: unknown][] = [["inf", most], ["-inf", -most], ["Infinity", most], [
    "nan",
    "NaN",
  ]];
  for (const [value, stored] of [...cases, ["1e5", 1e5], [".5", 0.5], ["1.", 1]]) {
    assert.equal(await logged(value), stored);
  }
  for (const value of ["1_0", " 1", "0x1", "", "infinite"]) {
    assert.equal(
      await logged(value),
      `Invalid value "${value}" for parameter 'value' supplied:  Hint: Value was of type 'str'. ${docs}`,
    );
  }
});

Deno.test("values in messages are shown in ASCII", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const { body } = await weir.call("POST", "runs/set-tag", { run_id, key: "a\t😀", value: "" });
  assert.match(body.message, /^Invalid value "a\\t\\ud83d\\ude00" for parameter 'key' supplied: Names may only/);
});

Deno.test("an integer may come as text, in R's powers of ten too", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await weir.ok("POST", "runs/log-metric", { run_id, key: "m", value: 1, timestamp: "1.7e+12", step: "-5" });
  const { metrics } = await weir.ok("GET", `metrics/get-history?run_id=${run_id}&metric_key=m`);
  assert.deepEqual(metrics, [{ key: "m", value: 1, timestamp: 1.7e12, step: -5 }]);
  for (const step of ["1.5", "1e-1", " 5", "x", ""]) {
    const { body } = await weir.call("POST", "runs/log-metric", { run_id, key: "m", value: 1, timestamp: 1, step });
    assert.equal(
      body.message,
      `Invalid value "${step}" for parameter 'step' supplied:  Hint: Value was of type 'str'. ${docs}`,
    );
  }
});
