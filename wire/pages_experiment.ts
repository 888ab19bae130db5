import { z } from "zod";
import { listViews } from "../domain/list_view.ts";
import { list, message, name, text } from "./message.ts";

/** The query strings of an experiment's models and datasets. What is not known means the usual choice, as in `pages.ts`. */

const words = text.default("").transform((value) => value.trim());
const page_token = text.optional().transform((value) => value || undefined);

/** What the tabs hand on, of runs: see `CarriedView`. */
const carried = {
  filter: words,
  order_by: words,
  view: z.enum(listViews).catch("active"),
  group: text.optional().catch(undefined),
  runs: list(text),
};

export const ExperimentModelsQuery = message({
  experiment_id: name,
  /** Of logged models, in MLflow's filter language. */
  where: words,
  /** One clause such as `metrics.f1 DESC`; empty: newest first. */
  sort: words,
  page_token,
  ...carried,
});
export type ExperimentModelsQuery = z.output<typeof ExperimentModelsQuery>;

export const ExperimentDatasetsQuery = message({
  experiment_id: name,
  /** What the names contain. */
  search: words,
  /** The number of the last dataset of the page before. */
  page_token,
  ...carried,
});
export type ExperimentDatasetsQuery = z.output<typeof ExperimentDatasetsQuery>;
