import type { LoggedModel, ModelMetric } from "../entities.ts";
import type { Entity, Field } from "./ast.ts";
import { type Dialect, keyTable, type KnownKey, repr } from "./dialect.ts";
import { experimentId } from "./experiments.ts";
import { valuesOf } from "./runs.ts";

const number = (key: string): KnownKey => ({ key, type: "number" });

/** Python's enum has the short names, the protocol the long ones. */
const status: KnownKey = {
  key: "status",
  type: "string",
  spell: (value) => /^(UNSPECIFIED|PENDING|READY|UPLOAD_FAILED)$/.test(value) ? `LOGGED_MODEL_${value}` : value,
};

const attributes = keyTable(
  [
    "name",
    "model_id",
    "model_type",
    status,
    "status_message",
    "source_run_id",
    experimentId,
    "artifact_uri",
    number("creation_timestamp_ms"),
    number("last_updated_timestamp_ms"),
  ],
  {
    artifact_location: "artifact_uri",
    creation_timestamp: "creation_timestamp_ms",
    creation_time: "creation_timestamp_ms",
    last_updated_timestamp: "last_updated_timestamp_ms",
    last_updated_time: "last_updated_timestamp_ms",
  },
);

/** What may be said of logged models. */
export const loggedModelDialect: Dialect = {
  prefixes: new Map<string, Entity>([
    ...["metrics", "metric"].map((name) => [name, "metric"] as const),
    ...["params", "param", "parameters", "parameter"].map((name) => [name, "parameter"] as const),
    ...["tags", "tag"].map((name) => [name, "tag"] as const),
    ...["attributes", "attribute"].map((name) => [name, "attribute"] as const),
  ]),
  known: { attribute: attributes },
  lax: true,
  texts: {
    clause: (filter) =>
      `Invalid filter string: ${repr(filter)}. Expected a list of comparisons separated by 'AND' ` +
      "(e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').",
    severalStatements: (filter) => `Invalid filter string: ${repr(filter)}. Expected a single SQL expression.`,
    blank: (filter) => `Invalid filter string: ${repr(filter)}. Expected a single SQL expression.`,
    prefix: (prefix) =>
      `Invalid entity type: ${repr(prefix)}. Expected one of ['attributes', 'metrics', 'params', 'tags'].`,
    operator: ({ entity, key }, operator, allowed) =>
      `Invalid comparison operator for ${entity === "parameter" ? "param" : entity}s.${key}: '${operator}'. ` +
      `Expected one of (${allowed.map((one) => `'${one}'`).join(", ")}).`,
  },
};

/** A dataset that metrics of models may be restricted to. */
export interface DatasetFilter {
  dataset_name: string;
  dataset_digest?: string;
}

/** Whether a metric was measured on one of the datasets; without any dataset, every metric was. */
export const measuredOn = (metric: ModelMetric, datasets: readonly DatasetFilter[]): boolean =>
  datasets.length === 0 ||
  datasets.some(({ dataset_name, dataset_digest }) =>
    metric.dataset_name === dataset_name && (dataset_digest === undefined || metric.dataset_digest === dataset_digest)
  );

/** The values that a logged model has for a field. A metric counts with all its values on the given datasets. */
export function loggedModelValues(
  { info, data }: LoggedModel,
  { entity, key }: Field,
  datasets: readonly DatasetFilter[] = [],
): readonly (string | number)[] {
  if (entity === "parameter") return valuesOf(data.params, key);
  if (entity === "tag") return valuesOf(info.tags, key);
  if (entity === "metric") {
    return (data.metrics ?? []).filter((metric) => metric.key === key && measuredOn(metric, datasets)).map(
      (metric) => metric.value,
    );
  }
  const { tags: _, registrations: __, ...attributes } = info;
  return Object.entries(attributes).filter(([name]) => name === key).map(([, value]) => value);
}
