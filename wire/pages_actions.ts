import { z } from "zod";
import { checkLength, limits } from "../domain/names.ts";
import { list, message, name, text } from "./message.ts";

/** The pages and forms of what is done to chosen runs. `back` is the query of the table to return to, without "?". */

const ofRuns = { experiment_id: name, runs: list(text), back: text.default("") };

export const RunActQuery = message(ofRuns);
export type RunActQuery = z.output<typeof RunActQuery>;

/** Delete and restore. */
export const RunsForm = message(ofRuns);
export const TagRunsForm = message({ ...ofRuns, key: name, value: text.default("") });
export const UntagRunsForm = message({ ...ofRuns, key: name });
export const RenameRunsForm = message({
  ...ofRuns,
  run_name: name.transform((value) => {
    checkLength(value, limits.runTagValue, "run_name");
    return value;
  }),
});
/** `to` is the name of an experiment, or its id where no experiment is called so. */
export const MoveRunsForm = message({ ...ofRuns, to: name });
export const UndoForm = message({ experiment_id: name, change: name, back: text.default("") });
