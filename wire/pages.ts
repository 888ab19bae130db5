import { z } from "zod";
import { listViews, pageSizes, usualPageSize } from "../domain/list_view.ts";
import { list, message, name, text } from "./message.ts";

/**
 * The query strings and forms of the pages. The address of a page is the view of it: everything that can be chosen on a page stands
 * here. A choice that is not known (an old link, a typo) means the usual one instead of an error.
 */

const view = z.enum(listViews).catch("active");
const max_results = z.preprocess(Number, z.literal(pageSizes)).catch(usualPageSize);
const words = text.default("").transform((value) => value.trim());
const names = list(text);
const page_token = text.optional().transform((value) => value || undefined);

/** What a form did, for the page that it leads to. */
export const doneWords = ["created", "changed", "deleted", "restored"] as const;
const done = z.enum(doneWords).optional().catch(undefined);

export const ExperimentsQuery = message({
  search: words,
  view,
  order_by: z.enum(["name", "last_update_time"]).catch("name"),
  page_token,
  /** The experiment whose form is open. */
  edit: text.exactOptional(),
  done,
  /** The experiments that it was done to. */
  touched: names,
});
export type ExperimentsQuery = z.output<typeof ExperimentsQuery>;

const runsShape = {
  /** MLflow's filter language. */
  filter: words,
  /** One clause of MLflow's `order_by`; empty: newest first. */
  order_by: words,
  view,
  max_results,
  page_token,
  /** Names such as `metrics.val/loss`; none: the page chooses. */
  columns: names,
  /** Of the chosen params only those that differ on the page. */
  differ: z.literal("only").optional().catch(undefined),
  /** Runs whose children are folded away. */
  closed: names,
  /** Selected runs. */
  runs: names,
  done,
  /** The runs that it was done to; left out when they are too many for an address. */
  touched: names,
};
export const RunsQuery = message(runsShape);
export type RunsQuery = z.output<typeof RunsQuery>;
/** With the experiment, which stands in the path. */
export const RunsOfExperimentQuery = message({ experiment_id: name, ...runsShape });

export const CreateExperimentForm = message({ name, description: words });
export const EditExperimentForm = message({ experiment_id: name, name, description: words });
/** Delete and restore. */
export const ExperimentForm = message({ experiment_id: name });

/** Runs to delete or restore. `back` is the query string of the page to return to, without its path. */
export const RunsForm = message({ experiment_id: name, runs: names, back: text.default("") });
