import { deepEqual, equal, match } from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

const trace = `tr-${"a".repeat(32)}`;
const at = `/api/3.0/mlflow/traces/${trace}/assessments`;
const source = { source_type: "HUMAN", source_id: "me" };

async function startWithTrace(): Promise<Weir> {
  const weir = await startWeir();
  await weir.services
    .sql`insert into weir.traces (trace_id, experiment_id, request_time, state) values (${trace}, 0, 1, 'OK')`;
  return weir;
}

const say = async (weir: Weir, said: object) =>
  (await weir.ok("POST", at, { assessment: { assessment_name: "q", source, ...said } })).assessment;

const refusal = async (weir: Weir, method: string, path: string, body?: unknown) => {
  const { status, body: { error_code, message } } = await weir.call(method, path, body);
  return [status, error_code, message];
};

Deno.test("an assessment is answered as it was said", async () => {
  await using weir = await startWithTrace();
  const said = await say(weir, {
    feedback: { value: { a: [1, null] } },
    rationale: "r",
    metadata: { k: "v" },
    span_id: "s",
  });
  const { assessment_id, create_time, last_update_time, ...rest } = said;
  match(assessment_id, /^a-[0-9a-f]{32}$/);
  match(create_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
  equal(create_time, last_update_time);
  deepEqual(rest, {
    assessment_name: "q",
    trace_id: trace,
    span_id: "s",
    source,
    feedback: { value: { a: [1, null] } },
    rationale: "r",
    metadata: { k: "v" },
    valid: true,
  });
  deepEqual((await weir.ok("GET", `${at}/${assessment_id}`)).assessment, said);
});

Deno.test("an expectation that is a list or an object travels as its JSON text", async () => {
  await using weir = await startWithTrace();
  const serialized_value = { serialization_format: "JSON_FORMAT", value: '{"a": [1.0, 9007199254740993]}' };
  deepEqual((await say(weir, { expectation: { serialized_value } })).expectation, { serialized_value });
  deepEqual((await say(weir, { expectation: { value: "x" } })).expectation, { value: "x" });
  const list = { ...serialized_value, value: "[1]" };
  deepEqual((await say(weir, { expectation: { value: [1] } })).expectation, { serialized_value: list });
});

Deno.test("an error may stand for a feedback's value", async () => {
  await using weir = await startWithTrace();
  const error = { error_code: "E", error_message: "m" };
  deepEqual((await say(weir, { feedback: { error } })).feedback, { value: null, error });
});

Deno.test("an assessment that is overridden is no longer valid, until its successor is deleted", async () => {
  await using weir = await startWithTrace();
  const { assessment_id } = await say(weir, { feedback: { value: true } });
  const successor = await say(weir, { feedback: { value: false }, overrides: assessment_id });
  equal(successor.overrides, assessment_id);
  equal((await weir.ok("GET", `${at}/${assessment_id}`)).assessment.valid, false);
  deepEqual(await weir.ok("DELETE", `${at}/${successor.assessment_id}`), {});
  equal((await weir.ok("GET", `${at}/${assessment_id}`)).assessment.valid, true);
  deepEqual(await weir.ok("DELETE", `${at}/${successor.assessment_id}`), {});
  deepEqual(
    await refusal(weir, "POST", at, {
      assessment: { assessment_name: "q", feedback: {}, overrides: "a-none" },
    }),
    [404, "RESOURCE_DOES_NOT_EXIST", `Assessment with ID 'a-none' not found for trace '${trace}'`],
  );
});

Deno.test("an update changes what its mask names, and metadata joins what is there", async () => {
  await using weir = await startWithTrace();
  const { assessment_id } = await say(weir, { feedback: { value: 1 }, rationale: "r", metadata: { k: "v" } });
  const update = (update_mask: string, assessment: object) =>
    weir.ok("PATCH", `${at}/${assessment_id}`, { assessment, update_mask });
  const { assessment } = await update("feedback,metadata,assessmentName", {
    assessment_name: "p",
    feedback: { value: "new" },
    metadata: { z: "1" },
    rationale: "not this",
  });
  deepEqual(
    [assessment.assessment_name, assessment.feedback, assessment.metadata, assessment.rationale],
    ["p", { value: "new" }, { k: "v", z: "1" }, "r"],
  );
  equal((await update("rationale,source", { source: { source_type: "CODE" } })).assessment.rationale, "");
  deepEqual((await update("bogus", {})).assessment.source, source);
  deepEqual(
    await refusal(weir, "PATCH", `${at}/${assessment_id}`, {
      assessment: { expectation: { value: 1 } },
      update_mask: "expectation",
    }),
    [400, "INVALID_PARAMETER_VALUE", "Cannot update expectation value on a Feedback assessment."],
  );
});

Deno.test("assessments of what is not there are not found, in MLflow's words", async () => {
  await using weir = await startWithTrace();
  const elsewhere = "/api/3.0/mlflow/traces/tr-x/assessments";
  const assessment = { assessment_name: "q", feedback: { value: 1 } };
  const missing = (message: string) => [404, "RESOURCE_DOES_NOT_EXIST", message];
  deepEqual(await refusal(weir, "POST", elsewhere, { assessment }), missing("Trace with ID 'tr-x' not found."));
  deepEqual(await refusal(weir, "GET", `${elsewhere}/a-1`), missing("Trace with request_id 'tr-x' not found"));
  deepEqual(
    await refusal(weir, "PATCH", `${at}/a-1`, { assessment: {}, update_mask: "rationale" }),
    missing(`Assessment with ID 'a-1' not found for trace '${trace}'`),
  );
  deepEqual(await weir.ok("DELETE", `${elsewhere}/a-1`), {});
});

Deno.test("an assessment that makes no sense is refused, and never with a 5xx", async () => {
  await using weir = await startWithTrace();
  await say(weir, { assessment_id: "a-mine", feedback: { value: 1 } });
  const cases: [object, RegExp][] = [
    [{}, /^Unknown assessment type: None$/],
    [{ feedback: {}, expectation: { value: 1 } }, /exactly one of/],
    [{ expectation: {} }, /^The `value` field must be specified\.$/],
    [
      { expectation: { serialized_value: { serialization_format: "FOO", value: "1" } } },
      /^Unknown serialization format: FOO/,
    ],
    [{ expectation: { serialized_value: { serialization_format: "JSON_FORMAT", value: "{bad" } } }, /serialized_value/],
    [{ expectation: { serialized_value: { serialization_format: "JSON_FORMAT", value: '"\\u0000"' } } }, /NUL/],
    [{ feedback: { value: "a\0b" } }, /assessment\.feedback\.value/],
    [{ feedback: { value: { "\ud800": 1 } } }, /assessment\.feedback\.value/],
    [{ feedback: { value: JSON.parse("[".repeat(5000) + "]".repeat(5000)) } }, /assessment\.feedback\.value/],
    [{ feedback: "x" }, /assessment\.feedback/],
    [{ feedback: {}, metadata: { k: 1 } }, /assessment\.metadata/],
    [{ feedback: {}, metadata: { "\0": "x" } }, /assessment\.metadata/],
    [{ feedback: {}, assessment_id: "a".repeat(251) }, /assessment\.assessment_id.*at most 250 characters/],
    [{ feedback: {}, create_time: "x" }, /assessment\.create_time/],
    [{ feedback: {}, assessment_name: "" }, /assessment\.assessment_name/],
    [{ feedback: {}, assessment_id: "a-mine" }, /already exists/],
  ];
  for (const [said, expected] of cases) {
    const [status, , message] = await refusal(weir, "POST", at, { assessment: { assessment_name: "q", ...said } });
    equal(status, 400);
    match(message, expected);
  }
  deepEqual((await refusal(weir, "POST", at, {}))[0], 400);
});
