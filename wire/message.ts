import { z } from "zod";
import { ApiError, invalid } from "../domain/errors.ts";
import { type Int64, isInt64, parseInt64, plainInt64 } from "../domain/int64.ts";
import { asciiJson } from "../domain/json.ts";
import { mayComeAs, takes } from "./json_form.ts";

/**
 * MLflow's protobuf messages as zod schemas: names in snake_case or camelCase, null as absence, int64 as number or decimal
 * string, doubles with NaN and infinities, enums by name or number. What does not fit is an INVALID_PARAMETER_VALUE in MLflow's
 * words.
 */

/** Text that Postgres can store: no NUL, no half of a surrogate pair. */
export const text = z.string().refine(
  (value) => !value.includes("\0") && value.isWellFormed(),
  "Invalid value for parameter '{field}' supplied: text must not hold NUL characters or unpaired surrogates.",
);

/** Text that must be there and not be empty. */
export const name = takes(text.refine((value) => value !== "", { message: "{missing}", abort: true }), {
  type: "string",
  minLength: 1,
});

const decimal = /^[+-]?\d{1,19}$/;

/** A number as text. R writes round integers so too: 1e+05. */
const numeric = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

const tooLarge =
  `Invalid value for parameter '{field}' supplied: expected an integer from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}.`;

/** An int64, as a number or its text, in the range that a double holds exactly. */
export const int64 = takes(
  z.preprocess(
    (value: Int64 | `${bigint}`) =>
      typeof value === "bigint" || typeof value === "string" && numeric.test(value) ? Number(value) : value,
    z.number().refine(Number.isInteger, { abort: true }).refine(Number.isSafeInteger, tooLarge),
  ).transform((value) => value + 0), // -0 to 0
  {
    anyOf: [
      { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      { type: "string", pattern: numeric.source },
    ],
  },
);

/** Thrown where a number of a request may have lost digits: its body is to be read again, exactly. */
export class InexactInteger extends Error {}

const beyondInt64 =
  "Invalid value for parameter '{field}' supplied: expected an integer from -9223372036854775808 to 9223372036854775807.";

/** An int64 in its whole range. Throws InexactInteger for a number that a double may not hold exactly. */
export const wideInt64 = takes(
  z.preprocess(
    (value: Int64 | `${bigint}`) => {
      if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
        throw new InexactInteger();
      }
      if (typeof value !== "string" || !numeric.test(value)) return value;
      return decimal.test(value) ? parseInt64(value) : Number(value);
    },
    z.custom<Int64>((value) => typeof value === "bigint" || Number.isInteger(value), { abort: true }).refine(
      isInt64,
      beyondInt64,
    ),
  ).transform((value) => typeof value === "bigint" ? plainInt64(value) : value + 0), // -0 to 0
  {
    anyOf: [
      // The doubles next to the ends of the range, within.
      { type: "integer", minimum: -(2 ** 63), maximum: 2 ** 63 - 1024 },
      { type: "string", pattern: numeric.source },
    ],
  },
);

const doubleForm = `${numeric.source}|^[+-]?([iI]nf|Infinity)$|^[nN]a[nN]$`;

/** The double that a text says, as Python reads it; undefined where it says none. */
function doubleOf(text: string): number | undefined {
  if (numeric.test(text)) return Number(text);
  if (/^[nN]a[nN]$/.test(text)) return NaN;
  const [, sign] = /^([+-]?)(?:[iI]nf|Infinity)$/.exec(text) ?? [];
  return sign === undefined ? undefined : sign === "-" ? -Infinity : Infinity;
}

/** A double: a number, "NaN", "Infinity", "-Infinity" or a numeric string. */
export const double = takes(
  z.preprocess(
    (value: number | `${number}` | "NaN" | "Infinity" | "-Infinity") =>
      typeof value === "string" ? doubleOf(value) ?? value : typeof value === "bigint" ? Number(value) : value,
    z.custom<number>((value) => typeof value === "number"),
  ),
  { anyOf: [{ type: "number" }, { type: "string", pattern: doubleForm }] },
);

export const bool = takes(
  z.preprocess(
    (value: boolean | "true" | "false") =>
      typeof value === "string" ? ({ true: true, false: false })[value.toLowerCase()] ?? value : value,
    z.boolean(),
  ),
  { anyOf: [{ type: "boolean" }, { type: "string", pattern: "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$" }] },
);

/**
 * One of the names, or its number counted from `first`, a decimal string too. A name that is not known is as good as absent, as
 * in protobuf; a number that is not known is refused.
 */
