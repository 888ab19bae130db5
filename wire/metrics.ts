import { z } from "zod";
import type { ModelMetric } from "../domain/entities.ts";
import { checkKey } from "../domain/names.ts";
import { invalid } from "../domain/errors.ts";
import { isInt64 } from "../domain/int64.ts";
import { pythonFloat } from "../domain/json.ts";
import { takes } from "./json_form.ts";
import { double, invalidParameter, message, name, parseMessage, text, wideInt64 } from "./message.ts";

/** The fields of one logged metric. */
export const metricShape = {
  key: name,
  value: double,
  timestamp: wideInt64,
  step: wideInt64.default(0),
  model_id: text.exactOptional(),
  dataset_name: text.exactOptional(),
  dataset_digest: text.exactOptional(),
};

const metricMessage = message(metricShape);

/**
 * The metrics of a batch. A batch of 1,000 takes zod longer than JSON.parse, so the shape that clients send is taken by hand,
 * and anything else goes to the schema, which knows all spellings and errors.
 */
export const metricList = takes(
  z.custom<z.input<typeof metricMessage>[]>().default([]).transform((value: unknown): ModelMetric[] => {
    if (!Array.isArray(value)) throw invalidParameter("metrics", value);
    return value.map((item, i) => plainMetric(item) ?? parsedMetric(item, `metrics[${i}]`));
  }),
  z.array(metricMessage).default([]),
);

function plainMetric(item: unknown): ModelMetric | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  const { key, value, timestamp, step, ...rest } = item as Record<string, unknown>;
  if (
    typeof key !== "string" || key === "" || typeof value !== "number" || !isInt64(timestamp) || !isInt64(step) ||
    Object.keys(rest).length > 0
  ) return undefined;
  return { key, value, timestamp, step: typeof step === "number" ? step + 0 : step };
}

function parsedMetric(item: unknown, field: string): ModelMetric {
  if (typeof item !== "object" || item === null || Array.isArray(item)) throw invalidParameter(field, item);
  return parseMessage(metricMessage, item, `${field}.`);
}

/** Refuses a metric that MLflow refuses. `path` stands before the field names in errors: "" or "metrics[3].". */
export function checkMetric(metric: ModelMetric, path: string): void {
  checkKey(metric.key, `${path}name`, "Metric name");
  if (metric.timestamp < 0) {
    throw invalid(
      `Invalid value ${metric.timestamp} for parameter '${path}timestamp' supplied: metric '${metric.key}' ` +
        `(value=${pythonFloat(metric.value)}). Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  if (Boolean(metric.dataset_name) !== Boolean(metric.dataset_digest)) {
    throw invalid("Both dataset_name and dataset_digest must be provided if one is provided");
  }
}
