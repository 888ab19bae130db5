import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError } from "../../domain/errors.ts";
import { comparisons, type Filter } from "../../domain/filter/ast.ts";
import type { Dialect } from "../../domain/filter/dialect.ts";
import { FilterError } from "../../domain/filter/error.ts";
import { experimentDialect } from "../../domain/filter/experiments.ts";
import { loggedModelDialect } from "../../domain/filter/logged_models.ts";
import { modelVersionDialect } from "../../domain/filter/model_versions.ts";
import { deepest, mostTerms, parseFilter } from "../../domain/filter/parse.ts";
import { printFilter } from "../../domain/filter/print.ts";
import { registeredModelDialect } from "../../domain/filter/registered_models.ts";
import { runDialect } from "../../domain/filter/runs.ts";
import { longestFilter } from "../../domain/filter/tokens.ts";
import {
  parseExperimentOrder,
  parseModelOrder,
  parseModelVersionOrder,
  parseRegisteredModelOrder,
  parseRunOrder,
} from "../../domain/order.ts";
import { bare, runFilters, soup } from "../filters.ts";

const parse = (text: string, dialect: Dialect = runDialect): Filter => parseFilter(text, dialect);

/** The clauses of a filter as [entity, key, operator, ...values]. */
const clauses = (text: string, dialect: Dialect = runDialect) =>
  comparisons(parse(text, dialect)).map((
    { field, operator, values },
  ) => [field.entity, field.key, operator, ...values]);

function refusal(act: () => unknown): FilterError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof FilterError, String(error));
    assert.equal(error.code, "INVALID_PARAMETER_VALUE");
    return error;
  }
  throw new Error("was not refused");
}

Deno.test("a printed filter reads as the same filter", () => {
  fc.assert(
    fc.property(runFilters, (filter) => assert.deepEqual(bare(parse(printFilter(filter))), filter)),
    { numRuns: 2000 },
  );
});

Deno.test("a filter that reads is printed as one that reads the same", () => {
  fc.assert(
    fc.property(soup, (text) => {
      let filter: Filter;
      try {
        filter = parse(text);
      } catch {
        return;
      }
      assert.deepEqual(bare(parse(printFilter(filter))), bare(filter));
    }),
    { numRuns: 5000 },
  );
});

Deno.test("no text makes the parser throw anything but an INVALID_PARAMETER_VALUE that knows its place", () => {
  const dialects = fc.constantFrom(
    runDialect,
    experimentDialect,
    loggedModelDialect,
    registeredModelDialect,
    modelVersionDialect,
  );
  fc.assert(
    fc.property(soup, dialects, (text, dialect) => {
      try {
        parse(text, dialect);
      } catch (error) {
        assert.ok(error instanceof FilterError, String(error));
        assert.ok(error.offset >= 0 && error.length > 0 && error.offset <= text.length);
      }
    }),
    { numRuns: 5000 },
  );
});

