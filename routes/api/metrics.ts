import type { ModelMetric } from "../../domain/entities.ts";
import { checkBatch, storedParams, storedTags } from "../../domain/batch.ts";
import { invalid } from "../../domain/errors.ts";
import { decodePoint, encodePoint } from "../../domain/point_token.ts";
import { edit, read } from "../../domain/permissions.ts";
import { printableMetric } from "../../domain/run_json.ts";
import { checkModelsExist } from "../../db/logged_models.ts";
import { metricHistory } from "../../db/metric_history.ts";
import { keysOf, writeMetrics } from "../../db/metric_log.ts";
import { activeRunMissing, logParamsAndTags } from "../../db/runs.ts";
import { transaction } from "../../db/sql.ts";
import { Metrics, Nothing } from "../../wire/answers.ts";
import { checkMetric } from "../../wire/metrics.ts";
import { LogBatch, LogMetric, MetricHistory } from "../../wire/runs.ts";
import { endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";

export const metricEndpoints = [
  endpoint({
    method: "POST",
    path: "runs/log-metric",
    summary: "Logs one point of a metric.",
    input: LogMetric,
    output: Nothing,
    access: edit.run,
    handle: async (services, { run_id, ...metric }) => {
      checkMetric(metric, "");
      await checkModels(services, [metric]);
      await services.metrics.record({ run_id, metrics: [metric] });
    },
  }),
  endpoint({
    method: "POST",
    path: "runs/log-batch",
    summary: "Logs up to 1,000 points, 100 params and 100 tags at once: all of them or none.",
    input: LogBatch,
    output: Nothing,
    access: edit.run,
    handle: async (services, batch) => {
      checkBatch(batch);
      batch.metrics.forEach((metric, i) => checkMetric(metric, `metrics[${i}].`));
      await checkModels(services, batch.metrics);
      await logBatch(services, { ...batch, params: storedParams(batch.params), tags: storedTags(batch.tags) });
    },
  }),
  endpoint({
    method: "GET",
    path: "metrics/get-history",
    summary: "Answers every point of one metric of a run.",
    input: MetricHistory,
    output: Metrics,
    access: read.run,
    handle: async ({ sql }, { run_id, metric_key, max_results, page_token }) => {
      if (max_results !== undefined && max_results <= 0) {
        throw invalid(
          `Invalid value ${max_results} for parameter 'max_results' supplied. It must be a positive integer.`,
        );
      }
      const after = page_token ? decodePoint(page_token) : undefined;
      const metrics = await metricHistory(sql, run_id, metric_key, {
        after,
        most: max_results && max_results + 1,
      });
      const page = metrics.slice(0, max_results);
      return {
        ...(page.length > 0 && { metrics: page.map(printableMetric) }),
        ...(page.length < metrics.length && { next_page_token: encodePoint(page.at(-1)!) }),
      };
    },
  }),
];

/** Refuses metrics of a model that is not there: the model's would be lost. */
async function checkModels({ sql }: Services, metrics: readonly ModelMetric[]): Promise<void> {
  const ofModels = metrics.filter(({ model_id }) => model_id);
  if (ofModels.length > 0) await checkModelsExist(sql, [...new Set(ofModels.map(({ model_id }) => model_id!))]);
}

/** All of a batch or nothing: only metrics go out with those of other requests. */
async function logBatch({ sql, metrics }: Services, batch: typeof LogBatch._zod.output): Promise<void> {
  const { run_id, params, tags } = batch;
  if (params.length === 0 && tags.length === 0 && batch.metrics.length > 0) return await metrics.record(batch);
  const keys = await keysOf(sql, [batch]);
  await transaction(sql, async (tx) => {
    await logParamsAndTags(tx, run_id, params, tags);
    if (batch.metrics.length === 0) return;
    const active = await writeMetrics(tx, keys, [batch]);
    if (!active.has(run_id)) throw await activeRunMissing(tx, run_id);
  });
}