export function enumeration<const Names extends readonly [string, ...string[]]>(names: Names, first = 0) {
  const schema = z.preprocess((value: Names[number] | number | undefined): unknown => {
    if (typeof value === "number") return names[value - first] ?? value;
    if (typeof value !== "string") return value;
    return names.find((known) => known === value.toUpperCase()) ??
      (decimal.test(value) && names[Number(value) - first] || undefined);
  }, z.enum(names).optional());
  return takes(schema, {
    anyOf: [
      { enum: [...names] },
      { type: "integer", minimum: first, maximum: first + names.length - 1 },
      { type: "string", description: "Any other name counts as absent." },
    ],
  });
}

const lists = new WeakSet<z.ZodType>();

/** A repeated field; absent is empty. */
export function list<Item extends z.ZodType>(item: Item) {
  const schema = z.array(item).default([]);
  lists.add(schema);
  return schema;
}

const shapes = new WeakMap<z.ZodType, z.ZodRawShape>();

/** An object with these fields. What a request says under an old name counts where it says nothing under the new one. */
export function message<const Shape extends z.ZodRawShape>(
  shape: Shape,
  oldNames: { readonly [field in keyof Shape & string]?: keyof Shape & string } = {},
) {
  const spelling = new Map(Object.keys(shape).flatMap((field) => [[field, field], [camelCase(field), field]]));
  const renamed = Object.entries<string | undefined>(oldNames);
  const object = z.object(shape);
  mayComeAs(object, renamed.map(([old, field = ""]) => [old, field]));
  const schema = z.preprocess(
    (value: z.input<typeof object>): unknown => {
      if (!isObject(value)) return value;
      const fields = respell(value, spelling);
      for (const [old, field = ""] of renamed) {
        if (old in fields && (fields[field] ?? "") === "") fields[field] = fields[old];
      }
      return fields;
    },
    object,
  );
  shapes.set(schema, shape);
  return schema;
}

/** A tag or a param. */
export const keyValue = message({ key: name, value: text.default("") });

/** A parsed request, or an ApiError that names the field, after `path`. Source: MLflow's `_validate_param_against_schema`. */
export function parseMessage<Schema extends z.ZodType>(schema: Schema, input: unknown, path = ""): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw toApiError(result.error.issues[0]!, input, path);
}

/**
 * A query string as the input of a message: repeated fields as lists, others as single values. Of a single value that comes
 * several times `repeats` takes the first, as MLflow does, or all.
 */
export function queryInput(
  schema: z.ZodType,
  query: URLSearchParams,
  repeats: "first" | "all" = "all",
): Record<string, unknown> {
  const shape = shapes.get(schema) ?? {};
  return Object.fromEntries([...new Set(query.keys())].map((key) => {
    const values = query.getAll(key);
    const field = shape[key] as z.ZodType | undefined;
    return [key, field && lists.has(field) || repeats === "all" && values.length > 1 ? values : values[0]];
  }));
}

export const seeDocs = "See the API docs for more information about request parameters.";

export const missingParameter = (field: string): ApiError =>
  invalid(`Missing value for required parameter '${field}'. ${seeDocs}`);

/** What MLflow says of a value of the wrong type or beyond a limit. */
export function invalidParameter(field: string, value: unknown): ApiError {
  return invalid(
    `Invalid value ${asciiJson(value)} for parameter '${field}' supplied:  Hint: Value was of type '${
      pythonType(value)
    }'. ${seeDocs}`,
  );
}

function toApiError(issue: z.core.$ZodIssue, input: unknown, path: string): ApiError {
  const field = path +
    issue.path.map((part, i) => typeof part === "number" ? `[${part}]` : i === 0 ? part : `.${String(part)}`)
      .join("");
  const value = issue.path.reduce<unknown>((at, part) => valueAt(at, part), input);
  if (value === undefined || value === null || issue.message === "{missing}") return missingParameter(field);
  if (issue.code === "custom" && issue.message.includes("{field}")) {
    return invalid(issue.message.replaceAll("{field}", field));
  }
  return invalidParameter(field || "request", value);
}

/** What stands under a field, in either spelling. */
function valueAt(holder: unknown, part: PropertyKey): unknown {
  if (Array.isArray(holder)) return holder[Number(part)];
  if (!isObject(holder)) return undefined;
  return holder[String(part)] ?? holder[camelCase(String(part))];
}

function pythonType(value: unknown): string {
  if (value === null) return "NoneType";
  if (Array.isArray(value)) return "list";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "bigint") return "int";
  const names: Readonly<Record<string, string>> = { string: "str", boolean: "bool", object: "dict" };
  return names[typeof value] ?? typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function camelCase(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The known fields in snake_case; null is absence. */
function respell(value: Record<string, unknown>, spelling: ReadonlyMap<string, string>): Record<string, unknown> {
  const respelled: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    const field = spelling.get(key);
    if (field === undefined || given === null) continue;
    if (field in respelled) {
      throw invalid(`Request specifies both '${field}' and '${camelCase(field)}'; provide only one of them.`);
    }
    respelled[field] = given;
  }
  return respelled;
}
