import { modelStages, type ModelVersion } from "../entities.ts";
import type { Field } from "./ast.ts";
import { type Dialect, keyTable, type KnownKey } from "./dialect.ts";
import { nonEmpty, registryPrefixes, registryTexts } from "./registered_models.ts";
import { valuesOf } from "./runs.ts";

const number = (key: string): KnownKey => ({ key, type: "number" });

/** The wire has versions as text, so they may also stand in quotes. */
const versionNumber: KnownKey = {
  key: "version_number",
  type: "number",
  quoted: true,
  refuse: (value) =>
    value === Math.trunc(Number(value)) ? undefined : `Invalid value for numeric attribute 'version_number': ${value}`,
};

/** Stages are as good in lower case wherever MLflow takes one. */
const stage: KnownKey = {
  key: "current_stage",
  type: "string",
  spell: (value) => modelStages.find((one) => one.toLowerCase() === value.toLowerCase()) ?? value,
};

/** What may be said of model versions. In MLflow: name, version_number, run_id, source_path and tags. */
export const modelVersionDialect: Dialect = {
  prefixes: registryPrefixes,
  known: {
    attribute: keyTable(
      [
        "name",
        versionNumber,
        "run_id",
        "source_path",
        stage,
        "description",
        "user_id",
        "alias",
        "model_id",
        "run_link",
        "status",
        "status_message",
        number("creation_timestamp"),
        number("last_updated_timestamp"),
      ],
      {
        version: "version_number",
        source: "source_path",
        stage: "current_stage",
        aliases: "alias",
        timestamp: "last_updated_timestamp",
        creation_time: "creation_timestamp",
        last_updated_time: "last_updated_timestamp",
      },
    ),
  },
  lax: false,
  texts: {
    ...registryTexts,
    notString: (key, text) =>
      /^[-+.\d]/.test(text)
        ? "Only the '{'version_number', 'creation_timestamp', 'last_updated_timestamp'}' attributes support comparison " +
          "with numeric values."
        : registryTexts.notString?.(key, text) ?? text,
  },
};

/** The values that a model version has for a field. */
export function modelVersionValues(version: ModelVersion, { entity, key }: Field): readonly (string | number)[] {
  if (entity === "tag") return valuesOf(version.tags, key);
  if (key === "alias") return version.aliases ?? [];
  const { name, run_id, run_link, current_stage, status, creation_timestamp, last_updated_timestamp } = version;
  const { description, user_id, model_id, status_message } = version;
  const attributes = {
    ...{ name, run_id, run_link, current_stage, status, creation_timestamp, last_updated_timestamp },
    ...nonEmpty({ description, user_id, model_id, status_message }),
    version_number: Number(version.version),
    source_path: version.source,
  };
  return Object.entries(attributes).filter(([one]) => one === key).map(([, value]) => value);
}
