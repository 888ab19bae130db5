import { z } from "zod";
import { listViews } from "../domain/list_view.ts";
import { exportFormats } from "../domain/run_export.ts";
import { list, message, name, text } from "./message.ts";

/** The address of an export. The page's own names for what it shows: an address of the table becomes one of its export. */
export const ExportRuns = message({
  experiment_id: name,
  format: z.enum(exportFormats).default("csv"),
  /** MLflow's filter language. */
  filter: text.default(""),
  /** One clause of MLflow's `order_by`; empty: newest first. */
  order_by: text.default(""),
  view: z.enum(listViews).default("active"),
  /** Names such as `metrics.val/loss` and `attributes.user_id`, also several with commas between; none: every column. */
  columns: list(text),
  /** Ids of the runs to export, in this order, instead of those that the filter finds. */
  runs: list(text),
});
