import { join, sep } from "node:path";
import { invalid } from "../domain/errors.ts";
import { isMissing } from "./file_errors.ts";

/** Holds files while they arrive: in the root, because a rename is atomic only within one file system. */
export const arrivals = ".weir-tmp";

/** Where `path` really is, all links followed. Undefined when there is nothing. */
export async function located(root: string, path: string): Promise<string | undefined> {
  try {
    return within(root, await Deno.realPath(join(root, path)));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** `real`, refused when it is outside the root or among the arrivals. */
export function within(root: string, real: string): string {
  const inRoot = real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
  const arriving = join(root, arrivals);
  if (!inRoot || real === arriving || real.startsWith(arriving + sep)) throw invalid("Invalid path");
  return real;
}
