import { invalid } from "./errors.ts";
import type { OrderKey, OrderTerm } from "./order.ts";

/**
 * Where the next page of a search starts: the order key of the last thing on this page, and what was searched, as base64url
 * of JSON. It only says a place in an answer that its bearer could ask for from the start, so it is not signed.
 */

/** What a search was for, by the names that a mismatch is told with. A token is good for the same search only. */
export type Searched = Readonly<Record<string, unknown>>;

const numbers: ReadonlyMap<unknown, number> = new Map([["NaN", NaN], ["Infinity", Infinity], ["-Infinity", -Infinity]]);

/** cyrb53: 53 bits, quick, well spread. Not for secrets. */
function hash(text: string): string {
  let high = 0xdeadbeef, low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}

const partsOf = (searched: Searched): [name: string, hash: string][] =>
  Object.entries(searched).map(([name, part]) => [name, hash(JSON.stringify(part) ?? "")]);

/** The token of the page after the one that ends with `key`. */
export function printPageToken(key: OrderKey, searched: Searched): string {
  const values = key.map((value) => typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
  const json = JSON.stringify({ after: values, of: partsOf(searched).map(([, one]) => one) });
  return new TextEncoder().encode(json).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The key after which the page starts; undefined for the first page. 400 for a token that is broken or of another search. */
export function parsePageToken(
  token: string | undefined,
  searched: Searched,
  order: readonly OrderTerm[],
): OrderKey | undefined {
  if (token === undefined || token === "") return undefined;
  const parsed = decode(token);
  const { after, of } = parsed;
  if (!Array.isArray(after) || !Array.isArray(of)) {
    throw invalid(`Invalid page token, parsed value=${JSON.stringify(parsed)}`);
  }
  for (const [index, [name, one]] of partsOf(searched).entries()) {
    if (of[index] !== one) {
      throw invalid(
        `Invalid page token. ${name} in the page token ${name.endsWith("s") ? "do" : "does"} not match ` +
          `the requested ${name[0]?.toLowerCase()}${name.slice(1)}.`,
      );
    }
  }
  if (after.length !== order.length) throw invalid(`Invalid page token, parsed value=${JSON.stringify(parsed)}`);
  return order.map((term, index) => keyPart(after[index], term));
}

function decode(token: string): { after?: unknown; of?: unknown } {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(token, { alphabet: "base64url" }));
  } catch {
    throw invalid("Invalid page token, could not base64-decode");
  }
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    throw invalid(`Invalid page token, decoded value=${text}`);
  }
}

/** A value of the type that the order's field has: whoever made the token, Postgres can read it. */
function keyPart(value: unknown, { field }: OrderTerm): string | number | null {
  const isText = field.type === "string" && typeof value === "string" && value.isWellFormed() && !value.includes("\0");
  if (value === null || isText) return value;
  const number = numbers.get(value) ?? value;
  const fits = field.type === "number" && typeof number === "number" &&
    (field.entity === "metric" || Number.isSafeInteger(number));
  if (fits) return number;
  throw invalid(`Invalid page token, parsed value=${JSON.stringify(value)}`);
}
