import { anyone } from "../../domain/permissions.ts";
import { type Change, checkTexts } from "../../domain/registry.ts";
import type { FormRequest } from "../page.tsx";

const longestName = 100;

/** Who changes the registry by a form, when and why. The browser remembers the name for the next time. */
export function changeOf(
  { reader, now }: FormRequest,
  { who, comment = "" }: { who?: string | undefined; comment?: string },
): Change {
  checkTexts({ comment });
  // Whole characters: half of one is no text.
  const given = who === undefined ? reader.name : [...who].slice(0, longestName).join("");
  if (given !== reader.name) reader.remember("name", given);
  return { who: given.toWellFormed() || anyone.kind, now: now(), ...(comment !== "" && { comment }) };
}
