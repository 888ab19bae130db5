import { invalid } from "../errors.ts";
import { type Dimension, isChoice } from "./space.ts";

/*
 * How people write what is searched, a line for each parameter:
 *   alpha = 0.1 to 1
 *   lr = 0.0001 to 0.1 log
 *   epochs = 1 to 10 step 1
 *   optimizer = adam, sgd, "a, b"
 */

const number = String.raw`([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)`;
const range = new RegExp(`^${number}\\s+to\\s+${number}(?:\\s+step\\s+${number})?(\\s+log)?$`, "i");

/** What is meant for a range but is none is no word either. */
const looksLikeRange = new RegExp(`^\\s*${number}\\s+to\\b`, "i");

/** INVALID_PARAMETER_VALUE for what cannot be read; `field` is what the error calls it. */
export function readDimension(key: string, text: string, field: string): Dimension {
  const [, min, max, step, log] = range.exec(text.trim()) ?? [];
  if (min === undefined && looksLikeRange.test(text)) throw unreadable(field, `${key} = ${text}`);
  if (min === undefined) return { key, values: valuesIn(text, () => unreadable(field, `${key} = ${text}`)) };
  return {
    key,
    min: Number(min),
    max: Number(max),
    ...(step !== undefined && { step: Number(step) }),
    log: log !== undefined,
  };
}

/** Of several lines. Empty ones mean nothing. */
export function readSpace(text: string, field: string): Dimension[] {
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const at = line.indexOf("=");
    const key = line.slice(0, at).trim();
    if (at < 1 || key === "" || line.slice(at + 1).trim() === "") throw unreadable(field, line);
    return readDimension(key, line.slice(at + 1), field);
  });
}

const unreadable = (field: string, line: string): Error =>
  invalid(
    `Invalid value for parameter '${field}' supplied: expected a parameter with values, such as lr = 0.001 to 0.1 log or optimizer = adam, sgd, got ${
      JSON.stringify(line)
    }.`,
  );

const quotedText = /^\s*("(?:[^"\\]|\\.)*")\s*(,|$)/;
const plainText = /^(?!\s*")([^,]*)(,|$)/;

/** With commas between them; one in quotes, as JSON has them, may hold commas and blanks at its ends. */
function valuesIn(text: string, wrong: () => Error): string[] {
  const values: string[] = [];
  for (let rest = text;;) {
    const quoted = quotedText.exec(rest);
    const found = quoted ?? plainText.exec(rest);
    if (!found) throw wrong();
    const value = quoted ? textIn(found[1] ?? "", wrong) : (found[1] ?? "").trim();
    if (value === "" && !quoted) throw wrong();
    values.push(value);
    if (found[2] === "") return values;
    rest = rest.slice(found[0].length);
  }
}

function textIn(json: string, wrong: () => Error): string {
  try {
    return String(JSON.parse(json));
  } catch {
    throw wrong();
  }
}

/** As `readDimension` reads it, without the key. */
export function printDimension(dimension: Dimension): string {
  if (!isChoice(dimension)) {
    const { min, max, step, log } = dimension;
    return `${min} to ${max}${step === undefined ? "" : ` step ${step}`}${log ? " log" : ""}`;
  }
  return dimension.values.map((value) => isPlain(value) ? value : JSON.stringify(value)).join(", ");
}

const isPlain = (value: string): boolean =>
  value !== "" && value === value.trim() && !/[",\n\r]/.test(value) && !looksLikeRange.test(value);

export const printSpace = (space: readonly Dimension[]): string =>
  space.map((dimension) => `${dimension.key} = ${printDimension(dimension)}`).join("\n");
