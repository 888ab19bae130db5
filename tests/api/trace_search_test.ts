import { deepEqual, equal, match } from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

const search = "/api/3.0/mlflow/traces/search";
const locations = [{ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } }];

/** Three traces, a to c, the newest last. */
async function startWithTraces(): Promise<Weir> {
  const weir = await startWeir();
  const { sql } = weir.services;
  for (const [index, id] of ["a", "b", "c"].entries()) {
    await weir.ok("POST", "/api/3.0/mlflow/traces", {
      trace: {
        trace_info: {
          trace_id: id,
          trace_location: locations[0],
          request_time: `2025-01-01T00:00:0${index}.123Z`,
          ...(id !== "c" && { execution_duration: `${index + 1}.500s` }),
          state: id === "c" ? "IN_PROGRESS" : "OK",
          client_request_id: `request-${id}`,
          tags: { "mlflow.traceName": `name_${id}`, "val/x": id },
          trace_metadata: id === "a" ? { "mlflow.sourceRun": "run-a" } : { other: "x" },
        },
      },
    });
  }
  const attributes = [{ key: "model.name", value: { stringValue: '"gpt"' } }, { key: "n", value: { intValue: "3" } }];
  for (const [trace, span, type] of [["a", "root", "CHAIN"], ["a", "call", "LLM"], ["b", "root", "LLM"]] as const) {
    await sql`insert into weir.spans (trace_id, span_id, name, type, status, start_ns, content)
      values (${trace}, ${span}, ${span}, ${type}, 'OK', 1, ${
      JSON.stringify({ name: span, attributes })
    }::text::jsonb)`;
  }
  await sql`insert into weir.trace_runs (trace_id, run_id) values ('b', 'run-b')`;
  const say = (trace: string, said: object) =>
    weir.ok("POST", `/api/3.0/mlflow/traces/${trace}/assessments`, {
      assessment: { assessment_name: "q", source: { source_type: "CODE" }, ...said },
    });
  await say("a", { feedback: { value: 3 } });
  await say("b", { feedback: { value: true } });
  await say("b", { expectation: { value: "yes" } });
  await say("c", { issue: { issue_name: "broken" } });
  return weir;
}

const found = async (weir: Weir, query: object): Promise<string> =>
  ((await weir.ok("POST", search, { locations, ...query })).traces ?? [])
    .map(({ trace_id }: { trace_id: string }) => trace_id).join("");

Deno.test("a search finds the traces that its filter means, the newest first", async () => {
  await using weir = await startWithTraces();
  const cases: [filter: string, ids: string][] = [
    ["", "cba"],
    ["status = 'OK'", "ba"],
    ["trace.status != 'OK'", "c"],
    ["attributes.status IN ('OK', 'ERROR')", "ba"],
    ["name = 'name_a'", "a"],
    ["name LIKE 'name%' AND name != 'name_b'", "ca"],
    ["name RLIKE '_[ab]$'", "ba"],
    ["tags.`val/x` = 'b'", "b"],
    ["tag.absent IS NULL", "cba"],
    ["metadata.other = 'x'", "cb"],
    ["request_metadata.other ILIKE 'X'", "cb"],
    ["metadata.other IS NULL", "a"],
    ["timestamp > 1735689600123", "cb"],
    ["timestamp_ms = 1735689600123", "a"],
    ["timestamp < 9999999999999999999999", "cba"],
    ["execution_time >= 2500", "b"],
    ["end_time = 1735689601623", "a"],
    ["request_id = 'c'", "c"],
    ["client_request_id LIKE '%-b'", "b"],
    ["run_id = 'run-a'", "a"],
    ["attributes.run_id = 'run-b'", "b"],
    ["run_id IS NULL", "c"],
    ["span.name = 'root'", "ba"],
    ["span.name = 'root' AND span.type = 'LLM'", "b"],
    ["span.attributes.model.name = 'gpt'", "ba"],
    ["span.attributes.`model.name` LIKE 'g%' AND span.type = 'CHAIN'", "a"],
    ["span.attributes.n = '3'", "ba"],
    ["span.content LIKE '%call%'", "a"],
    ["trace.text ILIKE '%CALL%'", "a"],
    ["NOT span.name = 'root'", "c"],
    ["feedback.q > 2", "a"],
    ["feedback.q = '3.0'", "a"],
    ["feedback.q = '3'", "a"],
    ["feedback.q != '3.0'", "b"],
    ["feedback.q = 'true'", "b"],
    ["feedback.q IS NULL", "c"],
    ["expectation.q LIKE 'y%'", "b"],
    ["expectation.q IS NOT NULL OR status = 'IN_PROGRESS'", "cb"],
    ["issue.id = 'q'", "c"],
    ["prompt = 'n/1'", ""],
  ];
  for (const [filter, ids] of cases) equal(await found(weir, { filter }), ids, filter);
});

