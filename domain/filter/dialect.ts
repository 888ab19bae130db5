import type { Entity, Field, Operator } from "./ast.ts";
import { presence, symbols, words } from "./ast.ts";

/** A key that has a meaning of its own: a column, not something that the user named. */
export interface KnownKey {
  readonly key: string;
  readonly type: "string" | "number";
  /** Where not every operator of the type makes sense. */
  readonly operators?: readonly Operator[];
  /** Why a value cannot be compared with, in MLflow's words. `text` is the value as written. */
  readonly refuse?: (value: string | number, text: string) => string | undefined;
  /** The value in the spelling of the column. */
  readonly spell?: (value: string) => string;
  /** Whether its numbers may stand in quotes. */
  readonly quoted?: boolean;
}

/** Where more than its entity decides about a field. */
export interface FieldRules {
  /** Of the values that it is compared with. */
  readonly type?: Field["type"];
  readonly operators?: readonly Operator[];
  /** Why there is no such field, in MLflow's words. */
  readonly problem?: string;
}

/** What one search lets its filter speak of, and MLflow's words for what it refuses. */
export interface Dialect {
  /** What may stand before the first dot. */
  readonly prefixes: ReadonlyMap<string, Entity>;
  /** The keys of the entities that do not take any key. */
  readonly known: {
    readonly attribute: ReadonlyMap<string, KnownKey>;
    readonly dataset?: ReadonlyMap<string, KnownKey>;
  };
  /** What holds for a field beside or instead of what its entity says. */
  rules?(field: Field, operator: string): FieldRules;
  /** Whether strings need no quotes, and keys with dashes and slashes neither. */
  readonly lax: boolean;
  readonly texts: {
    /** `clause` is the tokens that make no sense. */
    clause(filter: string, clause: readonly string[]): string;
    severalStatements(filter: string): string;
    blank(filter: string): string;
    prefix(prefix: string): string;
    operator(field: Field, operator: string, allowed: readonly Operator[]): string;
    /** A value of an attribute that has to be a string and is none. Without it: runs' words. */
    notString?(key: string, text: string): string;
  };
}

const numeric: readonly Operator[] = [...symbols, ...words.filter((word) => !word.endsWith("LIKE")), ...presence];
const textual: readonly Operator[] = ["=", "!=", ...words, ...presence];

export const operatorsOf = (type: "string" | "number"): readonly Operator[] => type === "number" ? numeric : textual;

/** A field and what is special about its key. */
export interface Resolved {
  readonly field: Field;
  readonly known?: KnownKey;
}

const isQuoted = (text: string, quote: string): boolean =>
  text.length >= 2 && text.startsWith(quote) && text.endsWith(quote);

const without = (text: string, ...quotes: string[]): string =>
  quotes.some((quote) => isQuoted(text, quote)) ? text.slice(1, -1) : text;

export const listed = (keys: Iterable<string>): string => `{${[...keys].map((key) => `'${key}'`).join(", ")}}`;

/** The field that a name in a filter or an order means, or MLflow's words for why there is none. */
export function resolve(name: string, dialect: Dialect): Resolved | string {
  const dot = name.indexOf(".");
  const prefix = dot < 0 ? "attribute" : without(name.slice(0, dot), "`");
  const entity = dot < 0 ? "attribute" : dialect.prefixes.get(prefix);
  if (entity === undefined) return dialect.texts.prefix(prefix);
  const key = without(without(name.slice(dot + 1), "'", '"'), "`");
  const keys = entity === "attribute" || entity === "dataset" ? dialect.known[entity] : undefined;
  if (keys === undefined) return { field: { entity, key, type: entity === "metric" ? "number" : "string" } };
  const known = keys.get(key);
  if (known === undefined) return `Invalid ${entity} key '${key}' specified. Valid keys are '${listed(keys.keys())}'`;
  return { field: { entity, key: known.key, type: known.type }, known };
}

/** MLflow's text for an operator that a field does not have. */
export const notOneOf = (_field: Field, operator: string, allowed: readonly Operator[]): string =>
  `Invalid comparator '${operator}' not one of '${listed(allowed)}'`;

/** The words that the searches of MLflow's first years share. */
export const commonTexts = {
  clause: (_filter: string, clause: readonly string[]): string =>
    `Invalid clause(s) in filter string: ${clause.map((token) => `'${token}'`).join(", ")}`,
  severalStatements: (filter: string): string =>
    `Search filter contained multiple expression ${repr(filter)}. Provide AND-ed expression list.`,
  blank: (filter: string): string => `Invalid filter '${filter}'. Could not be parsed.`,
};

const described = (keys: readonly (KnownKey | string)[]): [string, KnownKey][] =>
  keys.map((known) => typeof known === "string" ? [known, { key: known, type: "string" }] : [known.key, known]);

/** The known keys of an entity with their other spellings. A bare name is a string. */
export function keyTable(
  keys: readonly (KnownKey | string)[],
  aliases: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, KnownKey> {
  const table = new Map(described(keys));
  for (const [alias, key] of Object.entries(aliases)) {
    const known = table.get(key);
    if (known !== undefined) table.set(alias, known);
  }
  return table;
}

/** A Python string literal, as MLflow's messages show what they were given. */
export function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return `${quote}${text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll(quote, `\\${quote}`)}${quote}`;
}
