import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

const traceId = "5b8efff798038103d269b633813fc60c";
const trace_id = `tr-${traceId}`;
const key = (name: string, value: object) => ({ key: name, value });

/** A span of one second, as OTLP's JSON has it. */
const span = (fields: object = {}) => ({
  traceId,
  spanId: "eee19b7ec3c1b174",
  name: "root",
  startTimeUnixNano: "1544712660000000001",
  endTimeUnixNano: "1544712661000000001",
  ...fields,
});
const child = (fields: object = {}) =>
  span({ spanId: "eee19b7ec3c1b175", parentSpanId: "eee19b7ec3c1b174", name: "child", ...fields });

async function send(weir: Weir, body: BodyInit, headers: Record<string, string> = {}) {
  const response = await weir.app.request("/v1/traces", {
    method: "POST",
    body,
    headers: { "x-mlflow-experiment-id": "0", "content-type": "application/json", ...headers },
  });
  return { status: response.status, text: await response.text(), type: response.headers.get("content-type") };
}

async function export_(weir: Weir, spans: object[], headers: Record<string, string> = {}): Promise<void> {
  const { status, text } = await send(weir, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }), headers);
  assert.deepEqual([status, text], [200, ""]);
}

const start = (weir: Weir, info: object = {}) =>
  weir.ok("POST", "/api/3.0/mlflow/traces", {
    trace: {
      trace_info: {
        trace_id,
        trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } },
        request_time: "2025-01-01T01:00:00.123456+01:00",
        execution_duration: "1.5s",
        state: "OK",
        tags: { a: "b" },
        trace_metadata: { m: "n" },
        ...info,
      },
    },
  });

const infoOf = async (weir: Weir) => (await weir.ok("GET", `/api/3.0/mlflow/traces/${trace_id}`)).trace.trace_info;

Deno.test("a trace comes to be of its spans alone", async () => {
  await using weir = await startWeir();
  await export_(weir, [child({ endTimeUnixNano: "1544712664000000000" })]);
  assert.deepEqual(await infoOf(weir), {
    trace_id,
    trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } },
    request_time: "2018-12-13T14:51:00Z",
    execution_duration: "4s",
    state: "IN_PROGRESS",
    tags: {
      "mlflow.artifactLocation": `mlflow-artifacts:/0/traces/${trace_id}/artifacts`,
      "mlflow.trace.spansLocation": "TRACKING_STORE",
    },
  });
  await export_(weir, [span({ startTimeUnixNano: "1544712659500000000", status: { code: 2 } })]);
  const { state, request_time, execution_duration } = await infoOf(weir);
  assert.deepEqual([state, request_time, execution_duration], ["ERROR", "2018-12-13T14:50:59.500Z", "4.500s"]);
});

Deno.test("spans come back as protobuf prints them, with every digit of a time", async () => {
  await using weir = await startWeir();
  const attributes = [
    key("i", { intValue: "9223372036854775807" }),
    key("l", { arrayValue: { values: [{ doubleValue: "NaN" }, {}, { boolValue: true }] } }),
    key("nul", { stringValue: "a\0b" }),
    key("bytes", { bytesValue: "AAA=" }),
  ];
  await export_(weir, [child({ attributes, status: { code: "STATUS_CODE_ERROR", message: "m" } }), span()]);
  const response = await weir.app.request(`/api/3.0/mlflow/traces/get?trace_id=${trace_id}`);
  const text = await response.text();
  assert.match(text, /"start_time_unix_nano":1544712660000000001,/);
  assert.match(text, /"int_value":9223372036854775807\}/);
  const { spans } = JSON.parse(text).trace;
  assert.deepEqual(spans.map((one: { name: string }) => one.name), ["root", "child"]);
  assert.equal(spans[1].trace_id, "W47/95gDgQPSabYzgT/GDA==");
  assert.equal(spans[1].parent_span_id, "7uGbfsPBsXQ=");
  assert.deepEqual(spans[1].status, { message: "m", code: "STATUS_CODE_ERROR" });
  assert.deepEqual(spans[1].attributes.slice(2), [
    key("l", { array_value: { values: [{ double_value: "NaN" }, {}, { bool_value: true }] } }),
    key("nul", { string_value: "a\ufffdb" }),
    key("bytes", { bytes_value: "AAA=" }),
  ]);
});

Deno.test("a trace's info and its spans may come in either order", async () => {
  for (const infoFirst of [true, false]) {
    await using weir = await startWeir();
    if (infoFirst) await start(weir);
    await export_(weir, [span({ attributes: [key("mlflow.spanInputs", { stringValue: "in" })] })]);
    if (!infoFirst) await start(weir);
    await start(weir, { tags: { c: "d" } });
    const info = await infoOf(weir);
    assert.equal(info.request_time, "2025-01-01T00:00:00.123Z");
    assert.equal(info.execution_duration, "1.500s");
    assert.equal(info.request_preview, '"in"');
    assert.deepEqual(info.trace_metadata, { m: "n", "mlflow.trace.infoFinalized": "true" });
    assert.deepEqual([info.tags.a, info.tags.c, info.tags["mlflow.trace.spansLocation"]], ["b", "d", "TRACKING_STORE"]);
  }
});