Deno.test("no text makes an order throw anything but an INVALID_PARAMETER_VALUE", () => {
  fc.assert(
    fc.property(soup, (text) => {
      for (const read of [parseRunOrder, parseExperimentOrder, parseRegisteredModelOrder, parseModelVersionOrder]) {
        try {
          read([text]);
        } catch (error) {
          assert.ok(error instanceof ApiError && error.status === 400, String(error));
        }
      }
      try {
        parseModelOrder([{ field_name: text, dataset_name: text }]);
      } catch (error) {
        assert.ok(error instanceof ApiError && error.status === 400, String(error));
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a filter is read as MLflow reads it", () => {
  const same: [text: string, ...clauses: (string | number)[][]][] = [
    ["metric.loss<0.5", ["metric", "loss", "<", 0.5]],
    ["metrics.`val/loss` >= 1e-3", ["metric", "val/loss", ">=", 0.001]],
    ['metrics."a b" != -.5', ["metric", "a b", "!=", -0.5]],
    ["metrics.a.b.c > 5.", ["metric", "a.b.c", ">", 5]],
    ["`metrics`.loss > 1", ["metric", "loss", ">", 1]],
    ["params.'a' = 'x'", ["parameter", "a", "=", "x"]],
    ["metrics.and > 1 and metrics.0a > 1", ["metric", "and", ">", 1], ["metric", "0a", ">", 1]],
    ["params.x = 'it''s'", ["parameter", "x", "=", "it''s"]],
    ["params.x = 'it\\'s'", ["parameter", "x", "=", "it\\'s"]],
    ['params.x = "it\'s"', ["parameter", "x", "=", "it's"]],
    ["params.x = '\\'", ["parameter", "x", "=", "\\"]],
    ["params.x='a'and tags.y LiKe 'b%'", ["parameter", "x", "=", "a"], ["tag", "y", "LIKE", "b%"]],
    ["tags.mlflow.source.name ilike 'B'", ["tag", "mlflow.source.name", "ILIKE", "B"]],
    ["params.x is  null AND tag.y IS NOT\nNULL", ["parameter", "x", "IS NULL"], ["tag", "y", "IS NOT NULL"]],
    ["run_id in ('a', \"b\",)", ["attribute", "run_id", "IN", "a", "b"]],
    ["run_id NOT  in ('it\\'s' '\\x41\\n', 'b')", ["attribute", "run_id", "NOT IN", "it'sA\n", "b"]],
    ["run_id IN ('a')", ["attribute", "run_id", "=", "a"]],
    ["`Run name` = 'a'", ["attribute", "run_name", "=", "a"]],
    ["run.Created > 1.5", ["attribute", "start_time", ">", 1.5]],
    ["datasets.context != 'train'", ["dataset", "context", "!=", "train"]],
    ["metrics.x > 1 params.y = '1'", ["metric", "x", ">", 1], ["parameter", "y", "=", "1"]],
    ["AND metrics.x > 1 AND AND metrics.y < 1 AND", ["metric", "x", ">", 1], ["metric", "y", "<", 1]],
    ["and"],
    [""],
  ];
  for (const [text, ...expected] of same) assert.deepEqual(clauses(text), expected, text);
});

Deno.test("a filter that MLflow refuses is refused in its words", () => {
  const refused: [text: string, message: string][] = [
    ["metrics.m", "Invalid clause(s) in filter string: 'metrics.m'"],
    ["metrics.m >", "Invalid clause(s) in filter string: 'metrics.m', '>'"],
    ["params.p = '1", "Invalid clause(s) in filter string: 'params.p', '=', ''', '1'"],
    ["metrics.m > 1 OR", "Invalid clause(s) in filter string: 'OR'"],
    ["NOT", "Invalid clause(s) in filter string: 'NOT'"],
    ["metrics.m > 1;", "Invalid clause(s) in filter string: ';'"],
    ["   ", "Invalid filter '   '. Could not be parsed."],
    ["metrics.m > 1; metrics.m < 2", "Search filter contained multiple expression 'metrics.m > 1; metrics.m < 2'."],
    ["1 < metrics.m", "Invalid comparison clause. Expected 'Identifier' found '1'"],
    ["params.a-b = '1'", "Invalid comparison clause. Expected 'Identifier' found 'params.a-b'"],
    ["METRICS.m > 1", "Invalid entity type 'METRICS'. Valid values are ['metric', 'parameter', 'tag', "],
    ["foo = 'x'", "Invalid attribute key 'foo' specified. Valid keys are '{'run_id', "],
    ["dataset.foo = 'x'", "Invalid dataset key 'foo' specified. Valid keys are '{'name', 'digest', 'context'}'"],
    ["metrics.m > 'a'", "Expected numeric value type for metric. Found 'a'"],
    ["start_time > 'a'", "Expected numeric value type for numeric attribute: start_time. Found 'a'"],
    ["params.p = 1", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 1"],
    ["status = 5", "Expected a quoted string value for attributes. Got value 5"],
    ["dataset.name = 5", "Expected a quoted string value for dataset attributes. Got value 5"],
    ["params.p = abc", "Parameter value is either not quoted or unidentified quote types used for string value abc."],
    ["params.p > '1'", "Invalid comparator '>' not one of "],
    ["metrics.m == 1", "Invalid comparator '==' not one of "],
    ["run_id IN ()", "While parsing a list in the query, expected a non-empty list of string values, but got empty"],
    ["run_id IN (1, 2)", "While parsing a list in the query, expected string value, punctuation, or whitespace, "],
    [
      "run_id IN ('a',,'b')",
      "While parsing a list in the query, expected a non-empty list of string values, but got ill",
    ],
  ];
  for (const [text, message] of refused) {
    const error = refusal(() => parse(text));
    assert.ok(error.message.startsWith(message), `${text}: ${error.message}`);
  }
  assert.match(refusal(() => parse("tags.t > 'a'", experimentDialect)).message, /^Invalid comparator for tag: >$/);
  assert.match(
    refusal(() => parse("params.p = 'a'", experimentDialect)).message,
    /^Invalid entity type 'params'\. Valid en/,
  );
  assert.match(
    refusal(() => parse("experiment_id = 'x'", experimentDialect)).message,
    /^Invalid experiment ID 'x'\. Exp/,
  );
  assert.match(
    refusal(() => parse("name == 'x'", loggedModelDialect)).message,
    /^Invalid comparison operator for attribu/,
  );
});

Deno.test("logged models take strings and keys without quotes, as MLflow does", () => {
  assert.deepEqual(clauses("name = mm AND params.lr = 1 AND metrics.val/f1-macro > 0", loggedModelDialect), [
    ["attribute", "name", "=", "mm"],
    ["parameter", "lr", "=", "1"],
    ["metric", "val/f1-macro", ">", 0],
  ]);
  assert.deepEqual(clauses("status = 'READY' and creation_time > 1", loggedModelDialect), [
    ["attribute", "status", "=", "LOGGED_MODEL_READY"],
    ["attribute", "creation_timestamp_ms", ">", 1],
  ]);
});

Deno.test("beyond MLflow there are OR, NOT, parentheses, lists, ranges and IS NULL everywhere", () => {
  const printed = (text: string) => printFilter(parse(text));
  assert.equal(
    printed("metrics.a>1 or not(params.b='x' or tags.c='y')and status in('A','B')"),
    "metrics.a > 1 OR NOT (params.b = 'x' OR tags.c = 'y') AND status IN ('A', 'B')",
  );
  assert.equal(printed("((metrics.a IN (1, 2.5)))"), "metrics.a IN (1, 2.5)");
  assert.equal(printed("not not metrics.a is null"), "NOT (NOT metrics.a IS NULL)");
  assert.equal(
    printed("metrics.a not between 1 and 2 and params.b between 'a' and 'b' and tags.c not like '_'"),
    "metrics.a NOT BETWEEN 1 AND 2 AND params.b BETWEEN 'a' AND 'b' AND tags.c NOT LIKE '_'",
  );
  assert.equal(printed("(metrics.a > 1 and metrics.b > 1) and metrics.c > 1").split(" AND ").length, 3);
  assert.deepEqual(clauses("params.p = ('both \\x27 and \\x22')"), [["parameter", "p", "=", `both ' and "`]]);
});

Deno.test("an error points at what is wrong", () => {
  const pointed = (text: string): string => {
    const { offset, length } = refusal(() => parse(text));
    return text.slice(offset, offset + length);
  };
  assert.equal(pointed("metrics.a > 1 AND foo.b = 'x'"), "foo.b");
  assert.equal(pointed("metrics.a > 1 AND params.b = 5"), "5");
  assert.equal(pointed("metrics.a > 1 AND params.b >= 'x'"), ">=");
  assert.equal(pointed("metrics.a > 1 OR (params.b = 'x'"), "");
  assert.equal(pointed("params.a = 'x' )"), ")");
  assert.equal(pointed("params.a NOT 'x'"), "'x'");
  assert.equal(refusal(() => parse("metrics.a > ")).offset, 12);
});

Deno.test("every comparison knows where it stands", () => {
  const text = "metrics.a > 1 OR ( `run name` IN ('x', 'y') AND NOT params.b IS NOT NULL )";
  const spans = comparisons(parse(text)).map(({ at }) => text.slice(at.offset, at.offset + at.length));
  assert.deepEqual(spans, ["metrics.a > 1", "`run name` IN ('x', 'y')", "params.b IS NOT NULL"]);
});

Deno.test("filters that are too deep, too long, or not storable are refused", () => {
  const nested = (depth: number) => `${"(".repeat(depth)}metrics.a > 1${")".repeat(depth)}`;
  parse(nested(deepest));
  refusal(() => parse(nested(deepest + 1)));
  refusal(() => parse(nested(50_000)));
  refusal(() => parse(`${"NOT ".repeat(40_000)}metrics.a > 1`));
  const many = (count: number) => Array.from({ length: count }, () => "metrics.a > 1").join(" OR ");
  parse(many(mostTerms));
  refusal(() => parse(many(mostTerms + 1)));
  parse(`run_id IN (${Array.from({ length: 5000 }, () => `'${"a".repeat(32)}'`).join(",")})`);
  refusal(() => parse(" ".repeat(longestFilter + 1)));
  refusal(() => parse("params.a = 'x\0'"));
  refusal(() => parse("params.a = '\ud800'"));
  refusal(() => parse("params.a IN ('\\x00', 'b')"));
  refusal(() => parse("params.a IN ('\\ud800', 'b')"));
  refusal(() => parse("params.a LIKE 'x\\'"));
  parse(`params.a = '${"\\'".repeat(90_000)}`);
});
