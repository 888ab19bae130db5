import { invalid } from "../errors.ts";
import type { EntryPoint, Values } from "./project.ts";

export interface Given {
  /** Of all parameters that the entry point declares, in its order: what was given, else the default. */
  declared: Values;
  /** Which it does not declare, in the order in which they were given. */
  extra: Values;
}

/** The values for an entry point. INVALID_PARAMETER_VALUE for a missing one, one given twice, and a `uri` that is none. */
export function valuesFor({ parameters }: EntryPoint, given: Values): Given {
  const values = new Map<string, string>();
  for (const [name, value] of given) {
    if (values.has(name)) throw invalid(`Repeated parameter: '${name}'`);
    values.set(name, value);
  }
  const missing = [...parameters].filter(([name, { default: value }]) => value === undefined && !values.has(name));
  if (missing.length > 0) {
    throw invalid(`No value given for missing parameters: ${missing.map(([name]) => `'${name}'`).join(", ")}`);
  }
  const declared = [...parameters].map(([name, parameter]) => {
    const value = values.get(name) ?? parameter.default ?? "";
    if (parameter.type === "uri" && !isUri(value)) {
      throw invalid(`Expected URI for parameter ${name} but got ${value}`);
    }
    return [name, value] as const;
  });
  return { declared, extra: [...values].filter(([name]) => !parameters.has(name)) };
}

/** Whether a text begins with a scheme: that is all that MLflow looks at. */
export const isUri = (text: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(text);
