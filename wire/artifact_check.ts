import { bool, message } from "./message.ts";

/** `repair` makes the notes follow the store. */
export const CheckArtifacts = message({ repair: bool.default(false) });
