import type { Comparison, Filter, Span } from "./ast.ts";
import { combine, everything } from "./ast.ts";
import { check, type Value } from "./check.ts";
import type { Dialect } from "./dialect.ts";
import { FilterError } from "./error.ts";
import { unescaped } from "./escapes.ts";
import { checkText, needsQuotes, type Token, tokenize } from "./tokens.ts";

/** Deeper or longer filters are refused: they cost more to run than anybody means. */
export const deepest = 20;
export const mostTerms = 200;

const binding = { or: 1, and: 2, not: 3 } as const;
const end: Token = { kind: "end", text: "", offset: 0, length: 0 };

// Minus zero is zero: one tree for one meaning.
const numberOf = (text: string): number => Number(text) + 0;

/**
 * Reads a filter. Absent or empty matches everything. MLflow's leniency is kept: AND may be missing between two clauses,
 * repeated, or left over at either end. A FilterError (400) knows its place in the text.
 */
export function parseFilter(text: string | undefined, dialect: Dialect): Filter {
  if (text === undefined || text === "") return everything;
  return new Parser(text, dialect).whole();
}

/** A Pratt parser: its state is how far it has read. */
class Parser {
  readonly #tokens: Token[];
  #next = 0;
  #terms = 0;
  #depth = 0;

  constructor(readonly text: string, readonly dialect: Dialect) {
    this.#tokens = tokenize(text);
  }

