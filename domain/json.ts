/**
 * Reads JSON as MLflow's clients write it: Python's and R's encoders emit the bare tokens NaN, Infinity and -Infinity. With `exact`
 * integers that a double would not hold are bigints, which takes many times as long. Throws a SyntaxError on anything else that
 * is not JSON.
 */
export function parseJson(text: string, exact = false): unknown {
  const revive = exact ? exactly : undefined;
  try {
    return JSON.parse(text, revive);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(quoteBareNumbers(text), revive);
  }
}

function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  // Written otherwise, as 1e18, it is what the double is.
  return BigInt(context?.source && /^-?\d+$/.test(context.source) ? context.source : value);
}

declare global {
  interface JSON {
    /** https://tc39.es/proposal-json-parse-with-source/ */
    rawJSON(text: string): unknown;
  }
}

/** JSON in which bigints are numbers with all their digits. */
export function printJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_, one) => typeof one === "bigint" ? JSON.rawJSON(String(one)) : one);
  }
}

const bareTokens = ["NaN", "Infinity", "-Infinity"] as const;

/**
 * The same text with bare NaN, Infinity and -Infinity as strings, which every field that takes a double accepts. One walk over
 * the text that steps over strings, so that nothing inside them is touched.
 */
function quoteBareNumbers(text: string): string {
  const pieces: string[] = [];
  let copied = 0;
  for (let at = 0; at < text.length;) {
    if (text[at] === '"') {
      at = endOfString(text, at);
      continue;
    }
    const token = bareTokens.find((bare) => text.startsWith(bare, at));
    if (!token) {
      at++;
      continue;
    }
    pieces.push(text.slice(copied, at), `"${token}"`);
    at = copied = at + token.length;
  }
  return pieces.join("") + text.slice(copied);
}

/** Where the string that opens at `start` has ended. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** JSON in ASCII: all else escaped, as MLflow shows values in messages. */
export const asciiJson = (value: unknown): string =>
  (printJson(value) ?? "null").replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** A double as Python shows it in a message: 1.0, not 1. */
export const pythonFloat = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);

/** A double as MLflow prints it: NaN as a string, an infinity as the greatest finite number of its sign. */
export function wireDouble(value: number): number | "NaN" {
  if (Number.isNaN(value)) return "NaN";
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}
