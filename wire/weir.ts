import { z } from "zod";
import { curveAxes } from "../domain/curve.ts";
import { double, int64, list, message, name, text } from "./message.ts";

/** Beyond MLflow: `/api/weir/1/…`. */

export const MetricSeries = message({
  runs: list(text),
  key: name,
  /** Pixels. */
  width: int64.default(600).pipe(z.int().min(1).max(10_000)),
  from: double.exactOptional(),
  to: double.exactOptional(),
  x: z.enum(curveAxes).default("step"),
});

export const Live = message({ runs: list(text) });
