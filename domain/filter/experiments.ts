import type { Experiment } from "../entities.ts";
import type { Entity, Field } from "./ast.ts";
import { commonTexts, type Dialect, keyTable, type KnownKey, notOneOf } from "./dialect.ts";
import { valuesOf } from "./runs.ts";

/** MLflow's words for an id that is none, or undefined when it is one. */
export const notExperimentId = (text: string): string | undefined =>
  /^\s*[-+]?\d{1,18}\s*$/.test(text)
    ? undefined
    : `Invalid experiment ID '${text}'. Experiment ID must be a valid integer.`;

const time = (key: string): KnownKey => ({
  key,
  type: "number",
  refuse: (_value, text) =>
    /^[^(]*[.eE]/.test(text) ? `Invalid value for numeric attribute '${key}': '${text}'` : undefined,
});

/** An id is written as a string and is a number. */
export const experimentId: KnownKey = {
  key: "experiment_id",
  type: "string",
  operators: ["=", "!=", "IN", "NOT IN", "IS NULL", "IS NOT NULL"],
  refuse: (value) => notExperimentId(String(value)),
  spell: (value) => String(Number(value)),
};

/** What may be said of experiments. */
export const experimentDialect: Dialect = {
  prefixes: new Map<string, Entity>([
    ["attribute", "attribute"],
    ["attributes", "attribute"],
    ["tag", "tag"],
    ["tags", "tag"],
  ]),
  known: { attribute: keyTable(["name", experimentId, time("creation_time"), time("last_update_time")]) },
  lax: false,
  texts: {
    ...commonTexts,
    clause: (_filter, clause) => `Invalid clause(s) in filter string: ${clause.join(", ")}`,
    prefix: (prefix) => `Invalid entity type '${prefix}'. Valid entity types are ('attribute', 'tag', 'tags')`,
    operator: (field, operator, allowed) => {
      if (field.entity === "tag") return `Invalid comparator for tag: ${operator}`;
      if (field.key === "experiment_id") return `Invalid comparator for experiment_id: ${operator}`;
      return notOneOf(field, operator, allowed);
    },
  },
};

/** The values that an experiment has for a field. */
export function experimentValues(experiment: Experiment, { entity, key }: Field): readonly (string | number)[] {
  if (entity === "tag") return valuesOf(experiment.tags, key);
  const { experiment_id, name, creation_time, last_update_time } = experiment;
  const attributes = { experiment_id, name, creation_time, last_update_time };
  return Object.entries(attributes).filter(([one]) => one === key).map(([, value]) => value);
}
