import type { Span } from "./ast.ts";
import { FilterError } from "./error.ts";

/**
 * `name`: a key with its prefix, or a word that may be one (`metrics.loss`, `status`, `AND`); `quoted`: the same in
 * backticks; `double`: in double quotes, which is a key or a string by where it stands; `string`: in single quotes.
 */
export type TokenKind =
  | "name"
  | "quoted"
  | "double"
  | "string"
  | "number"
  | "operator"
  | "punctuation"
  | "unknown"
  | "end";

export interface Token extends Span {
  readonly kind: TokenKind;
  readonly text: string;
}

/** Room for as many run ids in one IN list as MLflow's parser takes (10,000 tokens of SQL). */
export const longestFilter = 200_000;

// The quoting of MLflow's parser (sqlparse): doubled and backslashed quotes stay inside, and stay as they are written.
const single = /'(?:''|\\'|[^'])*'/y;
const double = /"(?:""|\\"|[^"])*"/y;
const backticks = /`(?:``|[^`])*`/y;
const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\p{L}\p{N}_])/uy;
const word = /[\p{L}\p{N}_][\p{L}\p{N}\p{M}_$#]*/uy;
// After a dot more is plain text than SQL allows, so that a key without its quotes is one token of an error.
const step =
  /\s*\.+\s*(?:[\p{L}\p{N}_$#@:/-][\p{L}\p{N}\p{M}_$#@:/-]*|`(?:``|[^`])*`|"(?:""|\\"|[^"])*"|'(?:''|\\'|[^'])*')/uy;
const operator = /[<>=~!]+/y;
const space = /\s+/uy;

function match(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function path(text: string, first: string, offset: number): string {
  let end = offset + first.length;
  for (let more = match(step, text, end); more !== undefined; more = match(step, text, end)) end += more.length;
  return text.slice(offset, end);
}

function tokenAt(text: string, offset: number): Token {
  const token = (kind: TokenKind, found: string): Token => ({ kind, text: found, offset, length: found.length });
  const digits = match(number, text, offset);
  if (digits !== undefined) return token("number", digits);
  const plain = match(word, text, offset);
  if (plain !== undefined) return token("name", path(text, plain, offset));
  for (const [kind, pattern] of [["quoted", backticks], ["double", double]] as const) {
    const found = match(pattern, text, offset);
    if (found === undefined) continue;
    const whole = path(text, found, offset);
    return token(whole === found ? kind : "name", whole);
  }
  const string = match(single, text, offset);
  if (string !== undefined) return token("string", string);
  const symbol = match(operator, text, offset);
  if (symbol !== undefined) return token("operator", symbol);
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  return token("(),;".includes(character) ? "punctuation" : "unknown", character);
}

/** Whether a name holds a dash, slash, colon or at-sign outside of quotes. */
export const needsQuotes = ({ text }: Token): boolean => /[-/@:]/.test(text.replace(/`[^`]*`|"[^"]*"|'[^']*'/g, ""));

/** Refuses what Postgres cannot hold: NUL and halves of surrogate pairs. `offset` is where the text stands. */
export function checkText(text: string, offset = 0): void {
  const nul = text.indexOf("\0");
  if (nul >= 0) throw new FilterError("The text must not contain the character NUL.", offset + nul, 1);
  if (!text.isWellFormed()) throw new FilterError("The text must be well-formed Unicode.", offset, text.length);
}

/** Cuts a filter into tokens; the last one is `end`. Fails only for text that is too long or not storable. */
export function tokenize(text: string): Token[] {
  if (text.length > longestFilter) {
    throw new FilterError(`The filter is too long: at most ${longestFilter} characters.`, longestFilter, 1);
  }
  checkText(text);
  const tokens: Token[] = [];
  let offset = 0;
  while (true) {
    offset += match(space, text, offset)?.length ?? 0;
    if (offset >= text.length) break;
    const token = tokenAt(text, offset);
    tokens.push(token);
    offset += token.length;
  }
  tokens.push({ kind: "end", text: "", offset: text.length, length: 0 });
  return tokens;
}
