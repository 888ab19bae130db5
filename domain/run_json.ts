import type { Metric, Run, RunData } from "./entities.ts";
import { wireDouble } from "./json.ts";

/** The same with its double in a form that JSON has. */
export type Printable<M extends Metric> = Omit<M, "value"> & { value: number | "NaN" };

export type PrintableRun = Omit<Run, "data"> & {
  data: Omit<RunData, "metrics"> & { metrics?: Printable<Metric>[] };
};

/** A run with NaN and infinities in a form that JSON has. */
export function printableRun(run: Run): PrintableRun {
  const { metrics, ...data } = run.data;
  return { ...run, data: { ...(metrics && { metrics: metrics.map(printableMetric) }), ...data } };
}

export const printableMetric = <M extends Metric>(metric: M): Printable<M> =>
  Number.isFinite(metric.value) ? metric : { ...metric, value: wireDouble(metric.value) };
