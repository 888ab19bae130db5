import { message, text } from "./message.ts";

/** What somebody who wants to be elsewhere types. */
export const JumpQuery = message({ q: text.default("").transform((value) => value.trim().slice(0, 200)) });
