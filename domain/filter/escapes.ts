/**
 * Strings in parentheses. MLflow reads `IN (...)` as a Python tuple, so escapes count there, while a string outside of
 * parentheses is exactly what stands between its quotes.
 */

const simple: ReadonlyMap<string, string> = new Map([
  ["\n", ""],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

const escape = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([xuUN])|([^]))|(''|"")/g;

/** What a quoted Python string stands for, or undefined for an escape that is none. A doubled quote is two strings joined. */
export function unescaped(quoted: string): string | undefined {
  let sound = true;
  const text = quoted.slice(1, -1).replace(escape, (all: string, ...groups: (string | undefined)[]) => {
    const [octal, two, four, eight, broken, other, doubled] = groups;
    if (doubled !== undefined) return doubled[0] === quoted[0] ? "" : all;
    if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
    const code = parseInt(two ?? four ?? eight ?? "0", 16);
    if (broken !== undefined || code > 0x10ffff) sound = false;
    else if (other === undefined) return String.fromCodePoint(code);
    return simple.get(other ?? "") ?? all;
  });
  return sound ? text : undefined;
}

/** A string for use in parentheses that reads the same wherever it stands: no quote and no backslash is left bare. */
export function escaped(text: string): string {
  const body = text.replace(
    /[\\'"\n\r]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `'${body}'`;
}
