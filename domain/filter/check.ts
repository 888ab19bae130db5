import type { Comparison, Field, Operator, Span } from "./ast.ts";
import { type Dialect, type KnownKey, operatorsOf, resolve } from "./dialect.ts";
import { FilterError } from "./error.ts";
import type { Token } from "./tokens.ts";

/** A value as it was written. */
export interface Value extends Span {
  readonly text: string;
  readonly is:
    | { readonly kind: "string"; readonly string: string }
    | { readonly kind: "number"; readonly number: number }
    | { readonly kind: "word" }
    | { readonly kind: "list"; readonly items: readonly (string | number)[] };
}

/** A clause that reads well and may still not make sense. */
export interface Clause {
  readonly name: Token;
  readonly operator: Token;
  readonly values: readonly Value[];
  readonly at: Span;
}

const fail = (message: string, at: Span): FilterError => new FilterError(message, at.offset, at.length);

/** Gives a clause its meaning: name, then values, then operator, in the order in which MLflow complains. */
export function check({ name, operator, values, at }: Clause, dialect: Dialect): Comparison {
  const resolved = resolve(name.text, dialect);
  if (typeof resolved === "string") throw fail(resolved, name);
  const { known } = resolved;
  const rules = dialect.rules?.(resolved.field, operator.text) ?? {};
  if (rules.problem !== undefined) throw fail(rules.problem, name);
  const field: Field = { ...resolved.field, type: rules.type ?? resolved.field.type };
  const isList = operator.text.endsWith("IN");
  const allowed = rules.operators ?? known?.operators ?? operatorsOf(field.type);
  const meant = allowed.find((one) => one === operator.text);
  const usable = known?.quoted ? values.map((value) => unquoted(value, known.key, meant)) : values;
  const read = usable.flatMap((value) => isList ? itemsOf(value, field) : [valueOf(value, field, dialect)]);
  if (meant === undefined) throw fail(dialect.texts.operator(field, operator.text, allowed), operator);
  const [value] = values;
  if (value !== undefined) refusePattern(meant, read, value);
  if (known !== undefined) refuseValues(known, read, values);
  const spelled = read.map((one) => typeof one === "string" ? known?.spell?.(one) ?? one : one);
  return { kind: "comparison", field, operator: shortest(meant, spelled), values: spelled, at };
}

/** A list of one is an equality: one tree for one meaning. */
function shortest(operator: Operator, values: readonly (string | number)[]): Operator {
  if (values.length !== 1) return operator;
  return operator === "IN" ? "=" : operator === "NOT IN" ? "!=" : operator;
}

function refusePattern(operator: Operator, values: readonly (string | number)[], at: Span): void {
  const [pattern] = values;
  if (!operator.endsWith("LIKE") || typeof pattern !== "string") return;
  const [backslashes] = /\\*$/.exec(pattern) ?? [""];
  if (backslashes.length % 2 === 1) throw fail("A LIKE pattern must not end with a single backslash.", at);
}

function refuseValues(known: KnownKey, read: readonly (string | number)[], values: readonly Value[]): void {
  for (const [index, one] of read.entries()) {
    const value = values[index] ?? values[0];
    const problem = value === undefined ? undefined : known.refuse?.(one, value.text);
    if (value !== undefined && problem !== undefined) throw fail(problem, value);
  }
}

const notNumeric = (field: Field, text: string): string =>
  field.entity === "metric"
    ? `Expected numeric value type for metric. Found ${text}`
    : field.entity !== "attribute"
    ? `Expected a numeric value for ${field.entity}. Got value ${text}`
    : `Expected numeric value type for numeric attribute: ${field.key}. Found ${text}`;

function notString(field: Field, { is, text }: Value, { texts }: Dialect): string {
  if (is.kind === "word" && !/^(null|not)$/i.test(text)) {
    return "Parameter value is either not quoted or unidentified quote types used for string value " +
      `${text}. Use either single or double quotes.`;
  }
  if (field.entity === "attribute" && texts.notString) return texts.notString(field.key, text);
  if (field.entity === "attribute") return `Expected a quoted string value for attributes. Got value ${text}`;
  if (field.entity === "dataset") return `Expected a quoted string value for dataset attributes. Got value ${text}`;
  return `Expected a quoted string value for ${field.entity} (e.g. 'my-value'). Got value ${text}`;
}

/** A value with its quoted numbers as numbers. An operator that is none is complained of first. */
function unquoted(value: Value, key: string, operator: Operator | undefined): Value {
  const number = (text: string): number => {
    if (/^\s*[-+]?\d+\s*$/.test(text) || operator === undefined) return Number(text) + 0;
    throw fail(`Invalid value for numeric attribute '${key}': '${text}'`, value);
  };
  const { is } = value;
  if (is.kind === "string") return { ...value, is: { kind: "number", number: number(is.string) } };
  if (is.kind !== "list") return value;
  return {
    ...value,
    is: { kind: "list", items: is.items.map((item) => typeof item === "string" ? number(item) : item) },
  };
}

/** One value. A single one in parentheses is read as in a list: the way to write a string that has both quotes. */
function valueOf(value: Value, field: Field, dialect: Dialect): string | number {
  const { is, text } = value;
  const [only, more] = is.kind === "list" ? is.items : [];
  if (field.type === "number") {
    const number = is.kind === "number" ? is.number : only;
    if (typeof number === "number" && more === undefined) return number;
    throw fail(notNumeric(field, text), value);
  }
  if (is.kind === "string") return is.string;
  if (typeof only === "string" && more === undefined) return only;
  const bare = is.kind === "number" || (is.kind === "word" && !text.startsWith("`"));
  if (dialect.lax && bare) return text;
  throw fail(notString(field, value, dialect), value);
}

function itemsOf(value: Value, field: Field): readonly (string | number)[] {
  const items = value.is.kind === "list" ? value.is.items : [];
  const wrong = items.some((item) => (typeof item === "number") !== (field.type === "number"));
  if (wrong && field.type === "number") throw fail(notNumeric(field, value.text), value);
  if (wrong) {
    throw fail(
      "While parsing a list in the query, expected string value, punctuation, " +
        `or whitespace, but got different type in list: ${value.text}`,
      value,
    );
  }
  if (items.length > 0) return items;
  throw fail(
    "While parsing a list in the query, expected a non-empty list of string values, but got empty list",
    value,
  );
}
