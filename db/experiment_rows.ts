import type { Experiment, LifecycleStage } from "../domain/entities.ts";
import { toPairs } from "./tags.ts";

/** A row of weir.experiments. */
export interface ExperimentRow {
  experiment_id: number;
  name: string;
  artifact_location: string;
  lifecycle_stage: LifecycleStage;
  creation_time: number;
  last_update_time: number;
  tags: Record<string, string>;
}

export function toExperiment({ experiment_id, tags, ...row }: ExperimentRow): Experiment {
  const pairs = toPairs(tags);
  return {
    experiment_id: String(experiment_id),
    name: row.name,
    artifact_location: row.artifact_location,
    lifecycle_stage: row.lifecycle_stage,
    last_update_time: row.last_update_time,
    creation_time: row.creation_time,
    ...(pairs.length > 0 && { tags: pairs }),
    workspace: "default",
  };
}
