import { combine, type Comparison, comparisons, type Field, type Filter } from "./ast.ts";
import { matches } from "./evaluate.ts";

/** The tag of the models, and of their versions, that are prompts. */
export const promptTag = "mlflow.prompt.is_prompt";

const field: Field = { entity: "tag", key: promptTag, type: "string" };
const at = { offset: 0, length: 0 };
const missing: Comparison = { kind: "comparison", field, operator: "IS NULL", values: [], at };
const isPrompt: Comparison = { kind: "comparison", field, operator: "=", values: ["true"], at };

const speaksOfIt = (comparison: Comparison): boolean =>
  comparison.field.entity === "tag" && comparison.field.key === promptTag;

/**
 * A filter of the registry as it is meant: without a word on prompts they are left out. What has no prompt tag counts as having
 * "false", so that `!= 'true'` finds the models, which never have it.
 */
export const withoutPrompts = (filter: Filter): Filter =>
  comparisons(filter).some(speaksOfIt) ? defaulted(filter) : combine("and", [filter, { kind: "not", term: isPrompt }]);

function defaulted(filter: Filter): Filter {
  switch (filter.kind) {
    case "comparison": {
      const absentFits = speaksOfIt(filter) && !filter.operator.startsWith("IS") && matches(filter, () => ["false"]);
      return absentFits ? combine("or", [filter, missing]) : filter;
    }
    case "not":
      return { kind: "not", term: defaulted(filter.term) };
    case "and":
    case "or":
      return combine(filter.kind, filter.terms.map(defaulted));
  }
}
