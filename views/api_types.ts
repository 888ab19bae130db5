import type { JsonSchema } from "../wire/json_form.ts";
import type { OpenApi, Parameter } from "../wire/openapi.ts";

/** JSON schemas as people read them: rows of fields, and names of types. */

export interface Field {
  /** `metrics[].key` for a field of a list's entries. */
  name: string;
  type: TypeName;
  required: boolean;
  note?: string | undefined;
  /** As JSON. */
  usual?: string | undefined;
}

/** `of` is the name of an object that is described elsewhere. */
export interface TypeName {
  text: string;
  of?: string;
}

const parts = (schema: JsonSchema): JsonSchema[] => schema.anyOf?.flatMap(parts) ?? [schema];

const isList = ({ type }: JsonSchema): boolean => type === "array" || Array.isArray(type) && type.includes("array");

const itemsOf = ({ items }: JsonSchema): JsonSchema => typeof items === "object" && !Array.isArray(items) ? items : {};

/** The object among the forms that a body may have. */
const objectOf = (schema: JsonSchema): JsonSchema | undefined => parts(schema).find((part) => part.properties);

/** A type in a few words. What every field of its kind takes beside (numbers as text, null) is said once, above. */
export function typeName(schema: JsonSchema): TypeName {
  const names = parts(schema).map(oneType).filter(({ text }) => text !== "");
  const numeric = names.some(({ text }) => text === "integer" || text === "number" || text === "boolean");
  const shown = names.filter(({ text }, i) =>
    !(numeric && text === "text") && names.findIndex((other) => other.text === text) === i
  );
  const of = shown.find((name) => name.of)?.of;
  return { text: shown.map(({ text }) => text).join(" or ") || "any", ...(of && { of }) };
}

function oneType(schema: JsonSchema): TypeName {
  const { $ref, enum: values, const: only, type, prefixItems } = schema;
  if ($ref) return { text: nameOf($ref), of: nameOf($ref) };
  if (values) return { text: values.filter((value) => value !== null).join(" | ") };
  if (only !== undefined) return { text: JSON.stringify(only) };
  if (prefixItems) {
    return { text: `[${prefixItems.map((item) => typeName(typeof item === "object" ? item : {}).text).join(", ")}]` };
  }
  if (isList(schema)) {
    const { text, of } = typeName(itemsOf(schema));
    return { text: `list of ${text === "object" ? "objects" : text}`, ...(of && { of }) };
  }
  const name = [type].flat().find((one) => one !== "null");
  return { text: name === "string" ? "text" : name ?? "" };
}

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

/** The fields of an object, each followed by those of the objects in it. */
export function fieldsOf(schema: JsonSchema, path = ""): Field[] {
  const { properties = {}, required = [] } = objectOf(schema) ?? {};
  return Object.entries(properties).flatMap(([name, field]) => {
    if (typeof field !== "object") return [];
    const inner = isList(field) ? itemsOf(field) : field;
    return [
      {
        name: path + name,
        type: typeName(field),
        required: required.includes(name),
        note: field.description,
        usual: usualOf(field),
      },
      ...fieldsOf(inner, `${path}${name}${isList(field) ? "[]" : ""}.`),
    ];
  });
}

export const parameterField = ({ name, required, description, schema }: Parameter): Field => ({
  name,
  type: typeName(schema),
  required,
  note: description,
  usual: usualOf(schema),
});

/** A default that says something: that nothing stands for nothing needs no word. */
function usualOf({ default: usual }: JsonSchema): string | undefined {
  const text = JSON.stringify(usual);
  return text === undefined || text === "[]" || text === '""' ? undefined : text;
}

/** The JSON schema of a request's body or of its answer; undefined for a file or none. */
export const jsonOf = (content: OpenApi["components"]["responses"][string]["content"] | undefined) =>
  content?.["application/json"]?.schema;

/** A value for each field that a request should have. */
export function exampleOf(schema: JsonSchema): Record<string, unknown> {
  const { properties = {}, required = [] } = objectOf(schema) ?? {};
  const all = Object.entries(properties).flatMap(([name, field]): [string, JsonSchema][] =>
    typeof field === "object" ? [[name, field]] : []
  );
  const needed = all.filter(([name, field]) =>
    required.includes(name) || name === "run_id" || objectOf(itemsOf(field)) !== undefined
  );
  const shown = needed.length > 0 ? needed : all.filter(([, field]) => field.examples).slice(0, 3);
  return Object.fromEntries(shown.map(([name, field]) => [name, valueOf(name, field)]));
}

/** An example of one field. */
export function valueOf(name: string, schema: JsonSchema): unknown {
  const [example] = schema.examples ?? [];
  if (example !== undefined) return example;
  if (isList(schema)) return objectOf(itemsOf(schema)) ? [exampleOf(itemsOf(schema))] : [];
  const object = objectOf(schema);
  if (object) return exampleOf(object);
  const [first] = parts(schema);
  if (first?.enum) return first.enum[0];
  return first?.type === "integer" || first?.type === "number" ? 1 : name;
}
