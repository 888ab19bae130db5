import type { Comparison, Field, Filter } from "./ast.ts";
import { escaped } from "./escapes.ts";

const prefix = {
  metric: "metrics",
  parameter: "params",
  tag: "tags",
  dataset: "dataset",
  metadata: "metadata",
  span: "span",
  feedback: "feedback",
  expectation: "expectation",
  issue: "issue",
} as const;

/** A filter as text, in one spelling for one tree: parsing it gives the same tree again. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case "comparison":
      return printComparison(filter);
    case "not":
      return `NOT ${grouped(filter.term)}`;
    case "and":
      return filter.terms.map((term) => term.kind === "or" ? grouped(term) : printFilter(term)).join(" AND ");
    case "or":
      return filter.terms.map(printFilter).join(" OR ");
  }
}

const grouped = (filter: Filter): string =>
  filter.kind === "comparison" ? printFilter(filter) : `(${printFilter(filter)})`;

function printComparison({ field, operator, values }: Comparison): string {
  const [first = ""] = values;
  const clause = `${printField(field)} ${operator}`;
  if (operator.startsWith("IS")) return clause;
  if (operator.endsWith("IN")) {
    return `${clause} (${
      values.map((value) => typeof value === "string" ? escaped(value) : printValue(value)).join(", ")
    })`;
  }
  return `${clause} ${operator.endsWith("BETWEEN") ? values.map(printValue).join(" AND ") : printValue(first)}`;
}

const plainKey = /^[\p{L}\p{N}_$#][\p{L}\p{N}\p{M}_$#.]*(?<!\.)$/u;

// What fits between each kind of quote without ending it.
const quotes = [["`", /^(?:``|[^`])*$/], ['"', /^(?:""|\\"|[^"])*(?<!\\)$/], [
  "'",
  /^(?:''|\\'|[^'])*(?<!\\)$/,
]] as const;

/** A field as it is written in a filter or an order, quoted where it has to be. */
export function printField({ entity, key }: Field): string {
  if (entity === "attribute") return key;
  const [quote] = plainKey.test(key) ? [""] : quotes.find(([, fits]) => fits.test(key)) ?? [""];
  return `${prefix[entity]}.${quote}${key}${quote}`;
}

/** A value as it is written in a filter. */
export function printValue(value: string | number): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : value < 0 ? "-1e999" : "1e999";
  if (value.endsWith("\\")) return `(${escaped(value)})`;
  if (!value.includes("'")) return `'${value}'`;
  return value.includes('"') ? `(${escaped(value)})` : `"${value}"`;
}
