import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError } from "../../domain/errors.ts";
import { parseJson } from "../../domain/json.ts";
import { endpoints } from "../../routes/app.ts";
import { bool, double, int64, list, message, parseMessage, queryInput, text } from "../../wire/message.ts";

const Sample = message({
  run_id: text.exactOptional(),
  max_results: int64.default(10),
  value: double.exactOptional(),
  allow_deleted: bool.default(false),
  order_by: list(text),
});

const storable = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0") && value.isWellFormed());
const whole = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const sample = fc.record({
  run_id: storable,
  max_results: whole,
  value: fc.double({ noNaN: true }),
  allow_deleted: fc.boolean(),
  order_by: fc.array(storable),
}, { requiredKeys: [], noNullPrototype: true });

const camel = (field: string): string => field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What a parser answers, or the message of its refusal; any other error fails the test. */
function outcome(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ApiError && error.code === "INVALID_PARAMETER_VALUE") return error.message;
    throw error;
  }
}

Deno.test("JSON is read as JSON.parse reads it, and what is none is a SyntaxError", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assert.deepEqual(parseJson(JSON.stringify(value)), JSON.parse(JSON.stringify(value)));
  }));
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'[]{}":,\\ 1aNIfinty-') }), (text) => {
    try {
      parseJson(text);
    } catch (error) {
      assert.ok(error instanceof SyntaxError);
    }
  }));
});

interface Written {
  text: string;
  means: unknown;
}

Deno.test("bare NaN and infinities are read as their names, and left alone inside strings", () => {
  const value = fc.letrec<{ value: Written }>((tie) => ({
    value: fc.oneof(
      fc.constantFrom("NaN", "Infinity", "-Infinity").map((token) => ({ text: token, means: token })),
      fc.oneof(fc.string(), fc.constantFrom('NaN"', "\\Infinity", "-Infinity\\", "a NaN b")).map((one) => ({
        text: JSON.stringify(one),
        means: one,
      })),
      fc.array(tie("value"), { maxLength: 4 }).map((items) => ({
        text: `[${items.map((item) => item.text).join(", ")}]`,
        means: items.map((item) => item.means),
      })),
    ),
  })).value;
  fc.assert(fc.property(value, ({ text, means }) => assert.deepEqual(parseJson(text), means)));
});

Deno.test("any JSON is a message of any endpoint, or is refused in words", () => {
  const schemas = endpoints.map((endpoint) => endpoint.input);
  fc.assert(
    fc.property(fc.constantFrom(...schemas), fc.jsonValue(), (schema, value) => {
      outcome(() => parseMessage<typeof schema>(schema, value));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a message in camelCase is the one in snake_case", () => {
  fc.assert(fc.property(sample, (fields) => {
    const renamed = Object.fromEntries(Object.entries(fields).map(([field, value]) => [camel(field), value]));
    assert.deepEqual(parseMessage(Sample, renamed), parseMessage(Sample, fields));
  }));
});

Deno.test("a field that is null is a field that is not there", () => {
  const field = fc.constantFrom("run_id", "max_results", "value", "allow_deleted", "order_by");
  fc.assert(fc.property(sample, fc.array(field), (fields, nulls) => {
    const nulled = { ...fields, ...Object.fromEntries(nulls.map((field) => [field, null])) };
    const left = Object.fromEntries(Object.entries(nulled).filter(([, value]) => value !== null));
    assert.deepEqual(parseMessage(Sample, nulled), parseMessage(Sample, left));
  }));
});

Deno.test("numbers and truth values may be written as text", () => {
  fc.assert(fc.property(sample, (fields) => {
    const written = Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [field, Array.isArray(value) ? value : String(value)]),
    );
    // Text has no minus zero for whole numbers, and JSON none at all.
    assert.deepEqual(parseMessage(Sample, written), parseMessage(Sample, JSON.parse(JSON.stringify(fields, infinite))));
  }));
});

const infinite = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

Deno.test("a query string says what a body says", () => {
  fc.assert(fc.property(sample, (fields) => {
    const query = new URLSearchParams(
      Object.entries(fields).flatMap(([field, value]) => [value].flat().map((one) => [field, String(one)])),
    );
    const body = JSON.parse(JSON.stringify(fields, infinite));
    assert.deepEqual(parseMessage(Sample, queryInput(Sample, query)), parseMessage(Sample, body));
  }));
});

Deno.test("any query string is a message of any endpoint, or is refused in words", () => {
  const schemas = endpoints.map((endpoint) => endpoint.input);
  fc.assert(
    fc.property(fc.constantFrom(...schemas), fc.webQueryParameters(), (schema, query) => {
      outcome(() => parseMessage<typeof schema>(schema, queryInput(schema, new URLSearchParams(query))));
    }),
    { numRuns: 1000 },
  );
});
