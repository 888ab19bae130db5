import { resolve } from "node:path";
import { Refused } from "./server.ts";

/** What `--backend-config` holds: JSON, or the path of a file that ends in `.json`. Throws a Refused for what is no object. */
export async function backendConfig(text: string | undefined, cwd: string): Promise<Record<string, unknown>> {
  if (text === undefined) return {};
  const json = text.endsWith(".json") ? await readFile(resolve(cwd, text)) : text;
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below.
  }
  throw new Refused(
    '--backend-config must be a JSON object, such as \'{"master": "local[2]"}\', or a file that holds one.',
  );
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    throw new Refused(`--backend-config names ${path}, but there is no such file.`);
  }
}
