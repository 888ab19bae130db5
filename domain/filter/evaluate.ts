import type { Experiment, LoggedModel, ModelVersion, RegisteredModel, Run } from "../entities.ts";
import { type Comparison, comparisons, type Field, type Filter } from "./ast.ts";
import { experimentValues } from "./experiments.ts";
import { isLike } from "./like.ts";
import { type DatasetFilter, loggedModelValues, measuredOn } from "./logged_models.ts";
import { modelVersionValues } from "./model_versions.ts";
import { registeredModelValues } from "./registered_models.ts";
import { runValues } from "./runs.ts";
import { compareValues } from "../values.ts";

/** The values of one thing for a field; none where the field is absent. */
export type ValuesOf = (field: Field) => readonly (string | number)[];

/** What a filter means. The SQL of a search is tested against it. */
export function matches(filter: Filter, valuesOf: ValuesOf): boolean {
  switch (filter.kind) {
    case "and":
      return filter.terms.every((term) => matches(term, valuesOf));
    case "or":
      return filter.terms.some((term) => matches(term, valuesOf));
    case "not":
      return !matches(filter.term, valuesOf);
    case "comparison": {
      const values = valuesOf(filter.field);
      if (filter.operator === "IS NULL") return values.length === 0;
      return values.some((value) => holds(filter, value));
    }
  }
}

export const matchesRun = (filter: Filter, run: Run): boolean => matches(filter, (field) => runValues(run, field));

export const matchesExperiment = (filter: Filter, experiment: Experiment): boolean =>
  matches(filter, (field) => experimentValues(experiment, field));

/** As the filter says: prompts are left out by `withoutPrompts`. */
export const matchesRegisteredModel = (filter: Filter, model: RegisteredModel): boolean =>
  matches(filter, (field) => registeredModelValues(model, field));

/** As the filter says: prompts are left out by `withoutPrompts`. */
export const matchesModelVersion = (filter: Filter, version: ModelVersion): boolean =>
  matches(filter, (field) => modelVersionValues(version, field));

/** `datasets` restricts the metrics that count; without any clause on a metric, a model needs one that was measured on them. */
export function matchesLoggedModel(
  filter: Filter,
  model: LoggedModel,
  datasets: readonly DatasetFilter[] = [],
): boolean {
  const hasMetrics = comparisons(filter).some(({ field }) => field.entity === "metric");
  const isMeasured = (model.data.metrics ?? []).some((metric) => measuredOn(metric, datasets));
  if (datasets.length > 0 && !hasMetrics && !isMeasured) return false;
  return matches(filter, (field) => loggedModelValues(model, field, datasets));
}

function holds({ operator, values }: Comparison, value: string | number): boolean {
  const [first = "", second = ""] = values;
  const isNaN = Number.isNaN(value);
  const difference = isNaN ? NaN : compareValues(value, first);
  switch (operator) {
    case "=":
      return difference === 0;
    case "!=":
      return difference !== 0;
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
    case "IN":
      return values.includes(value) && !isNaN;
    case "NOT IN":
      return !values.includes(value) || isNaN;
    case "BETWEEN":
      return difference >= 0 && compareValues(value, second) <= 0;
    case "NOT BETWEEN":
      return !isNaN && (difference < 0 || compareValues(value, second) > 0);
    case "LIKE":
    case "ILIKE":
      return isLike(String(value), String(first), { ignoreCase: operator === "ILIKE" });
    case "RLIKE":
      return new RegExp(String(first), "u").test(String(value));
    case "NOT LIKE":
    case "NOT ILIKE":
      return !isLike(String(value), String(first), { ignoreCase: operator === "NOT ILIKE" });
    case "IS NULL":
      return false;
    case "IS NOT NULL":
      return true;
  }
}
