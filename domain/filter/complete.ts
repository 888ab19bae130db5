import { checkText, type Token, tokenize } from "./tokens.ts";
import { type Dialect, operatorsOf, resolve } from "./dialect.ts";
import type { Entity, Field } from "./ast.ts";
import { escaped } from "./escapes.ts";
import { FilterError } from "./error.ts";
import { printField, printValue } from "./print.ts";

/** What can stand where somebody is typing in a filter, found without understanding the whole of it. */
export type Expected =
  | { kind: "field" }
  | { kind: "operator"; field: Field }
  /** `listed`: inside of the parentheses of IN. `second`: another one follows after AND. */
  | { kind: "value" | "joint"; field: Field; listed: boolean; second: boolean };

export interface Place {
  expected: Expected;
  /** What of it is written already, without quotes. */
  begun: string;
  /** What a completion replaces, in UTF-16 code units. */
  from: number;
  to: number;
}

/** One way to go on. */
export interface Completion {
  /** What it puts into the filter. */
  text: string;
  /** What it is: "metric", "param", "operator", "12 runs". */
  note: string;
}

/** The place at `at` of a filter; undefined where nothing can be completed. */
export function placeAt(text: string, at: number, dialect: Dialect): Place | undefined {
  const head = text.slice(0, at);
  const quote = openQuote(head);
  const inKey = quote === undefined ? undefined : /[\p{L}_]+\s*\.\s*$/u.exec(head.slice(0, quote))?.[0];
  const isKey = quote !== undefined && (inKey !== undefined || head[quote] === "`");
  const from = quote === undefined
    ? at - (/(?:[\p{L}\p{N}\p{M}_$#@:./-]|`(?:``|[^`])*`|(?<=\.)"[^"]*")*$/u.exec(head)?.[0].length ?? 0)
    : quote - (inKey?.length ?? 0);
  try {
    checkText(text);
    const expected = expectedAfter(tokenize(head.slice(0, from)), dialect);
    if (expected === undefined || isKey && expected.kind !== "field") return undefined;
    if (quote !== undefined && !isKey && expected.kind !== "value") return undefined;
    const begun = head.slice(isKey || quote === undefined ? from : from + 1).replaceAll(
      /[`"]|(?<=\.)\s+|\s+(?=\.)/g,
      "",
    );
    return { expected, begun, from, to: at + restLength(text.slice(at), head[quote ?? -1]) };
  } catch (error) {
    if (error instanceof FilterError) return undefined;
    throw error;
  }
}

/** Where the last quote begins that is not closed. */
function openQuote(head: string): number | undefined {
  const closed = /'(?:''|\\'|[^'])*'|"(?:""|\\"|[^"])*"|`(?:``|[^`])*`|[^'"`]/y;
  let at = 0;
  while (at < head.length) {
    closed.lastIndex = at;
    const found = closed.exec(head);
    if (found === null) return at;
    at += found[0].length;
  }
  return undefined;
}

/** How much behind the caret belongs to what is being typed. */
function restLength(rest: string, quote: string | undefined): number {
  if (quote === undefined) return /^[\p{L}\p{N}\p{M}_$#@:./-]*/u.exec(rest)?.[0].length ?? 0;
  const closing = rest.indexOf(quote);
  return closing >= 0 && !/\s/.test(rest.slice(0, closing)) ? closing + 1 : 0;
}

const isWord = (token: Token, ...words: string[]): boolean =>
  token.kind === "name" && words.includes(token.text.toUpperCase());
const isName = ({ kind }: Token): boolean => kind === "name" || kind === "quoted" || kind === "double";

/** What may come after these tokens, read roughly: what is wrong there is for the search to say. */
function expectedAfter(tokens: readonly Token[], dialect: Dialect): Expected | undefined {
  return tokens.filter(({ kind }) => kind !== "end").reduce<Expected | undefined>(
    (expected, token) => expected && next(expected, token, dialect),
    { kind: "field" },
  );
}

function next(expected: Expected, token: Token, dialect: Dialect): Expected | undefined {
  switch (expected.kind) {
    case "field":
      return token.text === "(" || isWord(token, "NOT", "AND") ? expected : afterName(token, dialect);
    case "operator": {
      if (isWord(token, "NOT", "IS")) return expected;
      const { field } = expected;
      if (isWord(token, "NULL")) return { kind: "joint", field, listed: false, second: false };
      return { kind: "value", field, listed: false, second: isWord(token, "BETWEEN") };
    }
    case "value":
      return token.text === "(" ? { ...expected, listed: true } : { ...expected, kind: "joint" };
    case "joint":
      if (expected.listed && token.text === ",") return { ...expected, kind: "value" };
      if (token.text === ")") return { ...expected, listed: false };
      if (expected.second && isWord(token, "AND")) return { ...expected, kind: "value", second: false };
      return isWord(token, "AND", "OR") ? { kind: "field" } : afterName(token, dialect); // AND may be missing
  }
}

function afterName(token: Token, dialect: Dialect): Expected | undefined {
  const resolved = isName(token) ? resolve(token.text, dialect) : "";
  return typeof resolved === "string" ? undefined : { kind: "operator", field: resolved.field };
}

const kindNames: Partial<Record<Entity, string>> = { attribute: "of the run", parameter: "param", dataset: "dataset" };

/** The fields that fit what is begun, by their written form; of equal fit in the order given. */
export function completeField(begun: string, fields: readonly Field[], dialect: Dialect): Completion[] {
  const wanted = plain(begun, dialect);
  const rank = (field: Field): number => {
    const [whole, key] = [plain(printField(field), dialect), field.key.toLowerCase()];
    if (whole.startsWith(wanted)) return 0;
    if (key.startsWith(wanted)) return 1;
    return key.includes(wanted.slice(wanted.indexOf(".") + 1)) && sameKind(wanted, whole) ? 2 : 3;
  };
  const ranked = fields.map((field) => ({ field, fit: rank(field) })).filter(({ fit }) => fit < 3);
  return ranked.sort((a, b) => a.fit - b.fit).map(({ field }) => ({
    text: `${printField(field)} `,
    note: kindNames[field.entity] ?? field.entity,
  }));
}

const sameKind = (wanted: string, whole: string): boolean =>
  !wanted.includes(".") || whole.startsWith(wanted.slice(0, wanted.indexOf(".") + 1));

/** Without quotes, in lower case, with the usual one of the words that may stand before the dot. */
function plain(name: string, { prefixes }: Dialect): string {
  const bare = name.replaceAll(/[`"]/g, "").toLowerCase();
  const dot = bare.indexOf(".");
  const entity = dot < 0 ? undefined : prefixes.get(bare.slice(0, dot));
  if (entity === undefined) return bare;
  const key = bare.slice(dot + 1);
  return entity === "attribute" ? key : printField({ entity, key: "k", type: "string" }).slice(0, -1) + key;
}

/** The operators of a field that fit what is begun. */
export function completeOperator(begun: string, field: Field, dialect: Dialect): Completion[] {
  const known = field.entity === "attribute" || field.entity === "dataset"
    ? dialect.known[field.entity]?.get(field.key)
    : undefined;
  return (known?.operators ?? operatorsOf(field.type))
    .filter((operator) => operator.startsWith(begun.toUpperCase()))
    .map((operator) => ({ text: operator.endsWith("IN") ? `${operator} (` : `${operator} `, note: "operator" }));
}

/** A value as it is put into the filter: in a list, or alone. */
export const completedValue = (value: string, listed: boolean): string =>
  listed ? escaped(value) : `${printValue(value)} `;

/** What joins two clauses, or the values of a list. */
export function completeJoint(begun: string, listed: boolean): Completion[] {
  const joints = listed ? [", ", ") "] : ["AND ", "OR "];
  return joints.filter((joint) => joint.startsWith(begun.toUpperCase())).map((text) => ({ text, note: "and then" }));
}
