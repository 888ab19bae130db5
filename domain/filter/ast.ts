/** A filter as a tree. Every search (runs, experiments, logged models, ...) parses its text to this and nothing else. */

/** What a field belongs to. "attribute" is the thing itself: its name, its times, its status. */
export type Entity =
  | "attribute"
  | "metric"
  | "parameter"
  | "tag"
  | "dataset"
  // Of traces only.
  | "metadata"
  | "span"
  | "feedback"
  | "expectation"
  | "issue";

export interface Field {
  readonly entity: Entity;
  readonly key: string;
  readonly type: "string" | "number";
}

/** Where something stands in the filter's text, in UTF-16 code units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export const symbols = [">", ">=", "=", "!=", "<", "<="] as const;
export const words = ["LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "IN", "NOT IN", "BETWEEN", "NOT BETWEEN"] as const;
export const presence = ["IS NULL", "IS NOT NULL"] as const;
/** RLIKE, for a regular expression, is there for traces only. */
export type Operator = "RLIKE" | (typeof symbols)[number] | (typeof words)[number] | (typeof presence)[number];

/**
 * One clause. `values` has none for IS NULL, two for BETWEEN, any number for IN, else one; they are of the field's type.
 * An absent field matches IS NULL only. NaN matches `!=`, NOT IN and IS NOT NULL only. A field that has several values
 * (the datasets of a run) matches when one of them does.
 */
export interface Comparison {
  readonly kind: "comparison";
  readonly field: Field;
  readonly operator: Operator;
  readonly values: readonly (string | number)[];
  readonly at: Span;
}

/** `and` of nothing matches everything, `or` of nothing matches nothing. */
export interface Combination {
  readonly kind: "and" | "or";
  readonly terms: readonly Filter[];
}

export interface Negation {
  readonly kind: "not";
  readonly term: Filter;
}

export type Filter = Comparison | Combination | Negation;

export const everything: Filter = { kind: "and", terms: [] };
export const nothing: Filter = { kind: "or", terms: [] };

export const isEverything = (filter: Filter): boolean => filter.kind === "and" && filter.terms.length === 0;
export const isNothing = (filter: Filter): boolean => filter.kind === "or" && filter.terms.length === 0;

/** The terms joined, with terms of the same kind taken apart and a single term left bare: one tree for one meaning. */
export function combine(kind: "and" | "or", terms: readonly Filter[]): Filter {
  const flat = terms.flatMap((term) => term.kind === kind ? term.terms : [term]);
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind, terms: flat };
}

/** The clauses that all have to hold: what a page shows as chips. */
export const conjuncts = (filter: Filter): readonly Filter[] => filter.kind === "and" ? filter.terms : [filter];

/** Every comparison of the tree, from left to right. */
export function comparisons(filter: Filter): Comparison[] {
  if (filter.kind === "comparison") return [filter];
  return filter.kind === "not" ? comparisons(filter.term) : filter.terms.flatMap(comparisons);
}
