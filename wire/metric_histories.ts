import { z } from "zod";
import { Metric } from "./answers.ts";
import { int64, list, message, text } from "./message.ts";

/** The histories of one metric of several runs, as MLflow's pages ask for them. */

export const BulkHistory = message({
  run_id: list(text),
  metric_key: text.exactOptional(),
  max_results: int64.exactOptional(),
});

export const SampledHistory = message({
  run_ids: list(text),
  metric_key: text.default(""),
  start_step: int64.exactOptional(),
  end_step: int64.exactOptional(),
  max_results: int64.exactOptional(),
});

const points = z.array(Metric.extend({ run_id: z.string() }).meta({ id: "RunMetric" }));

/** Of the bulk history; the sampled one leaves the list out where it is empty. */
export const RunMetrics = z.object({ metrics: points });
export const SampledMetrics = z.object({ metrics: points.exactOptional() });
