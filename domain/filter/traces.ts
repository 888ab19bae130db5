import { asciiJson } from "../json.ts";
import type { Comparison, Entity, Field, Filter, Operator } from "./ast.ts";
import { commonTexts, type Dialect, type FieldRules, keyTable, type KnownKey, listed, operatorsOf } from "./dialect.ts";
import { parseFilter } from "./parse.ts";

const patterns: readonly Operator[] = [...operatorsOf("string"), "RLIKE"];
const text = (key: string): KnownKey => ({ key, type: "string", operators: patterns });
const number = (key: string): KnownKey => ({ key, type: "number" });

/** A version of a prompt that the trace used, by name and version. */
const prompt: KnownKey = {
  key: "prompt",
  type: "string",
  operators: ["="],
  refuse: (value) =>
    String(value).split("/").length === 2
      ? undefined
      : `Invalid prompts filter value '${value}'. Expected format: prompt = "name/version"`,
};

const attributes = keyTable(
  [
    ...["request_id", "client_request_id", "status", "name", "run_id"].map(text),
    ...["timestamp_ms", "execution_time_ms", "end_time_ms"].map(number),
    prompt,
    text("text"),
  ],
  { timestamp: "timestamp_ms", execution_time: "execution_time_ms", end_time: "end_time_ms" },
);

const numbers = [...attributes].filter(([, { type }]) => type === "number").map(([key]) => key);
const numeric: readonly string[] = [">", ">=", "<", "<="];
const spanKeys = new Set(["name", "type", "status", "content"]);

/** Feedback is compared as text, but by size where the operator asks for it. */
function rules({ entity, key }: Field, operator: string): FieldRules {
  switch (entity) {
    case "span":
      if (key === "attributes.") return { problem: "Span attribute name cannot be empty after 'attributes.'" };
      if (key.startsWith("attributes.") || spanKeys.has(key)) return { operators: patterns };
      return {
        problem:
          `Invalid span attribute '${key}'. Supported attributes: name, status, type, attributes.<attribute_name>.`,
      };
    case "feedback":
    case "expectation":
      if (numeric.includes(operator)) return { type: "number", operators: operatorsOf("number") };
      return { operators: patterns };
    case "issue":
      if (key !== "id") return { problem: `Invalid issue attribute '${key}'. Supported attributes: id` };
      return { operators: ["="] };
    case "tag":
    case "metadata":
      return { operators: patterns };
    default:
      return {};
  }
}

const subjects: { readonly [entity in Entity]?: string } = {
  span: "span",
  feedback: "assessment",
  expectation: "assessment",
  issue: "issue",
};

const prefixes = new Map<string, Entity>([
  ...["tags", "tag"].map((name) => [name, "tag"] as const),
  ...["metadata", "request_metadata"].map((name) => [name, "metadata"] as const),
  ...["attributes", "attribute", "trace"].map((name) => [name, "attribute"] as const),
  ...(["span", "feedback", "expectation", "issue"] as const).map((name) => [name, name] as const),
]);

/** What may be said of traces. */
export const traceDialect: Dialect = {
  prefixes,
  known: { attribute: attributes },
  rules,
  lax: false,
  texts: {
    ...commonTexts,
    prefix: (prefix) => `Invalid entity type '${prefix}'. Valid values are ${listed(prefixes.keys())}`,
    operator: ({ entity, key }, operator, allowed) => {
      if (key === "prompt") {
        return `Invalid comparator '${operator}' for prompts filter. Only '=' is supported with format: ` +
          'prompt = "name/version"';
      }
      const subject = subjects[entity];
      if (subject) return `${subject}.${key} comparator '${operator}' not one of '${listed(allowed)}'`;
      return `Invalid comparator '${operator}' not one of '${listed(allowed)}'`;
    },
    notString: () => `Only the '${listed(numbers)}' attributes support comparison with numeric values.`,
  },
};

/** The tag that lists the prompts of a trace as JSON, as MLflow's client writes it. */
const linkedPrompts = "mlflow.linkedPrompts";

const literal = (pattern: string): string => pattern.replaceAll(/[\\%_]/g, "\\$&");

/** Attributes that stand for something else, as that. */
function meant(comparison: Comparison): Comparison {
  const { field: { entity, key }, values: [value = ""] } = comparison;
  if (entity === "attribute" && key === "text") {
    return { ...comparison, field: { entity: "span", key: "content", type: "string" } };
  }
  if (entity !== "attribute" || key !== "prompt") return comparison;
  const [name = "", version = ""] = String(value).split("/");
  const linked = `{"name": ${asciiJson(name)}, "version": ${asciiJson(version)}}`;
  const field: Field = { entity: "tag", key: linkedPrompts, type: "string" };
  return { ...comparison, field, operator: "LIKE", values: [`%${literal(linked)}%`] };
}

function translated(filter: Filter): Filter {
  if (filter.kind === "comparison") return meant(filter);
  return filter.kind === "not"
    ? { ...filter, term: translated(filter.term) }
    : { ...filter, terms: filter.terms.map(translated) };
}

/** Reads the filter of a traces search. */
export const parseTraceFilter = (filter: string | undefined): Filter => translated(parseFilter(filter, traceDialect));
