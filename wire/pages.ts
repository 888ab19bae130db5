import { z } from "zod";
import { listViews, pageSizes, usualPageSize } from "../domain/list_view.ts";
import { groupOf, groupOrders } from "../domain/run_groups.ts";
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
  /** The form of a new one is open. */
  create: text.optional().transform((value) => value !== undefined && value !== ""),
  /** Branches of the tree that are folded: beginnings of names. */
  closed: names,
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
  /** What is to be done to their order, by `movedColumn`. */
  move: text.optional(),
  /** Of the chosen params only those that differ on the page. */
  differ: z.literal("only").optional().catch(undefined),
  /** Runs whose children are folded away. */
  closed: names,
  /** A column by whose values the runs are grouped; anything else: they are not. */
  group: text.optional().catch(undefined).transform((value) => groupOf(value) && value),
  group_order: z.enum(groupOrders).optional().catch(undefined),
  /** Groups whose runs are shown, by `groupToken`. */
  open: names,
  /** The run that stands out, instead of the one that the experiment remembers. */
  baseline: text.optional().catch(undefined),
  /** Selected runs. */
  runs: names,
  /** What was just done to runs, by the id of its note. */
  change: text.optional().catch(undefined),
};
export const RunsQuery = message(runsShape);
export type RunsQuery = z.output<typeof RunsQuery>;
/** With the experiment, which stands in the path. */
export const RunsOfExperimentQuery = message({ experiment_id: name, ...runsShape });

export const CreateExperimentForm = message({ name, description: words });
export const EditExperimentForm = message({ experiment_id: name, name, description: words });
export const ExperimentTagForm = message({ experiment_id: name, key: name, value: text.default("") });
export const DeleteExperimentTagForm = message({ experiment_id: name, key: name });
/** Delete and restore. */
export const ExperimentForm = message({ experiment_id: name });
