/** Runs as the database answers them, for what is plotted of them. */
import type { KeyValue, Run } from "../domain/entities.ts";

export const pairs = (record: Record<string, string>): KeyValue[] =>
  Object.entries(record).map(([key, value]) => ({ key, value }));

export const run = (
  run_id: string,
  metrics: Record<string, number>,
  params: Record<string, string> = {},
  tags: Record<string, string> = {},
): Run => ({
  info: {
    run_id,
    run_uuid: run_id,
    run_name: run_id,
    experiment_id: "1",
    user_id: "mara",
    status: "FINISHED",
    start_time: 1000,
    end_time: 61_000,
    artifact_uri: "",
    lifecycle_stage: "active",
  },
  data: {
    metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, step: 0, timestamp: 0 })),
    params: pairs(params),
    tags: pairs(tags),
  },
  inputs: {},
});
