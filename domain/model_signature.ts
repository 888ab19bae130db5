import { isRecord } from "./json_values.ts";

/** What a model takes and gives, as its MLmodel says it: JSON of MLflow's column, tensor and parameter specifications. */

export interface SignatureField {
  /** "" where columns have no names. */
  name: string;
  /** "double", "array(string)", "{a: long, b?: string}", "float64 tensor". */
  type: string;
  /** Of a tensor or of a list of params: "(−1, 13)". */
  shape?: string;
  /** Of a column. */
  required?: boolean;
  /** Of a param, as JSON. */
  default?: string;
}

export interface Signature {
  inputs?: SignatureField[];
  outputs?: SignatureField[];
  params?: SignatureField[];
}

/** Fields of one part that are kept. */
const mostFields = 2_000;

/** Reads `signature` of an MLmodel. What is wrong with a part is added to `faults` as a sentence. */
export function readSignature(value: unknown, faults: string[]): Signature | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) {
    faults.push("signature is not a map of inputs, outputs and params.");
    return undefined;
  }
  const part = (name: keyof Signature): SignatureField[] | undefined => {
    const json = value[name];
    if (json === undefined || json === null) return undefined;
    const list = typeof json === "string" ? tryParse(json) : json;
    if (Array.isArray(list)) return list.slice(0, mostFields).map(fieldOf);
    faults.push(`signature.${name} is not a JSON list.`);
  };
  const inputs = part("inputs"), outputs = part("outputs"), params = part("params");
  return { ...(inputs && { inputs }), ...(outputs && { outputs }), ...(params && { params }) };
}

function tryParse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function fieldOf(spec: unknown): SignatureField {
  if (!isRecord(spec)) return { name: "", type: shortText(spec) };
  const name = typeof spec.name === "string" ? spec.name : typeof spec.name === "number" ? String(spec.name) : "";
  const tensor = spec["tensor-spec"];
  if (isRecord(tensor)) {
    return {
      name,
      type: shortText(tensor.dtype),
      ...(Array.isArray(tensor.shape) && { shape: shapeText(tensor.shape) }),
    };
  }
  return {
    name,
    type: typeText(spec, 0),
    ...(Array.isArray(spec.shape) && { shape: shapeText(spec.shape) }),
    ...(typeof spec.required === "boolean" && { required: spec.required }),
    ...("default" in spec && { default: JSON.stringify(spec.default) }),
  };
}

const shapeText = (shape: readonly unknown[]): string => `(${shape.map((size) => shortText(size)).join(", ")})`;

const shortText = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "?" : JSON.stringify(value).slice(0, 200);

/** Types within types, so deep; what lies deeper is "…". */
const deepestType = 8;

function typeText(spec: unknown, depth: number): string {
  if (!isRecord(spec) || depth > deepestType) return depth > deepestType ? "…" : shortText(spec);
  const { type, items, properties, values } = spec;
  if (type === "array") return `array(${typeText(items, depth + 1)})`;
  if (type === "map") return `map(${typeText(values, depth + 1)})`;
  if (type !== "object" || !isRecord(properties)) return shortText(type);
  const fields = Object.entries(properties).slice(0, 100).map(([key, inner]) =>
    `${key}${isRecord(inner) && inner.required === false ? "?" : ""}: ${typeText(inner, depth + 1)}`
  );
  return `{${fields.join(", ")}}`;
}
