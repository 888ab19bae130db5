import { z } from "zod";
import { type ErrorCode, statusOf } from "../domain/errors.ts";
import { type FieldNote, fieldNotes } from "./field_notes.ts";
import { inputSchema, type JsonSchema, outputSchema } from "./json_form.ts";

/** One request that the server answers, as it is to be described. */
export interface Operation {
  method: string;
  /** Of the URL; parameters as `{name}`. */
  path: string;
  /** What it belongs to, such as "runs". */
  tag: string;
  summary: string;
  input: z.ZodType;
  /** "file": any bytes; `z.never()`: nothing but errors. */
  output: z.ZodType | "file";
  /** The body is a file; all input stands in the URL. */
  takesFile?: boolean;
  /** All input stands in the URL, though the method is not GET. */
  inQuery?: boolean;
}

/** A query or path parameter. */
export interface Parameter {
  name: string;
  in: "path" | "query";
  required: boolean;
  description?: string;
  schema: JsonSchema;
}

export interface Content {
  content: Readonly<Record<string, { schema: JsonSchema }>>;
}

export interface DescribedOperation {
  operationId: string;
  tags: readonly string[];
  summary: string;
  parameters?: readonly Parameter[];
  requestBody?: Content & { required: boolean };
  responses: Readonly<Record<string, (Content & { description: string }) | { $ref: string }>>;
}

/** An OpenAPI 3.1 document, as far as it is used here. */
export interface OpenApi {
  openapi: "3.1.0";
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } };
  tags: readonly { name: string }[];
  paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  components: {
    schemas: Readonly<Record<string, JsonSchema>>;
    responses: Readonly<Record<string, Content & { description: string }>>;
  };
}

/** Describes these operations. `version` is the server's; `description` may have Markdown. */
export function openApi(operations: readonly Operation[], version: string, description: string): OpenApi {
  const schemas: Record<string, JsonSchema> = { Error: errorSchema };
  const paths: Record<string, Record<string, DescribedOperation>> = {};
  for (const operation of operations) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation, schemas);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Weir", version, description, license: { name: "Apache 2.0", identifier: "Apache-2.0" } },
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas, responses: Object.fromEntries(refusals.map((one) => [one.name, refusal(one)])) },
  };
}

function describe(operation: Operation, schemas: Record<string, JsonSchema>): DescribedOperation {
  const { method, path, tag, summary, output } = operation;
  const input = noted(inputSchema(operation.input));
  const { properties = {}, required = [] } = input;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name));
  const inQuery = method === "GET" || operation.takesFile || operation.inQuery ? rest : [];
  const parameters = [
    ...inPath.map((name) => parameter(name, "path", properties[name], true)),
    ...inQuery.map((name) => parameter(name, "query", properties[name], required.includes(name))),
  ];
  const body = operation.takesFile
    ? { required: false, content: { "application/octet-stream": { schema: {} } } }
    : !operation.inQuery && method !== "GET" && (method !== "DELETE" || rest.length > 0) &&
      bodyOf(operation.input, input, inPath);
  return {
    operationId: `${method.toLowerCase()}_${
      path.replace(/^\/(api\/(2\.0\/mlflow\/)?)?/, "").replace(/^3\.0\/mlflow/, "v3").match(/\w+/g)!.join("_")
    }`,
    tags: [tag],
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: {
      ...(output instanceof z.ZodNever
        ? { 501: { $ref: "#/components/responses/NotServed" } }
        : { 200: { description: "Done.", ...(output === "file" ? file : json(answerSchema(output, schemas))) } }),
      ...Object.fromEntries(
        refusals.filter(({ status }) => status !== 501).map((
          { status, name },
        ) => [status, { $ref: `#/components/responses/${name}` }]),
      ),
    },
  };
}

function parameter(name: string, place: "path" | "query", field: Field | undefined, required: boolean): Parameter {
  const { description, ...schema } = asSchema(field);
  return { name, in: place, required, ...(description && { description }), schema };
}

/** The body of a request. A field that need not be there may be null; where none must, so may the body. */
function bodyOf(schema: z.ZodType, input: JsonSchema, inPath: readonly string[]): Content & { required: boolean } {
  const { $schema: _, properties = {}, required = [], ...rest } = input;
  const names = required.filter((name) => !inPath.includes(name));
  const object: JsonSchema = nullable({
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !inPath.includes(name))),
    ...(names.length > 0 && { required: names }),
  });
  const lenient = schema.safeParse(Object.fromEntries(inPath.map((name) => [name, "x"]))).success;
  return { required: !lenient, ...json(lenient ? { anyOf: [object, { type: "null" }] } : object) };
}

type Field = JsonSchema | boolean;
const asSchema = (field: Field | undefined): JsonSchema => typeof field === "object" ? field : {};

const json = (schema: JsonSchema): Content => ({ content: { "application/json": { schema } } });
const file: Content = { content: { "*/*": { schema: {} } } };

