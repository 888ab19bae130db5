import { z } from "zod";

export type JsonSchema = z.core.JSONSchema.JSONSchema;

const forms = new WeakMap<z.core.$ZodType, JsonSchema | z.ZodType>();

/** Says what a schema takes as JSON where zod cannot tell: a JSON schema, or a zod schema that takes the same. */
export function takes<Schema extends z.ZodType>(schema: Schema, form: JsonSchema | z.ZodType): Schema {
  forms.set(schema, form);
  return schema;
}

const oldNames = new WeakMap<z.core.$ZodType, readonly [old: string, field: string][]>();

/** Says that fields of an object may come under old names, too, which then are fields of their own. */
export function mayComeAs(object: z.ZodObject, names: readonly [old: string, field: string][]): void {
  oldNames.set(object, names);
}

/** An input as a JSON schema: all that is taken, and a little of what is not, for a schema cannot say every rule. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const form = forms.get(zodSchema);
      if (form !== undefined) replace(jsonSchema, isZod(form) ? inputSchema(form) : form);
      if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue;
      if (zodSchema instanceof z.ZodObject) {
        jsonSchema.required = requiredFields(zodSchema);
        for (const [old, field] of oldNames.get(zodSchema) ?? []) allowOldName(jsonSchema, old, field);
      }
    },
  });
}

/** One of the two must be there; an empty one is as good as none. */
function allowOldName(schema: z.core.JSONSchema.BaseSchema, old: string, field: string): void {
  if (!schema.required?.includes(field)) return;
  schema.required = schema.required.filter((name) => name !== field);
  schema.properties = { ...schema.properties, [field]: { type: "string" } };
  schema.anyOf = [{ required: [field] }, { required: [old] }];
}

function replace(schema: z.core.JSONSchema.BaseSchema, by: JsonSchema): void {
  for (const key of Object.keys(schema)) delete schema[key];
  const { $schema: _, ...form } = by;
  Object.assign(schema, form);
}

/** Found by trying: zod takes what a transformation gets for optional. */
const requiredFields = ({ shape }: z.ZodObject): string[] =>
  Object.keys(shape).filter((field) => !z.object({ [field]: shape[field]! }).safeParse({}).success);

/** An answer as a JSON schema. Fields may be added later, so none is ruled out. Schemas with an id stand in `$defs`. */
export function outputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: "output",
    unrepresentable: "any",
    override: ({ jsonSchema }) =>
      void (jsonSchema.additionalProperties === false && delete jsonSchema.additionalProperties),
  });
}

const isZod = (form: JsonSchema | z.ZodType): form is z.ZodType => form instanceof z.ZodType;
