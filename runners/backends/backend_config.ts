import { z } from "zod";
import { invalid } from "../../domain/errors.ts";
import { isRecord } from "../../domain/json_values.ts";

/**
 * What `--backend-config` says, as the schema of a backend has it. INVALID_PARAMETER_VALUE, which names the key and what was
 * expected, or the keys that are known where one is not.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  backend: string,
  shape: Shape,
  config: Readonly<Record<string, unknown>>,
): z.output<z.ZodObject<Shape>> {
  const read = z.strictObject(shape).safeParse(config);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const reason = issue === undefined ? "it cannot be read" : told(issue, config, Object.keys(shape));
  throw invalid(`The configuration of the backend '${backend}' is wrong: ${reason}.`);
}

function told(issue: z.core.$ZodIssue, config: unknown, known: readonly string[]): string {
  const key = issue.path.map(String).join(".");
  if (issue.code !== "unrecognized_keys") {
    return `'${key}' ${isMissing(config, issue.path) ? "is missing: it " : ""}${issue.message}`;
  }
  const names = issue.keys.map((name) => `'${[key, name].filter(Boolean).join(".")}'`).join(", ");
  return `it knows no ${names}${key === "" ? `; the keys are ${known.join(", ") || "none"}` : ""}`;
}

function isMissing(config: unknown, path: readonly PropertyKey[]): boolean {
  const value = path.reduce(
    (at: unknown, key) => isRecord(at) || Array.isArray(at) ? Reflect.get(at, key) : undefined,
    config,
  );
  return value === undefined;
}

/** A text that a program takes as one word: not empty, and without line breaks and NUL. */
export const word = z.string({ error: "must be a text" }).regex(/^[^\0\r\n]+$/, {
  error: "must be a text of one line, and not empty",
});

export const words = z.array(word, { error: "must be a list of texts" });

/** Names with texts. Numbers and truth values, as JSON has them, are taken for their texts. */
export const settings = z.record(
  word,
  z.union([z.string(), z.number(), z.boolean()], { error: "must be a text" }).transform(String),
  { error: "must be an object of names and texts" },
);

/** A whole number from `least` up. */
export const count = (least: number) => {
  const error = `must be a whole number from ${least} up`;
  return z.int({ error }).min(least, { error });
};

/** An object that goes on to the other system as it is. */
export const anything = z.record(z.string(), z.unknown(), { error: "must be an object" });
