import type { KeyValue, Run } from "../entities.ts";
import type { Entity, Field } from "./ast.ts";
import { commonTexts, type Dialect, keyTable, type KnownKey, notOneOf } from "./dialect.ts";

const number = (key: string): KnownKey => ({ key, type: "number" });

const attributes = keyTable(
  ["run_id", "run_name", "status", "user_id", "artifact_uri", number("start_time"), number("end_time")],
  {
    created: "start_time",
    Created: "start_time",
    "run name": "run_name",
    "Run name": "run_name",
    "Run Name": "run_name",
  },
);

/** What may be said of runs. */
export const runDialect: Dialect = {
  prefixes: new Map<string, Entity>([
    ...["metric", "metrics"].map((name) => [name, "metric"] as const),
    ...["parameter", "parameters", "param", "params"].map((name) => [name, "parameter"] as const),
    ...["tag", "tags"].map((name) => [name, "tag"] as const),
    ...["attribute", "attributes", "attr", "run"].map((name) => [name, "attribute"] as const),
    ...["dataset", "datasets"].map((name) => [name, "dataset"] as const),
  ]),
  known: { attribute: attributes, dataset: keyTable(["name", "digest", "context"]) },
  lax: false,
  texts: {
    ...commonTexts,
    prefix: (prefix) =>
      `Invalid entity type '${prefix}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']`,
    operator: notOneOf,
  },
};

/** The tag of a run's input that says what the dataset was used for. */
export const datasetContext = "mlflow.data.context";

export const valuesOf = (pairs: readonly KeyValue[] | undefined, key: string): string[] =>
  (pairs ?? []).filter((pair) => pair.key === key).map((pair) => pair.value);

/** The values that a run has for a field: none where it is absent, several for its datasets. */
export function runValues({ info, data, inputs }: Run, { entity, key }: Field): readonly (string | number)[] {
  const datasets = inputs.dataset_inputs ?? [];
  switch (entity) {
    case "metric":
      return (data.metrics ?? []).filter((metric) => metric.key === key).map((metric) => metric.value);
    case "parameter":
      return valuesOf(data.params, key);
    case "tag":
      return valuesOf(data.tags, key);
    case "dataset":
      if (key === "context") return datasets.flatMap(({ tags }) => valuesOf(tags, datasetContext));
      return datasets.map(({ dataset }) => key === "name" ? dataset.name : dataset.digest);
    default:
      return Object.entries(info).filter(([name]) => name === key).map(([, value]) => value);
  }
}
