import { z } from "zod";
import { runStatuses } from "../domain/entities.ts";
import { viewType } from "./experiments.ts";
import { enumeration, int64, keyValue, list, message, name, text } from "./message.ts";
import { metricList, metricShape } from "./metrics.ts";

/** A message about a run, which `run_uuid` is an old name for. */
export const ofRun = <const Shape extends z.ZodRawShape>(shape: Shape) =>
  message({ run_id: name, run_uuid: text.exactOptional(), ...shape }, { run_uuid: "run_id" });

export const CreateRun = message({
  experiment_id: name,
  user_id: text.default(""),
  run_name: text.default(""),
  start_time: int64.default(0),
  tags: list(message({ key: text.default(""), value: text.default("") })),
});
export const UpdateRun = ofRun({
  status: enumeration(runStatuses, 1),
  end_time: int64.exactOptional(),
  run_name: text.exactOptional(),
});
export const RunById = ofRun({});
export const RequiredRun = message({ run_id: name });
export const LogMetric = ofRun({ ...metricShape });
export const LogParam = ofRun({ key: name, value: text.default("") });
export const SetTag = ofRun({ key: name, value: text.default("") });
export const DeleteTag = message({ run_id: name, key: name });
export const LogBatch = message({ run_id: name, metrics: metricList, params: list(keyValue), tags: list(keyValue) });
export const LogModel = message({ run_id: name, model_json: name });

export const SearchRuns = message({
  experiment_ids: list(text),
  filter: text.exactOptional(),
  run_view_type: viewType,
  max_results: int64.default(1000),
  order_by: list(text),
  page_token: text.exactOptional(),
});

const dataset = message({
  name,
  digest: name,
  source_type: name,
  source: name,
  schema: text.exactOptional(),
  profile: text.exactOptional(),
});
export const LogInputs = message({
  run_id: name,
  datasets: list(message({ dataset, tags: list(keyValue) })),
  models: list(message({ model_id: name })),
});
export const LogOutputs = message({
  run_id: name,
  models: z.array(message({ model_id: name, step: int64.default(0) })),
});

export const MetricHistory = ofRun({
  metric_key: name,
  page_token: text.exactOptional(),
  max_results: int64.exactOptional(),
});
