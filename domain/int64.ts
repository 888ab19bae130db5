/** An integer of the protocol, 64 bits wide: a number, or a bigint where a double would not hold it exactly. */
export type Int64 = number | bigint;

/** The integer that a decimal text says. */
export function parseInt64(text: string): Int64 {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** Whether an integer fits into 64 bits, and is exact. */
export const isInt64 = (value: unknown): value is Int64 =>
  Number.isSafeInteger(value) || typeof value === "bigint" && BigInt.asIntN(64, value) === value;

/** As a number where that is exact. */
export const plainInt64 = (value: Int64): Int64 => typeof value === "bigint" ? parseInt64(String(value)) : value;

export const compareInt64 = (a: Int64, b: Int64): number => a < b ? -1 : a > b ? 1 : 0;
