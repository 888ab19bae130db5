import type { Metric, Run } from "./entities.ts";
import { wireDouble } from "./json.ts";

/** A run with NaN and infinities in a form that JSON has. */
export function printableRun(run: Run): object {
  const { metrics, ...data } = run.data;
  return metrics === undefined ? run : { ...run, data: { metrics: metrics.map(printableMetric), ...data } };
}

export const printableMetric = <M extends Metric>(metric: M): object =>
  Number.isFinite(metric.value) ? metric : { ...metric, value: wireDouble(metric.value) };