  whole(): Filter {
    if (this.#tokens.length === 1) throw this.#error(this.dialect.texts.blank(this.text), this.#peek());
    while (this.#word("AND")) { /* MLflow ignores it */ }
    const filter = this.#peek().kind === "end" ? everything : this.#expression(0);
    const rest = this.#peek();
    if (rest.kind === "end") return filter;
    const statements = rest.text === ";" && this.#peek(1).kind !== "end";
    throw statements
      ? this.#error(this.dialect.texts.severalStatements(this.text), rest)
      : this.#nonsense(this.#next, this.#next);
  }

  #expression(power: number): Filter {
    let left = this.#prefix();
    while (true) {
      if (power < binding.or && this.#word("OR")) {
        left = combine("or", [left, this.#expression(binding.or)]);
      } else if (power < binding.and && (this.#isWord(this.#peek(), "AND") || this.#startsClause(this.#peek()))) {
        while (this.#word("AND")) { /* one or many */ }
        if (this.#peek().kind === "end") return left;
        left = combine("and", [left, this.#expression(binding.and)]);
      } else {
        return left;
      }
    }
  }

  #prefix(): Filter {
    const token = this.#peek();
    if (this.#isWord(token, "NOT")) {
      return this.#deeper(token, () => ({ kind: "not", term: this.#expression(binding.not) }));
    }
    if (token.text !== "(") return this.#comparison();
    return this.#deeper(token, () => {
      const inner = this.#expression(0);
      if (!this.#takes(")")) throw this.#nonsense(this.#next, this.#next);
      return inner;
    });
  }

  #deeper(token: Token, read: () => Filter): Filter {
    this.#next++;
    if (++this.#depth > deepest) {
      throw this.#error(`The filter is nested too deeply: at most ${deepest} levels.`, token);
    }
    const filter = read();
    this.#depth--;
    return filter;
  }

  #comparison(): Comparison {
    const start = this.#next;
    const name = this.#take();
    const isKey = this.#startsClause(name) && (this.dialect.lax || !needsQuotes(name));
    const compares = this.#peek().kind === "operator" || this.#isWord(this.#peek(), "LIKE") ||
      this.#isWord(this.#peek(), "ILIKE");
    if (!isKey && ["string", "number", "name"].includes(name.kind) && compares) {
      throw this.#error(`Invalid comparison clause. Expected 'Identifier' found '${name.text}'`, name);
    }
    if (!isKey) throw this.#nonsense(start, start);
    const operator = this.#operator(start);
    const values = this.#values(start, operator);
    if (++this.#terms > mostTerms) throw this.#error(`The filter is too long: at most ${mostTerms} clauses.`, name);
    const last = this.#tokens[this.#next - 1] ?? name;
    const at = { offset: name.offset, length: last.offset + last.length - name.offset };
    return check({ name, operator, values, at }, this.dialect);
  }

  /** The operator's token, in upper case with single spaces. It may still be one that the field does not have. */
  #operator(start: number): Token {
    const at = this.#next;
    const first = this.#take();
    const spelled = (text: string): Token => {
      const last = this.#tokens[this.#next - 1] ?? first;
      return { kind: "operator", text, offset: first.offset, length: last.offset + last.length - first.offset };
    };
    if (first.kind === "operator") return first;
    if (this.#isWord(first, "IS")) {
      const not = this.#word("NOT");
      if (this.#word("NULL")) return spelled(not ? "IS NOT NULL" : "IS NULL");
    } else {
      const negated = this.#isWord(first, "NOT");
      const word = negated ? this.#take() : first;
      const named = ["IN", "LIKE", "ILIKE", "RLIKE", "BETWEEN"].find((name) => this.#isWord(word, name));
      if (named !== undefined) return spelled(negated ? `NOT ${named}` : named);
    }
    throw this.#nonsense(start, Math.max(at, this.#next - 1));
  }

  #values(start: number, operator: Token): Value[] {
    if (operator.text.startsWith("IS")) return [];
    if (operator.text.endsWith("IN") && this.#peek().text !== "(") throw this.#nonsense(start, this.#next);
    const first = this.#value(start);
    if (!operator.text.endsWith("BETWEEN")) return [first];
    if (!this.#word("AND")) throw this.#nonsense(start, this.#next);
    return [first, this.#value(start)];
  }

  #value(start: number): Value {
    const at = this.#next;
    const token = this.#take();
    if (token.text === "(") return this.#list(start, token);
    if (token.kind === "number") return this.#valueFrom(token, { kind: "number", number: numberOf(token.text) });
    if (token.kind === "string" || token.kind === "double") {
      return this.#valueFrom(token, { kind: "string", string: token.text.slice(1, -1) });
    }
    if (token.kind === "name" || token.kind === "quoted") return this.#valueFrom(token, { kind: "word" });
    throw this.#nonsense(start, at);
  }

  #list(start: number, open: Token): Value {
    const items: (string | number)[] = [];
    let joins = false;
    while (!this.#takes(")")) {
      const token = this.#take();
      if (token.kind === "end") throw this.#nonsense(start, this.#next);
      if (token.kind === "number" && !joins) items.push(numberOf(token.text));
      else if (token.kind === "string" || token.kind === "double") {
        items.push(this.#listed(token, joins ? items.pop() : ""));
      } else throw this.#illFormed(token);
      joins = !this.#takes(",");
    }
    return this.#valueFrom(open, { kind: "list", items });
  }

  /** An item of a list. Two strings in a row are one, as in Python. */
  #listed(token: Token, before: string | number | undefined): string {
    const string = unescaped(token.text);
    if (string === undefined || typeof before !== "string") throw this.#illFormed(token);
    checkText(string, token.offset);
    return before + string;
  }

  #illFormed(token: Token): FilterError {
    const text =
      "While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.";
    return this.#error(text, token);
  }

  #valueFrom(first: Token, value: Value["is"]): Value {
    const last = this.#tokens[this.#next - 1] ?? first;
    const length = last.offset + last.length - first.offset;
    return { is: value, text: this.text.slice(first.offset, first.offset + length), offset: first.offset, length };
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#next + ahead] ?? end;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#next++;
    return token;
  }

  #takes(text: string): boolean {
    const found = this.#peek().kind === "punctuation" && this.#peek().text === text;
    if (found) this.#next++;
    return found;
  }

  #word(word: string): boolean {
    const found = this.#isWord(this.#peek(), word);
    if (found) this.#next++;
    return found;
  }

  #isWord(token: Token, word: string): boolean {
    return token.kind === "name" && token.text.toUpperCase() === word;
  }

  #startsClause(token: Token): boolean {
    if (token.kind === "quoted" || token.kind === "double") return true;
    return token.kind === "name" && !["AND", "OR", "NOT"].some((word) => this.#isWord(token, word));
  }

  #error(message: string, at: Span): FilterError {
    return new FilterError(message, at.offset, Math.max(1, at.length));
  }

  /** The clause from `start` on makes no sense at token `at`: MLflow lists its tokens. */
  #nonsense(start: number, at: number): FilterError {
    const atEnd = this.#tokens[start]?.kind === "end";
    const rest = this.#tokens.slice(atEnd ? Math.max(0, start - 1) : start, start + 12);
    const stop = rest.findIndex((token, index) => token.kind === "end" || (index > 0 && this.#isWord(token, "AND")));
    const clause = rest.slice(0, stop < 0 ? rest.length : stop).map((token) => token.text);
    const place = this.#tokens[at] ?? this.#tokens.at(-1) ?? end;
    return this.#error(this.dialect.texts.clause(this.text, clause), place);
  }
}
