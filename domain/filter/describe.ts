import { combine, type Comparison, comparisons, conjuncts, type Field, type Filter, type Span } from "./ast.ts";
import { printFilter } from "./print.ts";

/** One of the clauses that all have to hold, for a chip on a page. */
export interface Described {
  /** "val/loss"; empty where the clause is about several things. */
  readonly subject: string;
  /** "below 0.4" */
  readonly predicate: string;
  /** The filter without this clause. */
  readonly without: string;
  /** Where the clause stands in the text that was parsed. */
  readonly at: Span;
}

/** Says each top-level clause of a filter in words. */
export function describe(filter: Filter): Described[] {
  const clauses = conjuncts(filter);
  return clauses.map((clause) => ({
    subject: clause.kind === "comparison" ? nameOf(clause.field) : "",
    predicate: clause.kind === "comparison" ? predicateOf(clause) : inWords(clause),
    without: printFilter(combine("and", clauses.filter((other) => other !== clause))),
    at: spanOf(clause),
  }));
}

function spanOf(filter: Filter): Span {
  const spans = comparisons(filter).map(({ at }) => at);
  const offset = Math.min(...spans.map((span) => span.offset));
  return { offset, length: Math.max(...spans.map((span) => span.offset + span.length)) - offset };
}

function inWords(filter: Filter): string {
  switch (filter.kind) {
    case "comparison":
      return `${nameOf(filter.field)} ${predicateOf(filter)}`;
    case "not":
      return `not ${grouped(filter.term)}`;
    case "and":
    case "or":
      return filter.terms.map(grouped).join(` ${filter.kind} `);
  }
}

const grouped = (filter: Filter): string => filter.kind === "comparison" ? inWords(filter) : `(${inWords(filter)})`;

const names: ReadonlyMap<string, string> = new Map([
  ["run_name", "name"],
  ["run_id", "run"],
  ["user_id", "user"],
  ["artifact_uri", "artifacts"],
  ["start_time", "started"],
  ["end_time", "ended"],
  ["experiment_id", "experiment"],
  ["creation_time", "created"],
  ["last_update_time", "changed"],
  ["model_id", "model"],
  ["model_type", "type"],
  ["source_run_id", "source run"],
  ["creation_timestamp_ms", "created"],
  ["last_updated_timestamp_ms", "changed"],
]);

const isTime = ({ entity, type }: Field): boolean => entity === "attribute" && type === "number";

function nameOf({ entity, key }: Field): string {
  if (entity === "attribute") return names.get(key) ?? key;
  return entity === "dataset" ? `dataset ${key}` : key;
}

function predicateOf({ field, operator, values }: Comparison): string {
  const [first = "", second = ""] = values.map((value) => valueInWords(field, value));
  switch (operator) {
    case "=":
      return `is ${first}`;
    case "!=":
      return `is not ${first}`;
    case "<":
      return `${isTime(field) ? "before" : "below"} ${first}`;
    case "<=":
      return `${isTime(field) ? "until" : "at most"} ${first}`;
    case ">":
      return `${isTime(field) ? "after" : "above"} ${first}`;
    case ">=":
      return `${isTime(field) ? "since" : "at least"} ${first}`;
    case "BETWEEN":
      return `from ${first} to ${second}`;
    case "NOT BETWEEN":
      return `not from ${first} to ${second}`;
    case "IN":
      return `is ${values.map((value) => valueInWords(field, value)).join(" or ")}`;
    case "NOT IN":
      return `is neither ${values.map((value) => valueInWords(field, value)).join(" nor ")}`;
    case "IS NULL":
      return "is missing";
    case "IS NOT NULL":
      return "is there";
    default:
      return patternInWords(operator, String(values[0] ?? ""));
  }
}

/** `%x%` contains, `x%` starts with: other patterns are shown as they are. */
function patternInWords(operator: string, pattern: string): string {
  const not = operator.startsWith("NOT") ? "not " : "";
  const anyCase = operator.endsWith("ILIKE") ? " in any case" : "";
  const [, before, text, after] = /^(%?)([^%_\\]+)(%?)$/.exec(pattern) ?? [];
  if (text === undefined) return `${not}like ${pattern}${anyCase}`;
  const verb = before && after ? "containing" : before ? "ending with" : after ? "starting with" : "being";
  return `${not}${verb} ${text}${anyCase}`;
}

function valueInWords(field: Field, value: string | number): string {
  if (value === "") return "empty";
  const isDate = isTime(field) && typeof value === "number" && Math.abs(value) <= 8.64e15;
  if (!isDate) return String(value);
  return `${new Date(value).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
