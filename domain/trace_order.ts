import { invalid } from "./errors.ts";
import type { Field } from "./filter/ast.ts";
import { keyTable } from "./filter/dialect.ts";
import { traceDialect } from "./filter/traces.ts";
import { completed, fieldIn, type OrderTerm, parseClauses } from "./order.ts";

const number = (key: string) => ({ key, type: "number" as const });

const attributes = keyTable(
  [
    ...["experiment_id", "timestamp_ms", "execution_time_ms", "end_time_ms"].map(number),
    ...["status", "request_id", "name", "run_id"],
  ],
  { timestamp: "timestamp_ms", execution_time: "execution_time_ms", end_time: "end_time_ms" },
);

const sortable = new Set<Field["entity"]>(["attribute", "tag", "metadata"]);

/** The order of a traces search. Without any: newest first. */
export function parseTraceOrder(clauses: readonly string[]): OrderTerm[] {
  const order = parseClauses(clauses, fieldIn({ ...traceDialect, known: { attribute: attributes } }));
  const wrong = order.find(({ field }) => !sortable.has(field.entity));
  if (wrong) throw invalid(`Invalid identifier type '${wrong.field.entity}'`);
  return completed(order, [
    { field: { entity: "attribute", key: "timestamp_ms", type: "number" }, ascending: false },
    { field: { entity: "attribute", key: "request_id", type: "string" }, ascending: true },
  ]);
}