Deno.test("a trace's assessments come with it, and other experiments' traces do not", async () => {
  await using weir = await startWithTraces();
  const { traces: [trace] } = await weir.ok("POST", search, { locations, filter: "request_id = 'a'" });
  equal(trace.assessments[0].feedback.value, 3);
  equal(trace.request_time, "2025-01-01T00:00:00.123Z");
  equal(trace.execution_duration, "1.500s");
  for (const experiment_id of ["1", "99999999999999999999"]) {
    deepEqual(await weir.ok("POST", search, { locations: [{ mlflow_experiment: { experiment_id } }] }), {});
  }
  deepEqual(await weir.ok("POST", search, { locations: [] }), {});
});

Deno.test("every order of traces pages through all of them", async () => {
  await using weir = await startWithTraces();
  const cases: [order_by: string[], ids: string][] = [
    [[], "cba"],
    [["timestamp ASC"], "abc"],
    [["execution_time DESC"], "bac"],
    [["execution_time ASC"], "abc"],
    [["end_time"], "acb"],
    [["name DESC"], "cba"],
    [["run_id"], "acb"],
    [["status", "request_id"], "cab"],
    [["tags.`val/x`"], "abc"],
    [["metadata.other DESC"], "cba"],
    [["experiment_id", "trace.timestamp_ms"], "abc"],
  ];
  for (const [order_by, ids] of cases) {
    equal(await found(weir, { order_by }), ids, String(order_by));
    let walked = "", page_token: string | undefined;
    do {
      const page = await weir.ok("POST", search, { locations, order_by, max_results: 1, page_token });
      walked += page.traces[0].trace_id;
      page_token = page.next_page_token;
    } while (page_token);
    equal(walked, ids, String(order_by));
  }
});

Deno.test("a search that makes no sense is refused in MLflow's words", async () => {
  await using weir = await startWithTraces();
  const cases: [object, RegExp][] = [
    [{ locations: undefined }, /^Missing value for required parameter 'locations'/],
    [{ locations: 3 }, /^Invalid value 3 for parameter 'locations'/],
    [{ locations: [{ mlflow_experiment: { experiment_id: "abc" } }] }, /^Invalid experiment ID 'abc'/],
    [{ max_results: 0 }, /^Invalid value 0 for parameter 'max_results' supplied\. It must be a positive integer$/],
    [{ max_results: 501 }, /^Invalid value 501 for parameter 'max_results' supplied: {2}Hint: Value was of type 'int'/],
    [{ page_token: "x" }, /^Invalid page token/],
    [{ filter: "   " }, /^Invalid filter ' {3}'\. Could not be parsed\.$/],
    [{ filter: "foo = 'x'" }, /^Invalid attribute key 'foo' specified\. Valid keys are /],
    [{ filter: "foo.bar = 'x'" }, /^Invalid entity type 'foo'\. Valid values are /],
    [{ filter: "status = 1" }, /^Only the .* attributes support comparison with numeric values\.$/],
    [{ filter: "tags.a = 1" }, /^Expected a quoted string value for tag \(e\.g\. 'my-value'\)\. Got value 1$/],
    [{ filter: "tags.a > 'x'" }, /^Invalid comparator '>' not one of /],
    [{ filter: "span.foo = 'x'" }, /^Invalid span attribute 'foo'\. Supported attributes: name, status, type, /],
    [{ filter: "span.name > 'x'" }, /^span\.name comparator '>' not one of /],
    [{ filter: "feedback.q > 'x'" }, /^Expected a numeric value for feedback/],
    [{ filter: "issue.id LIKE 'x'" }, /^issue\.id comparator 'LIKE' not one of '{'='}'$/],
    [{ filter: "prompt = 'a'" }, /^Invalid prompts filter value 'a'\. Expected format: prompt = "name\/version"$/],
    [{ filter: "prompt LIKE 'a'" }, /^Invalid comparator 'LIKE' for prompts filter\./],
    [{ filter: "name RLIKE '('" }, /^Invalid pattern of RLIKE/],
    [{ filter: "name = 'a\0b'" }, /NUL/],
    [{ order_by: ["foo"] }, /^Invalid attribute key 'foo' specified\./],
    [{ order_by: ["span.name"] }, /^Invalid identifier type 'span'$/],
    [{ order_by: ["timestamp", "timestamp_ms"] }, /^`order_by` contains duplicate fields/],
    [{ order_by: [""] }, /^Invalid order_by clause ''\. Could not be parsed\.$/],
  ];
  for (const [query, expected] of cases) {
    const { status, body } = await weir.call("POST", search, { locations, ...query });
    deepEqual([status, body.error_code], [400, "INVALID_PARAMETER_VALUE"], JSON.stringify(query));
    match(body.message, expected);
  }
});
