import { z } from "zod";
import { int64, list, message, name, text } from "./message.ts";

/** The query string and the forms of the bin. What is not known means the usual choice, as in `pages.ts`. */

const flag = z.preprocess((value) => value !== undefined && value !== "", z.boolean());

export const BinQuery = message({
  page_token: text.optional().transform((value) => value || undefined),
  /** Chosen things, such as `run:<run_id>`. */
  things: list(text),
  /** Asks before purging the chosen things, or all. */
  confirm: z.enum(["things", "all"]).optional().catch(undefined),
  /** What was typed to confirm was something else. */
  wrong: flag,
  done: z.enum(["restored", "asked"]).optional().catch(undefined),
  /** Nothing but the purges, for the page to show how far they are. */
  only: z.enum(["purges"]).optional().catch(undefined),
});
export type BinQuery = z.output<typeof BinQuery>;

export const BinThingsForm = message({ things: list(text) });
export const PurgeForm = message({
  things: list(text),
  /** Of all that is in the bin, what was deleted until then; milliseconds since the epoch. */
  until: int64.exactOptional(),
  force: flag,
  /** The name of the one thing, or a word. */
  typed: text.default(""),
});
export const CancelPurgeForm = message({ purge_id: name });