Deno.test("what a span within another used is not counted twice", async () => {
  await using weir = await startWeir();
  const usage = (input: string, output: string, total: string) => [
    key("mlflow.chat.tokenUsage", {
      kvlistValue: {
        values: [
          key("input_tokens", { intValue: input }),
          key("output_tokens", { intValue: output }),
          key("total_tokens", { intValue: total }),
        ],
      },
    }),
  ];
  const sum = async () => (await infoOf(weir)).trace_metadata["mlflow.trace.tokenUsage"];
  await export_(weir, [child({ attributes: usage("1", "2", "3") })]);
  await export_(weir, [child({ spanId: "01", attributes: usage("1", "2", "3") })]);
  assert.equal(await sum(), '{"input_tokens": 2, "output_tokens": 4, "total_tokens": 6}');
  await export_(weir, [span({ attributes: usage("5", "5", "10") })]);
  assert.equal(await sum(), '{"input_tokens": 5, "output_tokens": 5, "total_tokens": 10}');
});

Deno.test("a trace is answered with its spans once all of them are there", async () => {
  await using weir = await startWeir();
  const path = `/api/3.0/mlflow/traces/get?trace_id=${trace_id}`;
  const batch = `/api/3.0/mlflow/traces/batchGet?trace_ids=tr-none&trace_ids=${trace_id}`;
  assert.equal((await weir.call("GET", path)).body.message, `Trace with ID ${trace_id} is not found.`);
  await start(weir, { trace_metadata: { "mlflow.trace.sizeStats": '{"num_spans": 2}' } });
  assert.equal((await weir.call("GET", path)).body.message, "Trace data not stored in tracking store");
  await export_(weir, [span()]);
  assert.equal((await weir.call("GET", path)).status, 404);
  assert.equal((await weir.ok("GET", `${path}&allow_partial=true`)).trace.spans.length, 1);
  assert.deepEqual(await weir.ok("GET", batch), {});
  await export_(weir, [child()]);
  assert.equal((await weir.ok("GET", path)).trace.spans.length, 2);
  assert.equal((await weir.ok("GET", batch)).traces.length, 1);
  assert.deepEqual(await weir.ok("GET", `${batch}&experiment_ids=5`), {});
});

Deno.test("tags of a trace are set and removed under both versions of the API", async () => {
  await using weir = await startWeir();
  await start(weir);
  for (const version of ["2.0", "3.0"]) {
    const tags = (id = trace_id) => `/api/${version}/mlflow/traces/${id}/tags`;
    await weir.ok("PATCH", tags(), { key: "k", value: "v".repeat(9000) });
    assert.equal((await infoOf(weir)).tags.k.length, 8000);
    await weir.ok("DELETE", tags(), { key: "k" });
    const message = async (method: string, id: string, body: object) =>
      (await weir.call(method, tags(id), body)).body.message;
    assert.equal(
      await message("DELETE", trace_id, { key: "k" }),
      `No trace tag with key 'k' for trace with ID '${trace_id}'`,
    );
    assert.equal(await message("PATCH", "tr-x", { key: "k" }), "Trace with ID 'tr-x' not found.");
    assert.equal(
      await message("PATCH", trace_id, { key: "mlflow.trace.spansLocation", value: "x" }),
      "Tag 'mlflow.trace.spansLocation' is immutable and cannot be set on a trace.",
    );
  }
});

Deno.test("traces of an experiment are deleted by id or by age, the oldest first", async () => {
  await using weir = await startWeir();
  for (const second of ["1", "2", "3"]) {
    await start(weir, { trace_id: `tr-${second}`, request_time: `1970-01-01T00:00:0${second}Z` });
  }
  const remove = async (body: object) => {
    const answer = await weir.call("POST", "traces/delete-traces", { experiment_id: "0", ...body });
    return answer.body.traces_deleted ?? answer.body.message;
  };
  assert.equal(await remove({}), "Either `max_timestamp_millis` or `trace_ids` must be specified.");
  assert.equal(
    await remove({ max_timestamp_millis: 9, max_traces: 0 }),
    "`max_traces` must be a positive integer, received 0.",
  );
  assert.equal(await remove({ experiment_id: "7", request_ids: ["tr-1"] }), 0);
  assert.equal(await remove({ max_timestamp_millis: 2000, max_traces: 1 }), 1);
  assert.equal((await weir.call("GET", "/api/3.0/mlflow/traces/tr-1")).status, 404);
  assert.equal(await remove({ request_ids: ["tr-2", "tr-3", "tr-4"] }), 2);
});

