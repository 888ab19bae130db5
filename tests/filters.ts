/** Generated filters and generated things to search among, for the tests that compare a search with its meaning. */
import fc from "fast-check";
import { combine, type Comparison, type Field, type Filter, type Operator } from "../domain/filter/ast.ts";
import { operatorsOf } from "../domain/filter/dialect.ts";

/** Few and alike, so that filters meet data; with everything that quoting, patterns and collations can trip over. */
export const texts = fc.constantFrom(
  "",
  "a",
  "A",
  "ab",
  "a%",
  "a_b",
  "it's",
  'say "so"',
  `both ' and "`,
  "it''s",
  "back\\slash",
  "ends\\",
  "line\nbreak",
  "é",
  "Z",
  "日本",
  "\u{1f600}",
  "\uffff",
  "0.1",
  "NULL",
);

export const keys = fc.constantFrom("a", "b", "val/loss", "a b", "x.y", "é", "and", "IN", "__proto__", "0");

export const numbers = fc.constantFrom(-1e300, -2.5, -1, 0, 0.1, 0.5, 1, 2, 7, 1e300);

export const metricValues = fc.oneof(numbers, fc.constantFrom(NaN, Infinity, -Infinity));

const patterns = fc.oneof(
  texts.filter((text) => !text.endsWith("\\")),
  fc.constantFrom("%", "_", "a%", "%a%", "_b", "%\\%", "a\\_b", "%'%", "%é", "ÉÉ", "é%", "%\\\\%", ""),
);

const at = { offset: 0, length: 0 };

/** The values that an operator takes. A list of one is never generated: it reads as an equality. */
function valuesFor(operator: Operator, one: fc.Arbitrary<string | number>): fc.Arbitrary<(string | number)[]> {
  if (operator.startsWith("IS")) return fc.constant([]);
  if (operator.endsWith("LIKE")) return patterns.map((pattern) => [pattern]);
  if (operator.endsWith("BETWEEN")) return fc.tuple(one, one).map((pair) => [...pair]);
  if (operator.endsWith("IN")) return fc.array(one, { minLength: 2, maxLength: 4 });
  return one.map((value) => [value]);
}

/** A clause on a field, with values from `values` or else from everything of its type. */
export function comparisonOf(field: Field, values?: fc.Arbitrary<string | number>): fc.Arbitrary<Comparison> {
  const one: fc.Arbitrary<string | number> = values ?? (field.type === "number" ? numbers : texts);
  return fc.constantFrom(...operatorsOf(field.type)).chain((operator) =>
    valuesFor(operator, one).map((chosen) => ({ kind: "comparison" as const, field, operator, values: chosen, at }))
  );
}

/** Filters of such clauses with AND, OR and NOT. */
export function filterOf(clause: fc.Arbitrary<Comparison>): fc.Arbitrary<Filter> {
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 4, arbitrary: clause },
      {
        weight: 2,
        arbitrary: fc.tuple(
          fc.constantFrom("and" as const, "or" as const),
          fc.array(tie("filter"), { minLength: 2, maxLength: 3 }),
        )
          .map(([kind, terms]) => combine(kind, terms)),
      },
      { weight: 1, arbitrary: tie("filter").map((term): Filter => ({ kind: "not", term })) },
    ),
  })).filter;
}

const metricFields = keys.map((key): Field => ({ entity: "metric", key, type: "number" }));
const pairFields = fc.tuple(fc.constantFrom("parameter" as const, "tag" as const), keys)
  .map(([entity, key]): Field => ({ entity, key, type: "string" }));
const string = (key: string): Field => ({ entity: "attribute", key, type: "string" });
const number = (key: string): Field => ({ entity: "attribute", key, type: "number" });

export const statuses = fc.constantFrom("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED");
export const datasetNames = fc.constantFrom("wine", "Wine", "iris", "it's");
export const digests = fc.constantFrom("d1", "d2");
export const contexts = fc.constantFrom("train", "eval", "");
export const times = fc.integer({ min: 1, max: 6 });
const someTimes = fc.oneof(times, fc.constantFrom(0, 2.5, -1, 1e30, -1e30));

const datasetField = (key: string): Field => ({ entity: "dataset", key, type: "string" });

/** Clauses on everything that may be said of runs. */
export const runClauses: fc.Arbitrary<Comparison> = fc.oneof(
  metricFields.chain((field) => comparisonOf(field)),
  pairFields.chain((field) => comparisonOf(field)),
  comparisonOf(string("run_name")),
  comparisonOf(string("status"), statuses),
  comparisonOf(string("user_id"), texts),
  comparisonOf(number("start_time"), someTimes),
  comparisonOf(number("end_time"), someTimes),
  comparisonOf(datasetField("name"), datasetNames),
  comparisonOf(datasetField("digest"), digests),
  comparisonOf(datasetField("context"), contexts),
);

export const runFilters: fc.Arbitrary<Filter> = filterOf(runClauses);

/** A filter without the places of its clauses, which differ from text to text. */
export function bare(filter: Filter): Filter {
  if (filter.kind === "comparison") return { ...filter, at };
  if (filter.kind === "not") return { kind: "not", term: bare(filter.term) };
  return { kind: filter.kind, terms: filter.terms.map(bare) };
}

/** Text that looks like filters to all degrees. */
export const soup: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 60 }),
  fc.array(
    fc.constantFrom(
      ..."metrics. params. tags. attributes. dataset. status run_id start_time name x `a b` \"c\" 'q' a.b = != < > <= >= == <> LIKE ILIKE IN BETWEEN IS NULL NOT AND OR ( ) , ; . ' \" ` - / \\ % 1 -2.5 1e400 .5 1e 'v' ('a','b') (1,2) () ('\\x0') ('\\N') é \u{1f600} \0 \ud800"
        .split(" "),
      " ",
      "\n",
    ),
    { maxLength: 14 },
  ).chain((parts) => fc.constantFrom(" ", "").map((separator) => parts.join(separator))),
);
