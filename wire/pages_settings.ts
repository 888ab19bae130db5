import { z } from "zod";
import { message, text } from "./message.ts";

export const SettingsQuery = message({
  done: z.enum(["saved"]).optional().catch(undefined),
  /** Of the log of the registry. */
  page_token: text.optional().transform((value) => value || undefined),
});
export type SettingsQuery = z.output<typeof SettingsQuery>;

/** What this browser is to keep. A theme that is not known means the system's. */
export const ReaderForm = message({
  name: text.default("").transform((value) => value.trim()),
  theme: z.enum(["light", "dark"]).or(z.literal("")).catch(""),
});
