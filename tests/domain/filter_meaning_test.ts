import assert from "node:assert/strict";
import fc from "fast-check";
import { assume } from "../../domain/filter/assume.ts";
import { type Comparison, comparisons, type Field, type Filter } from "../../domain/filter/ast.ts";
import { describe } from "../../domain/filter/describe.ts";
import { matches } from "../../domain/filter/evaluate.ts";
import { isLike } from "../../domain/filter/like.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { runDialect } from "../../domain/filter/runs.ts";
import { compareValues } from "../../domain/values.ts";
import { runFilters, texts } from "../filters.ts";

const parse = (text: string): Filter => parseFilter(text, runDialect);

Deno.test("LIKE fits whole texts, and a backslash makes the next character plain", () => {
  const like = (text: string, pattern: string) => isLike(text, pattern, { ignoreCase: false });
  assert.ok(like("resnet50", "res%") && like("resnet50", "%net%") && like("resnet50", "resnet__") && like("", "%"));
  assert.ok(!like("resnet50", "res") && !like("Resnet", "res%") && !like("", "_") && !like("ab", "_"));
  assert.ok(like("100%", "100\\%") && !like("1000", "100\\%") && like("a\nb", "a_b") && like("\u{1f600}", "_"));
  assert.ok(isLike("ÉA", "é_", { ignoreCase: true }));
  assert.ok(!like("a".repeat(2000), `${"%a".repeat(200)}b`));
});

Deno.test("NaN and what is missing match only what says so", () => {
  const found = (text: string, values: number[]) => matches(parse(text), () => values);
  for (
    const clause of [
      "= 1",
      "< 1",
      "<= 1",
      "> 1",
      ">= 1",
      "BETWEEN 0 AND 2",
      "NOT BETWEEN 0 AND 2",
      "IN (1, 2)",
      "IS NULL",
    ]
  ) {
    assert.ok(!found(`metrics.m ${clause}`, [NaN]), clause);
  }
  for (const clause of ["!= 1", "NOT IN (1, 2)", "IS NOT NULL"]) assert.ok(found(`metrics.m ${clause}`, [NaN]), clause);
  for (const clause of ["= 1", "!= 1", "NOT IN (1, 2)", "NOT BETWEEN 0 AND 2", "IS NOT NULL"]) {
    assert.ok(!found(`metrics.m ${clause}`, []), clause);
    assert.ok(found(`NOT metrics.m ${clause}`, []), clause);
  }
  assert.ok(found("metrics.m IS NULL", []));
});

Deno.test("assuming that a field is missing or NaN decides as the filter would", () => {
  const field: Field = { entity: "metric", key: "a", type: "number" };
  const others = (other: Field) => other.type === "number" ? [1] : ["a"];
  const of = (values: (string | number)[]) => (other: Field) =>
    other.entity === "metric" && other.key === "a" ? values : others(other);
  fc.assert(
    fc.property(runFilters, (filter) => {
      for (const [state, values] of [["missing", []], ["NaN", [NaN]]] as const) {
        const rest = assume(filter, field, state);
        assert.equal(matches(rest, others), matches(filter, of([...values])));
        assert.ok(!comparisons(rest).some((one: Comparison) => one.field.entity === "metric" && one.field.key === "a"));
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a filter is described clause by clause, each with the filter that is left without it", () => {
  const text = "metrics.`val/loss` < 0.4 AND params.model IN ('resnet50', 'vit') AND start_time >= 1700000000000";
  assert.deepEqual(describe(parse(text)), [
    {
      subject: "val/loss",
      predicate: "below 0.4",
      without: "params.model IN ('resnet50', 'vit') AND start_time >= 1700000000000",
      at: { offset: 0, length: 24 },
    },
    {
      subject: "model",
      predicate: "is resnet50 or vit",
      without: "metrics.`val/loss` < 0.4 AND start_time >= 1700000000000",
      at: { offset: 29, length: 35 },
    },
    {
      subject: "started",
      predicate: "since 2023-11-14 22:13 UTC",
      without: "metrics.`val/loss` < 0.4 AND params.model IN ('resnet50', 'vit')",
      at: { offset: 69, length: 27 },
    },
  ]);
  const words = (clause: string) => describe(parse(clause)).map((one) => `${one.subject} ${one.predicate}`.trim());
  assert.deepEqual(words("tags.a LIKE '%x%' tags.b ILIKE 'x%' tags.c NOT LIKE '%x' tags.d LIKE 'x_'"), [
    "a containing x",
    "b starting with x in any case",
    "c not ending with x",
    "d like x_",
  ]);
  assert.deepEqual(words("metrics.a > 1 OR NOT (status = 'FAILED' AND metrics.b IS NULL)"), [
    "a above 1 or (not (status is FAILED and b is missing))",
  ]);
  assert.deepEqual(describe(parse("")), []);
});

Deno.test("strings are compared by code point", () => {
  const bytes = (text: string) => new TextEncoder().encode(text).toHex();
  fc.assert(
    fc.property(
      fc.oneof(texts, fc.string({ unit: "binary" })),
      fc.oneof(texts, fc.string({ unit: "binary" })),
      (a, b) => {
        const expected = bytes(a) < bytes(b) ? -1 : bytes(a) > bytes(b) ? 1 : 0;
        assert.equal(Math.sign(compareValues(a, b)), expected);
      },
    ),
  );
});
