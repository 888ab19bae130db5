import { bulkHistory, sampledHistory, type StepRange } from "../../db/metric_histories.ts";
import { invalid } from "../../domain/errors.ts";
import { read } from "../../domain/permissions.ts";
import { printableMetric } from "../../domain/run_json.ts";
import { missingParameter, seeDocs } from "../../wire/message.ts";
import { BulkHistory, RunMetrics, SampledHistory, SampledMetrics } from "../../wire/metric_histories.ts";
import { endpoint } from "../endpoint.ts";

/** Most runs of one request. */
const mostRuns = 100;
/** Most points of one answer. */
const mostPoints = 25_000;
/** Most points of one run in a sampled answer. */
const mostSampled = 2500;

export const metricHistoryEndpoints = [
  endpoint({
    method: "GET",
    path: "metrics/get-history-bulk",
    summary: "Lists the points of a metric of several runs, by run id and time.",
    input: BulkHistory,
    output: RunMetrics,
    access: read.run,
    handle: async ({ sql }, { run_id, metric_key, max_results = mostPoints }) => {
      if (run_id.length === 0) throw invalid("GetMetricHistoryBulk request must specify at least one run_id.");
      checkRunCount("GetMetricHistoryBulk request cannot specify more than", run_id);
      if (metric_key === undefined) throw invalid("GetMetricHistoryBulk request must specify a metric_key.");
      if (max_results < 0) throw invalid(`Invalid value ${max_results} for parameter 'max_results' supplied.`);
      const metrics = await bulkHistory(sql, run_id, metric_key, Math.min(max_results, mostPoints));
      return { metrics: metrics.map(printableMetric) };
    },
  }),
  endpoint({
    method: "GET",
    path: "metrics/get-history-bulk-interval",
    summary: "Lists points of a metric of several runs, of each run evenly spread ones within a range of steps.",
    input: SampledHistory,
    output: SampledMetrics,
    access: read.run,
    handle: async ({ sql }, { run_ids, metric_key, max_results = mostSampled, start_step, end_step }) => {
      if (run_ids.length === 0) throw missingParameter("run_ids");
      checkRunCount("GetMetricHistoryBulkInterval request must specify at most", run_ids, ` ${seeDocs}`);
      if (metric_key === "") throw missingParameter("metric_key");
      if (max_results < 1 || max_results > mostSampled) {
        throw invalid(`max_results must be between 1 and ${mostSampled}. ${seeDocs}`);
      }
      const steps = stepRange(start_step, end_step);
      const metrics = await sampledHistory(sql, run_ids, metric_key, { most: max_results, steps });
      return metrics.length > 0 ? { metrics: metrics.map(printableMetric) } : {};
    },
  }),
];

function checkRunCount(sentence: string, run_ids: readonly string[], hint = ""): void {
  if (run_ids.length <= mostRuns) return;
  throw invalid(`${sentence} ${mostRuns} run_ids. Received ${run_ids.length} run_ids.${hint}`);
}

function stepRange(first: number | undefined, last: number | undefined): StepRange | undefined {
  if (first === undefined && last === undefined) return undefined;
  if (first === undefined || last === undefined) {
    throw invalid("If either start step or end step are specified, both must be specified.");
  }
  if (first > last) {
    throw invalid(`end_step must be greater than start_step. Found start_step=${first} and end_step=${last}.`);
  }
  return { first, last };
}
