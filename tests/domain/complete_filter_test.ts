import assert from "node:assert/strict";
import fc from "fast-check";
import {
  completedValue,
  completeField,
  completeJoint,
  completeOperator,
  type Place,
  placeAt,
} from "../../domain/filter/complete.ts";
import type { Field } from "../../domain/filter/ast.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { runDialect } from "../../domain/filter/runs.ts";

/** `|` is the caret. */
function at(text: string): Place | undefined {
  const caret = text.indexOf("|");
  return placeAt(text.slice(0, caret) + text.slice(caret + 1), caret, runDialect);
}

/** What is expected, what is begun, and what would be replaced. */
function told(text: string): string | undefined {
  const place = at(text);
  if (place === undefined) return undefined;
  const { expected, begun, from, to } = place;
  const of = "field" in expected && expected.kind !== "joint" ? ` of ${expected.field.key}` : "";
  const listed = "listed" in expected && expected.listed ? " in a list" : "";
  return `${expected.kind}${of}${listed} <${begun}> ${text.replace("|", "").slice(from, to)}`.trim();
}

Deno.test("what is expected at the caret follows from the clauses before it", () => {
  const cases: Record<string, string | undefined> = {
    "|": "field <>",
    "met|": "field <met> met",
    "metrics.val/lo|ss < 1": "field <metrics.val/lo> metrics.val/loss",
    "metrics.`val/lo|": "field <metrics.val/lo> metrics.`val/lo",
    "metrics.`val/lo|ss` < 1": "field <metrics.val/lo> metrics.`val/loss`",
    'params . "a b|': 'field <params.a b> params . "a b',
    "metrics.loss |": "operator of loss <>",
    "params.model li|": "operator of model <li> li",
    "params.model NOT |": "operator of model <>",
    "params.model = |": "value of model <>",
    "params.model = 'vi|t' and x": "value of model <vi> 'vit'",
    "params.model = 'vi|": "value of model <vi> 'vi",
    'params.model = "v|': 'value of model <v> "v',
    "params.model = vi|": "value of model <vi> vi",
    "params.model IN (|": "value of model in a list <>",
    "params.model IN ('a', 'b|": "value of model in a list <b> 'b",
    "params.model IN ('a' |": "joint in a list <>",
    "params.model IN ('a') |": "joint <>",
    "metrics.loss < 1 |": "joint <>",
    "metrics.loss < 1 a|": "joint <a> a",
    "metrics.loss < 1 and |": "field <>",
    "metrics.loss BETWEEN 1 AND |": "value of loss <>",
    "metrics.loss BETWEEN 1 AND 2 AND |": "field <>",
    "(params.model IS NOT NULL or not |": "field <>",
    "metrics.loss < 1 params.m|": "joint <params.m> params.m",
    "nonsense.x |": undefined,
    "'a|": undefined,
    "params.model = 'a' and \0|": undefined,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(cases).map((text) => [text, told(text)])), cases);
});

const field = (entity: Field["entity"], key: string): Field => ({
  entity,
  key,
  type: entity === "metric" ? "number" : "string",
});
const fields = [
  field("metric", "val/loss"),
  field("metric", "train loss"),
  field("parameter", "loss_fn"),
  field("attribute", "status"),
  field("tag", "team"),
];
const texts = (begun: string) => completeField(begun, fields, runDialect).map(({ text }) => text);

Deno.test("a field is found by its kind, by its key alone and by a part of it, and is quoted where it has to be", () => {
  assert.deepEqual(texts("metrics."), ["metrics.`val/loss` ", "metrics.`train loss` "]);
  assert.deepEqual(texts("metric.tr"), ["metrics.`train loss` "]);
  assert.deepEqual(texts("loss"), ["params.loss_fn ", "metrics.`val/loss` ", "metrics.`train loss` "]);
  assert.deepEqual(texts("metrics.loss"), ["metrics.`val/loss` ", "metrics.`train loss` "]);
  assert.deepEqual(texts("run.st"), ["status "]);
  assert.deepEqual(texts("STA"), ["status "]);
  assert.deepEqual(texts("zzz"), []);
});

const storable = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => !text.includes("\0") && text !== "");

Deno.test("a filter made of completions alone means what they say", () => {
  const clause = fc.record({
    key: storable,
    values: fc.array(storable, { minLength: 1, maxLength: 3 }),
    listed: fc.boolean(),
  });
  fc.assert(fc.property(clause, ({ key, values, listed }) => {
    // No kind of quotes can hold a key with all three of them.
    fc.pre(!(key.includes("`") && key.includes("'") && key.includes('"')) && !/["'`\\]/.test(key));
    const wanted = field("parameter", key);
    const [name] = completeField(`params.${key}`, [wanted], runDialect);
    const [operator] = completeOperator(listed ? "in" : "=", wanted, runDialect);
    const [comma, close] = completeJoint("", true);
    const told = listed ? values : values.slice(0, 1);
    const body = told.map((value) => completedValue(value, listed)).join(comma?.text);
    const text = `${name?.text}${operator?.text}${body}${listed ? close?.text : ""}`;
    const place = placeAt(text, text.length, runDialect);
    assert.equal(place?.expected.kind, "joint", text);
    const parsed = parseFilter(text, runDialect);
    assert.ok(parsed.kind === "comparison", text);
    assert.deepEqual([parsed.field.key, parsed.values], [key, told], text);
  }));
});
