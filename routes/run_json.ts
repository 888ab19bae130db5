import type { Run } from "../domain/entities.ts";
import { wireDouble } from "../domain/json.ts";

/** A run as it travels: NaN and infinities in a form that JSON has. */
export function runJson(run: Run): { run: object } {
  const { metrics, ...data } = run.data;
  return {
    run: {
      ...run,
      data: {
        ...(metrics && { metrics: metrics.map((metric) => ({ ...metric, value: wireDouble(metric.value) })) }),
        ...data,
      },
    },
  };
}
