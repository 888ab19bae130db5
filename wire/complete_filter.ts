import { z } from "zod";
import { int64, message, name, text } from "./message.ts";

/** How a filter of runs can go on where somebody is typing. */
export const CompleteFilter = message({
  experiment_id: name,
  filter: text.default(""),
  /** Of the caret, in UTF-16 code units; the end of the filter when nobody says. */
  at: int64.exactOptional(),
});

export const Completions = z.object({
  /** What a completion replaces. */
  from: z.int(),
  to: z.int(),
  completions: z.array(z.object({ text: z.string(), note: z.string() })),
});
