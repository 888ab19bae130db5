import { z } from "zod";
import { enumeration, int64, list, message, text } from "./message.ts";
import { TraceInfo } from "./traces.ts";

const location = message({
  type: enumeration(["TRACE_LOCATION_TYPE_UNSPECIFIED", "MLFLOW_EXPERIMENT", "INFERENCE_TABLE"]),
  mlflow_experiment: message({ experiment_id: text.default("") }).exactOptional(),
});

export const SearchTraces = message({
  locations: z.array(location),
  filter: text.exactOptional(),
  max_results: int64.default(100),
  order_by: list(text),
  page_token: text.exactOptional(),
});

export const TraceInfos = z.object({
  traces: z.array(TraceInfo).exactOptional(),
  next_page_token: z.string().exactOptional(),
});
