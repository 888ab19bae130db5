import { assessmentsOf } from "../../db/assessments.ts";
import { searchTraces } from "../../db/trace_search.ts";
import { read } from "../../domain/permissions.ts";
import { invalidParameter } from "../../wire/message.ts";
import { SearchTraces, TraceInfos } from "../../wire/trace_search.ts";
import { traceInfoJson } from "../../wire/traces.ts";
import { endpoint } from "../endpoint.ts";

const mostTraces = 500;

export const traceSearchEndpoints = [
  endpoint({
    method: "POST",
    version: "3.0",
    path: "traces/search",
    summary: "Finds traces of experiments by a filter, in order, page by page.",
    input: SearchTraces,
    output: TraceInfos,
    access: read.trace,
    handle: async ({ sql }, { locations, ...query }) => {
      if (query.max_results > mostTraces) throw invalidParameter("max_results", query.max_results);
      const experiment_ids = locations.flatMap(({ mlflow_experiment }) => mlflow_experiment?.experiment_id ?? []);
      const { traces, next_page_token } = await searchTraces(sql, { ...query, experiment_ids });
      const assessments = await assessmentsOf(sql, traces.map(({ trace_id }) => trace_id));
      return {
        ...(traces.length > 0 && {
          traces: traces.map((trace) => traceInfoJson(trace, assessments.get(trace.trace_id))),
        }),
        ...(next_page_token && { next_page_token }),
      };
    },
  }),
];