/** An answer; its named parts go to `schemas`. */
function answerSchema(output: z.ZodType, schemas: Record<string, JsonSchema>): JsonSchema {
  const { $schema: _, $defs = {}, ...schema } = noted(outputSchema(output));
  for (const [name, part] of Object.entries($defs)) schemas[name] = relocated(part);
  return relocated(schema);
}

/** A schema with each of its parts changed, from the inside out; `change` gets each object schema with its parts in place. */
function changed(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const one = (field: Field) => typeof field === "object" ? changed(field, change) : field;
  const record = (fields: Readonly<Record<string, Field>>) =>
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, one(field)]));
  const { properties, $defs, items, prefixItems, anyOf } = schema;
  return change({
    ...schema,
    ...(properties && { properties: record(properties) }),
    ...($defs && { $defs: Object.fromEntries(Object.entries($defs).map(([id, part]) => [id, changed(part, change)])) }),
    ...(typeof items === "object" && !Array.isArray(items) && { items: changed(items, change) }),
    ...(prefixItems && { prefixItems: prefixItems.map(one) }),
    ...(anyOf && { anyOf: anyOf.map((part) => changed(part, change)) }),
  });
}

const relocated = (schema: JsonSchema): JsonSchema =>
  changed(
    schema,
    (part) =>
      part.$ref === undefined ? part : { ...part, $ref: part.$ref.replace("#/$defs/", "#/components/schemas/") },
  );

/** With what the fields mean. */
const noted = (schema: JsonSchema): JsonSchema =>
  changed(schema, (part) => {
    if (part.properties === undefined) return part;
    const fields = Object.entries(part.properties).map(([name, field]): [string, Field] => {
      const known = Object.hasOwn(fieldNotes, name) ? fieldNotes[name] : undefined;
      return [
        name,
        known === undefined ? field : { description: known.note, ...exampleOf(known, field), ...asSchema(field) },
      ];
    });
    return { ...part, properties: Object.fromEntries(fields) };
  });

/** The example of a note where the field takes what it is. */
function exampleOf({ example }: FieldNote, field: Field): { examples?: [z.core.util.JSONType] } {
  if (example === undefined) return {};
  const { type, anyOf = [] } = asSchema(field);
  const types = [type, ...anyOf.map((part) => part.type)].flat();
  if (types.includes("number") && Number.isFinite(Number(example))) return { examples: [Number(example)] };
  const fits = types.includes(Array.isArray(example) ? "array" : typeof example === "number" ? "integer" : "string") ||
    anyOf.some((part) => part.enum?.some((value) => value === example));
  return fits ? { examples: [example] } : {};
}

/** Null counts as absence, so it may stand wherever a field may be absent. */
const nullable = (schema: JsonSchema): JsonSchema =>
  changed(schema, (part) => {
    if (part.properties === undefined) return part;
    const fields = Object.entries(part.properties).map(([name, field]): [string, Field] => [
      name,
      part.required?.includes(name) ? field : orNull(asSchema(field)),
    ]);
    return { ...part, properties: Object.fromEntries(fields) };
  });

function orNull(schema: JsonSchema): JsonSchema {
  if (schema.anyOf) return { ...schema, anyOf: [...schema.anyOf, { type: "null" }] };
  const { type, enum: values } = schema;
  if (typeof type !== "string") return schema;
  return { ...schema, type: [type, "null"], ...(values && { enum: [...values, null] }) };
}

const errorSchema: JsonSchema = {
  type: "object",
  description: "What went wrong, as MLflow says it.",
  properties: {
    error_code: { type: "string", description: "What kind of error it is." },
    message: { type: "string", description: "What is wrong, for people. Not to be matched." },
  },
  required: ["error_code", "message"],
};

export interface Refusal {
  /** Of HTTP. */
  status: number;
  name: string;
  sentence: string;
  codes: readonly ErrorCode[];
}

/** The answers other than success, one for each status that a request can bring about. */
export const refusals: readonly Refusal[] = ([
  [400, "Refused", "The request is wrong: a field is missing, of the wrong type or beyond a limit."],
  [401, "Unauthorized", "This needs a token that the request does not bear, or one that is good."],
  [403, "Forbidden", "This is not allowed, or the request comes from a page of another site."],
  [404, "NotFound", "What the request names is not there."],
  [409, "Conflict", "The state of what the request names does not allow it."],
  [429, "TooMany", "Too many requests at once. `Retry-After` says when to try again (s)."],
  [501, "NotServed", "This part of MLflow's protocol is not served."],
  [
    503,
    "Unavailable",
    "The database cannot be reached or is too busy. Nothing was done; `Retry-After` says when to try again (s).",
  ],
] as const).map(([status, name, sentence]) => {
  const codes = (Object.keys(statusOf) as ErrorCode[]).filter((code) => statusOf[code] === status);
  return { status, name, sentence, codes };
});

function refusal({ sentence, codes }: Refusal): Content & { description: string } {
  const code: JsonSchema = { properties: { error_code: { enum: [...codes] } } };
  return { description: sentence, ...json({ allOf: [{ $ref: "#/components/schemas/Error" }, code] }) };
}
