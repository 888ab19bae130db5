/**
 * The order of two values of one field: numbers by size, strings by code point (Postgres's collation "C"; comparing
 * strings in JavaScript would go by UTF-16 code unit). Not for NaN.
 */
export function compareValues(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  return compareCodePoints(String(a), String(b));
}

// Surrogates stand below U+E000..U+FFFF among code units and above them among code points.
const rank = (unit: number): number => unit >= 0xe000 ? unit - 0x2000 : unit >= 0xd800 ? unit + 0x800 : unit;

function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
