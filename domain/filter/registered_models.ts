import type { RegisteredModel } from "../entities.ts";
import type { Entity, Field } from "./ast.ts";
import { type Dialect, keyTable, type KnownKey } from "./dialect.ts";
import { experimentDialect } from "./experiments.ts";
import { valuesOf } from "./runs.ts";

const number = (key: string): KnownKey => ({ key, type: "number" });

export const registryPrefixes: ReadonlyMap<string, Entity> = new Map([
  ["attribute", "attribute"],
  ["attributes", "attribute"],
  ["tag", "tag"],
  ["tags", "tag"],
]);

/** What MLflow says in both searches of its registry. */
export const registryTexts: Dialect["texts"] = {
  ...experimentDialect.texts,
  operator: ({ entity, key, type }, operator) => {
    if (entity === "tag") return `Invalid comparator for tag: ${operator}`;
    return type === "number"
      ? `Invalid comparator for attribute ${key}: ${operator}`
      : `Invalid comparator for attribute: ${operator}`;
  },
  notString: (_key, text) =>
    `Expected a quoted string value or a list of quoted string values for attributes. Got value ${text}`,
};

/** What may be said of registered models. In MLflow: the name and tags. */
export const registeredModelDialect: Dialect = {
  prefixes: registryPrefixes,
  known: {
    attribute: keyTable(
      [
        "name",
        "description",
        "user_id",
        "alias",
        "deployment_job_id",
        number("creation_timestamp"),
        number("last_updated_timestamp"),
      ],
      {
        aliases: "alias",
        timestamp: "last_updated_timestamp",
        creation_time: "creation_timestamp",
        last_updated_time: "last_updated_timestamp",
      },
    ),
  },
  lax: false,
  texts: registryTexts,
};

/** Those of a thing's optional texts that say something: an empty one is as good as none. */
export const nonEmpty = (texts: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).flatMap(([key, text]) => text ? [[key, text]] : []));

/** The values that a registered model has for a field. */
export function registeredModelValues(model: RegisteredModel, { entity, key }: Field): readonly (string | number)[] {
  if (entity === "tag") return valuesOf(model.tags, key);
  if (key === "alias") return (model.aliases ?? []).map(({ alias }) => alias);
  const { name, creation_timestamp, last_updated_timestamp, description, user_id, deployment_job_id } = model;
  const always = { name, creation_timestamp, last_updated_timestamp };
  const attributes = { ...always, ...nonEmpty({ description, user_id, deployment_job_id }) };
  return Object.entries(attributes).filter(([one]) => one === key).map(([, value]) => value);
}
