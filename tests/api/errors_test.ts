import assert from "node:assert/strict";
import { startWeir } from "../weir.ts";

const docs = "See the API docs for more information about request parameters.";

Deno.test("bad input is refused in MLflow's words", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const metric = { run_id, key: "m", value: 1, timestamp: 1 };
  const cases: [path: string, body: unknown, message: string][] = [
    ["runs/log-metric", { ...metric, run_id: undefined }, `Missing value for required parameter 'run_id'. ${docs}`],
    ["runs/log-metric", { ...metric, key: "" }, `Missing value for required parameter 'key'. ${docs}`],
    [
      "runs/log-metric",
      { ...metric, key: 5 },
      `Invalid value 5 for parameter 'key' supplied:  Hint: Value was of type 'int'. ${docs}`,
    ],
    [
      "runs/log-metric",
      { ...metric, value: "abc" },
      `Invalid value "abc" for parameter 'value' supplied:  Hint: Value was of type 'str'. ${docs}`,
    ],
    [
      "runs/log-metric",
      { ...metric, value: {} },
      `Invalid value {} for parameter 'value' supplied:  Hint: Value was of type 'dict'. ${docs}`,
    ],
    [
      "runs/log-metric",
      { ...metric, timestamp: -1 },
      "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=1.0). Timestamp must be a nonnegative long (64-bit integer) ",
    ],
    [
      "runs/log-metric",
      { ...metric, key: "a*b" },
      "Invalid value \"a*b\" for parameter 'name' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).",
    ],
    [
      "runs/log-metric",
      { ...metric, key: "a/../b" },
      "Invalid value \"a/../b\" for parameter 'name' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to 'b'",
    ],
    [
      "runs/log-metric",
      { ...metric, key: "k".repeat(251) },
      "'Metric name' exceeds the maximum length of 250 characters",
    ],
    [
      "runs/log-batch",
      { run_id, metrics: [{ key: "m", timestamp: 1 }] },
      `Missing value for required parameter 'metrics[0].value'. ${docs}`,
    ],
    [
      "runs/log-batch",
      { run_id, metrics: {} },
      `Invalid value {} for parameter 'metrics' supplied:  Hint: Value was of type 'dict'. ${docs}`,
    ],
    [
      "runs/log-batch",
      { run_id, metrics: Array(1001).fill({ key: "m", value: 1, timestamp: 1 }) },
      "A batch logging request can contain at most 1000 metrics. Got 1001 metrics. Please split up metrics across multiple requests and try again.",
    ],
    [
      "runs/log-batch",
      { run_id, params: [{ key: "d", value: "1" }, { key: "d", value: "2" }] },
      "Duplicate parameter keys have been submitted: ['d']. Please ensure the request contains only one param value per param key.",
    ],
    [
      "experiments/create",
      { name: "x", artifact_location: "runs:/a" },
      "Artifact location cannot be a runs:/ URI. Given: 'runs:/a'",
    ],
    ["experiments/search", {}, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"],
    ["runs/set-tag", { run_id, key: "k".repeat(251), value: "" }, "'key' exceeds the maximum length of 250 characters"],
  ];
  for (const [path, body, message] of cases) {
    const answer = await weir.call("POST", path, body);
    assert.deepEqual([path, answer.status, answer.body.message], [path, 400, message]);
  }
});

Deno.test("a body that is not JSON counts as empty, and one that is JSON twice is read", async () => {
  await using weir = await startWeir();
  const post = async (body: string, type = "application/json") => {
    const response = await weir.app.request("/ajax-api/2.0/mlflow/experiments/create", {
      method: "POST",
      body,
      headers: { "content-type": type },
    });
    return [response.status, await response.json()] as const;
  };
  assert.equal((await post("not json"))[1].message, `Missing value for required parameter 'name'. ${docs}`);
  assert.equal((await post("[]"))[1].message, `Missing value for required parameter 'name'. ${docs}`);
  assert.equal((await post(JSON.stringify(JSON.stringify({ name: "twice" }))))[0], 200);
  assert.equal(
    (await post("{}", "text/plain"))[1].message,
    "Bad Request. Content-Type must be one of ['application/json'].",
  );
});

Deno.test("names may be written in camelCase, but not both ways at once", async () => {
  await using weir = await startWeir();
  const runId = await weir.startRun();
  const body = { runId, key: "m", value: 1, timestamp: 1 };
  assert.equal((await weir.call("POST", "runs/log-metric", body)).status, 200);
  const both = await weir.call("POST", "runs/log-metric", { ...body, run_id: runId });
  assert.equal(both.body.message, "Request specifies both 'run_id' and 'runId'; provide only one of them.");
});

Deno.test("text that Postgres cannot store is refused, not a failure", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  for (const value of ["a\0b", "a\ud800b"]) {
    assert.equal((await weir.call("POST", "runs/set-tag", { run_id, key: "t", value })).status, 400);
    assert.equal((await weir.call("POST", "experiments/create", { name: value })).status, 400);
    assert.equal(
      (await weir.call("GET", `runs/get?run_id=${encodeURIComponent(value.toWellFormed())}%00`)).status,
      400,
    );
  }
});

Deno.test("an unknown endpoint is an ENDPOINT_NOT_FOUND that clients can fall back on", async () => {
  await using weir = await startWeir();
  const { status, body } = await weir.call("GET", "no-such/endpoint");
  assert.deepEqual([status, body.error_code], [404, "ENDPOINT_NOT_FOUND"]);
});

Deno.test("pages of other sites can neither write nor rebind", async () => {
  await using weir = await startWeir();
  const create = (headers: Record<string, string>) =>
    weir.app.request("http://localhost:5000/api/2.0/mlflow/experiments/create", {
      method: "POST",
      body: JSON.stringify({ name: crypto.randomUUID() }),
      headers: { "content-type": "application/json", host: "localhost:5000", ...headers },
    });
  assert.equal((await create({})).status, 200);
  assert.equal((await create({ origin: "http://localhost:5000" })).status, 200);
  assert.equal((await create({ origin: "https://evil.example" })).status, 403);
  assert.equal((await create({ "sec-fetch-site": "cross-site" })).status, 403);
  assert.equal((await create({ host: "evil.example:5000" })).status, 403);
});
