import type { LoggedModel, Run } from "./entities.ts";

/**
 * A logged model as the table of runs takes its rows: the metrics (of several values of one key the newest), params and tags are the
 * model's, and nothing else is of a run.
 */
export function asRow({ info, data }: LoggedModel): Run {
  return {
    info: {
      run_id: info.model_id,
      run_uuid: info.model_id,
      run_name: info.name,
      experiment_id: info.experiment_id,
      user_id: "",
      status: "FINISHED",
      start_time: 0,
      artifact_uri: info.artifact_uri,
      lifecycle_stage: "active",
    },
    data: { ...(data.metrics && { metrics: data.metrics }), ...(data.params && { params: data.params }) },
    inputs: {},
  };
}

/** The order of a search for logged models that a clause means: `metrics.f1 DESC`. */
export function modelOrder(clause: string): { field_name: string; ascending: boolean }[] {
  const [, field_name = "", direction = ""] = /^(.*?)(?:\s+(asc|desc))?$/is.exec(clause) ?? [];
  return field_name === "" ? [] : [{ field_name, ascending: direction.toLowerCase() !== "desc" }];
}
