import { z } from "zod";
import { listViews } from "../domain/list_view.ts";
import { list, message, name, text } from "./message.ts";

/** The query string of an experiment's evaluation tables. What is not known means the usual choice, as in `pages.ts`. */

const words = text.default("").transform((value) => value.trim());
const flag = z.preprocess((value) => value !== undefined && value !== "" && value !== "0", z.boolean());
const word = text.optional().transform((value) => value || undefined);

export const EvaluationQuery = message({
  experiment_id: name,
  /** The path of a table; none: the one that most runs have. */
  table: word,
  /** The column by which rows are brought together; "#" is their number. */
  by: word,
  /** Columns that are shown; none: the first few. */
  columns: list(text),
  /** What rows hold. */
  search: words,
  /** Only rows in which the runs differ. */
  differ: flag,
  /** The first row, from 0. */
  from: z.preprocess(Number, z.int().min(0).max(1_000_000)).catch(0),
  // What the tabs hand on, of runs: see `CarriedView`.
  filter: words,
  order_by: words,
  view: z.enum(listViews).catch("active"),
  group: text.optional().catch(undefined),
  /** Those that stand side by side; none: the first few. */
  runs: list(text),
});
export type EvaluationQuery = z.output<typeof EvaluationQuery>;
