import { printValue } from "./filter/print.ts";

/** What is worth showing of a dataset. */

/** Where a dataset came from, in a line: the address in its JSON, or what else it says. */
export function sourceLine(source: string): string {
  const parsed = parsedObject(source);
  if (parsed === undefined) return source;
  const address = ["uri", "url", "path", "table_name", "delta_table_name", "name", "sql"]
    .map((field) => parsed[field]).find((value) => typeof value === "string" && value !== "");
  if (typeof address === "string") return address;
  const tags = parsed["tags"];
  const code = isObject(tags) ? tags["mlflow.source.name"] : undefined;
  return typeof code === "string" ? code : "";
}

/** The page of a source, where it is on the web. */
export function sourcePage(source: string): string | undefined {
  const line = sourceLine(source);
  return /^https?:\/\/[^\s]+$/i.test(line) && URL.canParse(line) ? line : undefined;
}

/** How many columns a schema has, as far as it says so. */
export function columnCount(schema: string | null): number | undefined {
  const columns = schema === null ? undefined : parsedObject(schema)?.["mlflow_colspec"];
  return Array.isArray(columns) ? columns.length : undefined;
}

/** The filter of runs that were given a dataset. */
export const datasetFilter = ({ name, digest }: { name: string; digest: string }): string =>
  `dataset.name = ${printValue(name)} AND dataset.digest = ${printValue(digest)}`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
