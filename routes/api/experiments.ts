import { invalid } from "../../domain/errors.ts";
import { checkArtifactLocation, checkExperimentName, checkExperimentTag } from "../../domain/experiments.ts";
import { create, edit, read, remove } from "../../domain/permissions.ts";
import { datasetSummaries } from "../../db/inputs.ts";
import { searchExperiments } from "../../db/experiment_search.ts";
import {
  createExperiment,
  deleteExperimentTag,
  getExperiment,
  getExperimentByName,
  moveExperiment,
  renameExperiment,
  setExperimentTag,
} from "../../db/experiments.ts";
import { DatasetSummaries, ExperimentId, Experiments, Nothing, OneExperiment } from "../../wire/answers.ts";
import {
  CreateExperiment,
  DeleteExperimentTag,
  ExperimentById,
  ExperimentByName,
  SearchDatasets,
  SearchExperiments,
  SetExperimentTag,
  UpdateExperiment,
} from "../../wire/experiments.ts";
import { endpoint } from "../endpoint.ts";
import { artifactRoot } from "../services.ts";

/** Experiments whose datasets one request may ask for. */
const mostSearched = 20;

const search = {
  path: "experiments/search",
  summary: "Finds experiments by a filter, in order, page by page.",
  input: SearchExperiments,
  output: Experiments,
  access: read.experiment,
} as const;

export const experimentEndpoints = [
  endpoint({
    method: "POST",
    path: "experiments/create",
    summary: "Makes an experiment.",
    input: CreateExperiment,
    output: ExperimentId,
    access: create.experiment,
    handle: async ({ sql, now }, experiment) => {
      checkExperimentName(experiment.name);
      if (experiment.artifact_location) checkArtifactLocation(experiment.artifact_location);
      experiment.tags.forEach(checkExperimentTag);
      const experiment_id = await createExperiment(sql, experiment, artifactRoot, now());
      return { experiment_id };
    },
  }),
  endpoint({
    method: "GET",
    path: "experiments/get",
    summary: "Answers an experiment by its id, deleted ones too.",
    input: ExperimentById,
    output: OneExperiment,
    access: read.experiment,
    handle: async ({ sql }, { experiment_id }) => ({ experiment: await getExperiment(sql, experiment_id) }),
  }),
  endpoint({
    method: "GET",
    path: "experiments/get-by-name",
    summary: "Answers an experiment by its name, deleted ones too.",
    input: ExperimentByName,
    output: OneExperiment,
    access: read.experiment,
    handle: async ({ sql }, { experiment_name }) => ({ experiment: await getExperimentByName(sql, experiment_name) }),
  }),
  endpoint({ method: "POST", ...search, handle: ({ sql }, query) => searchExperiments(sql, query) }),
  endpoint({ method: "GET", ...search, handle: ({ sql }, query) => searchExperiments(sql, query) }),
  endpoint({
    method: "POST",
    path: "experiments/search-datasets",
    // As MLflow declares it: the slash is missing there.
    also: "/api/2.0mlflow/experiments/search-datasets",
    summary: "Lists the datasets that runs of up to 20 experiments were given.",
    input: SearchDatasets,
    output: DatasetSummaries,
    access: read.experiment,
    handle: async ({ sql }, { experiment_ids }) => {
      if (experiment_ids.length === 0) {
        throw invalid("SearchDatasets request must specify at least one experiment_id.");
      }
      if (experiment_ids.length > mostSearched) {
        throw invalid(
          `SearchDatasets request cannot specify more than ${mostSearched} experiment_ids. Received ${experiment_ids.length} experiment_ids.`,
        );
      }
      const dataset_summaries = await datasetSummaries(sql, experiment_ids);
      return dataset_summaries.length > 0 ? { dataset_summaries } : {};
    },
  }),
  endpoint({
    method: "POST",
    path: "experiments/update",
    summary: "Renames an experiment.",
    input: UpdateExperiment,
    output: Nothing,
    access: edit.experiment,
    handle: ({ sql, now }, { experiment_id, new_name }) => {
      checkExperimentName(new_name);
      return renameExperiment(sql, experiment_id, new_name, now());
    },
  }),
  endpoint({
    method: "POST",
    path: "experiments/delete",
    summary: "Moves an experiment and its runs to the bin, until they are restored or purged.",
    input: ExperimentById,
    output: Nothing,
    access: remove.experiment,
    handle: ({ sql, now }, { experiment_id }) => moveExperiment(sql, experiment_id, "deleted", now()),
  }),
  endpoint({
    method: "POST",
    path: "experiments/restore",
    summary: "Restores a deleted experiment and all of its runs.",
    input: ExperimentById,
    output: Nothing,
    access: remove.experiment,
    handle: ({ sql, now }, { experiment_id }) => moveExperiment(sql, experiment_id, "active", now()),
  }),
  endpoint({
    method: "POST",
    path: "experiments/set-experiment-tag",
    summary: "Sets a tag of an experiment.",
    input: SetExperimentTag,
    output: Nothing,
    access: edit.experiment,
    handle: ({ sql, now }, { experiment_id, ...tag }) => {
      checkExperimentTag(tag);
      return setExperimentTag(sql, experiment_id, tag, now());
    },
  }),
  endpoint({
    method: "POST",
    path: "experiments/delete-experiment-tag",
    summary: "Removes a tag of an experiment.",
    input: DeleteExperimentTag,
    output: Nothing,
    access: edit.experiment,
    handle: ({ sql, now }, { experiment_id, key }) => deleteExperimentTag(sql, experiment_id, key, now()),
  }),
];
