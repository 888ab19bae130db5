import { z } from "zod";
import { viewLimits, viewPages, viewQuery } from "../domain/saved_views.ts";
import { message, name, text } from "./message.ts";

/** The forms of saved views. */

const flag = z.preprocess((value) => value !== undefined && value !== "" && value !== "0", z.boolean());

const atMost = (most: number) =>
  text.refine(
    (value) => value.length <= most,
    `Invalid value for parameter '{field}' supplied: expected at most ${most} characters.`,
  );

/** Without spaces around; what consists of them is missing. */
const title = name.transform((value) => value.trim()).pipe(atMost(viewLimits.name).min(1, "{missing}"));

/** Where a view was looked at: page, experiment (none for the comparison) and query. */
const place = {
  page: z.enum(viewPages),
  experiment_id: text.optional().transform((value) => value || undefined),
  query: text.default("").transform(viewQuery).pipe(atMost(viewLimits.query)),
};

export const SaveViewForm = message({
  ...place,
  name: title,
  /** "everyone", or only the browser that saves it. */
  whose: z.enum(["me", "everyone"]).catch("me"),
  /** What they call themselves. */
  owner: atMost(viewLimits.name).default("").transform((value) => value.trim()),
});
export const RenameViewForm = message({ ...place, view_id: name, name: title });
/** Replace by what is shown, delete and restore. */
export const ViewForm = message({ ...place, view_id: name });
export const DefaultViewForm = message({ ...place, view_id: name, on: flag });

/** What was done to a view, for the page that it was done on; beside that page's own query. */
export const viewDeeds = ["saved", "renamed", "replaced", "deleted", "restored", "default", "plain"] as const;
export const ViewsQuery = message({
  did: z.enum(viewDeeds).optional().catch(undefined),
  view_id: text.optional().catch(undefined),
});
export type ViewDeed = (typeof viewDeeds)[number];
