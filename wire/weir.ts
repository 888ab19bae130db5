import { z } from "zod";
import { listViews } from "../domain/list_view.ts";
import { list, message, text } from "./message.ts";

/** Beyond MLflow: `/api/weir/1/…`, and what pages listen to. */

/** The id of the last event that the page had, where the browser does not say it itself. */
const since = text.default("");

export const Live = message({ runs: list(text), since });

/** Without a name the whole registry. */
export const RegistryEvents = message({ name: text.optional(), since });

/** New runs count where they match the filter and the view of the page. */
export const ExperimentEvents = message({ filter: text.default(""), view: z.enum(listViews).catch("active"), since });
