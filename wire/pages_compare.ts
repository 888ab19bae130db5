import { z } from "zod";
import { directions } from "../domain/metric_names.ts";
import { diffModes } from "../domain/diff.ts";
import { message, name, text } from "./message.ts";

/** What the address of a comparison says of files, and its forms. The rest of the address stands in `pages_run.ts`. */

const flag = z.preprocess((value) => value !== undefined && value !== "" && value !== "0", z.boolean());

/** Of the files that two of the runs are compared by. */
export const diffShape = {
  /** The run that the baseline is compared with; absent: the first other one. */
  with: text.optional().transform((value) => value || undefined),
  /** The path of the file that is looked into. */
  file: text.default(""),
  as: z.enum(diffModes).catch(""),
  /** Unchanged lines and keys too. */
  whole: flag,
  /** Files that are the same, too. */
  files: z.enum(["differ", "all"]).catch("differ"),
};

/** The page that a form leads back to, and the query of its address. */
const back = { back: text.default("").transform((query) => String(new URLSearchParams(query))) };

/** `lower:val/loss`: for everybody, from now on. */
const direction = name.transform((value) => ({
  direction: directions.find((known) => known === value.slice(0, value.indexOf(":"))),
  name: value.slice(value.indexOf(":") + 1),
})).refine(
  (value) => value.direction !== undefined && value.name !== "" && value.name.length <= 250,
  `Invalid value for parameter '{field}' supplied: expected ${
    directions.join(", ")
  }, a colon and the name of a metric.`,
);

export const DirectionForm = message({ dir: direction, ...back });
/** Sent by `/settings`, which lists what was set. */
export const ForgetDirectionForm = message({ metric: name });
/** Of the run's experiment; or that it is the baseline no longer. */
export const BaselineForm = message({
  run_id: text.default(""),
  forget: text.default(""),
  /** Where it was set. */
  page: z.enum(["compare", "run"]).catch("compare"),
  ...back,
});

/** In which form a comparison is taken along. */
export const comparisonFormats = ["csv", "md", "json"] as const;
export type ComparisonFormat = (typeof comparisonFormats)[number];
export const ExportComparisonQuery = message({ format: z.enum(comparisonFormats).catch("csv") });