Deno.test("traces are linked to a run, by request or by their exporter", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await export_(weir, [span()], { "x-mlflow-run-id": run_id });
  await start(weir, { trace_id: "tr-2" });
  await weir.ok("POST", "traces/link-to-run", { run_id, trace_ids: ["tr-2", "tr-2", "tr-none"] });
  const links = await weir.services.sql`select trace_id from weir.trace_runs where run_id = ${run_id} order by 1`;
  assert.deepEqual(links.map((link) => link.trace_id), ["tr-2", trace_id]);
  const tooMany = await weir.call("POST", "traces/link-to-run", { run_id, trace_ids: Array(101).fill("a") });
  assert.match(tooMany.body.message, /^Cannot link more than 100 traces/);
});

Deno.test("the spans of a trace are a file for MLflow's pages", async () => {
  await using weir = await startWeir();
  await export_(weir, [span({ attributes: [key("é", { stringValue: "ü" })] })]);
  const file = async (query: string) => await weir.call("GET", `/ajax-api/3.0/mlflow/get-trace-artifact?${query}`);
  const { spans } = JSON.parse((await file(`request_id=${trace_id}`)).body);
  assert.deepEqual(spans[0].attributes, { "mlflow.traceRequestId": `"${trace_id}"`, "é": '"ü"' });
  assert.equal((await file("")).body.error_code, "BAD_REQUEST");
  assert.equal((await file("request_id=tr-none")).status, 404);
  assert.equal((await file(`request_id=${trace_id}&path=..`)).status, 400);
});

Deno.test("an export that is none is refused in MLflow's words", async () => {
  await using weir = await startWeir();
  const protobuf = { "content-type": "application/x-protobuf" };
  const one = (fields: object) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span(fields)] }] }] });
  const malformed = "Invalid OpenTelemetry format";
  const impossible = "Cannot convert OpenTelemetry span to MLflow span";
  const deep = Array(500).fill(0).reduce((value) => ({ arrayValue: { values: [value] } }), {});
  const nested = one({ attributes: [key("a", deep)] });
  for (
    const [body, headers, status, detail] of [
      ["{}", {}, 400, `${malformed} - no spans found`],
      ["", protobuf, 400, `${malformed} - no spans found`],
      ["x", {}, 400, malformed],
      ["[]", {}, 400, malformed],
      ['{"resourceSpans":5}', {}, 400, malformed],
      ["\xff\xff", protobuf, 400, malformed],
      [nested, {}, 400, malformed],
      [one({ name: 5 }), {}, 400, malformed],
      [one({ startTimeUnixNano: -1 }), {}, 400, malformed],
      [one({ traceId: "zz" }), {}, 400, malformed],
      [one({ traceId: "" }), {}, 422, impossible],
      [one({ spanId: "ab".repeat(9) }), {}, 422, impossible],
      ["{}", { "content-encoding": "gzip" }, 400, "Failed to decompress gzip payload"],
      ["{}", { "content-encoding": "br" }, 400, "Unsupported Content-Encoding: br"],
      ["{}", { "content-type": "text/plain" }, 400, /^Invalid Content-Type: text\/plain\. Expected/],
    ] as const
  ) {
    const answer = await send(weir, body, headers);
    const said = JSON.parse(answer.text).detail;
    assert.equal(answer.status, status, body.slice(0, 99));
    if (typeof detail === "string") assert.equal(said, detail, body.slice(0, 99));
    else assert.match(said, detail);
  }
  assert.equal((await send(weir, one({}), { "x-mlflow-experiment-id": "99" })).status, 404);
  assert.equal((await send(weir, one({}), { "x-mlflow-experiment-id": "x" })).status, 400);
  const headless = await weir.app.request("/v1/traces", { method: "POST" });
  assert.deepEqual([headless.status, (await headless.json()).detail[0].type], [422, "missing"]);
});

Deno.test("a trace's info that cannot be is refused before anything is written", async () => {
  await using weir = await startWeir();
  const location = { mlflow_experiment: { experiment_id: "0" } };
  for (
    const [info, field] of [
      [{}, "trace_id"],
      [{ trace_id }, "trace_location"],
      [{ trace_id, trace_location: location, request_time: "soon" }, "request_time"],
      [{ trace_id, trace_location: location, execution_duration: "1h" }, "execution_duration"],
      [{ trace_id, trace_location: location, tags: { a: "\0" } }, "tags"],
      [{ trace_id, trace_location: location, assessments: [{ assessment_name: "a" }] }, "assessment"],
      [{ trace_id: "t".repeat(251), trace_location: location }, "trace_id"],
    ] as const
  ) {
    const answer = await weir.call("POST", "/api/3.0/mlflow/traces", { trace: { trace_info: info } });
    assert.deepEqual([answer.status, answer.body.error_code], [400, "INVALID_PARAMETER_VALUE"], field);
    assert.ok(answer.body.message.includes(field), answer.body.message);
  }
  assert.equal((await weir.call("GET", `/api/3.0/mlflow/traces/${trace_id}`)).status, 404);
});
