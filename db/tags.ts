import type { KeyValue } from "../domain/entities.ts";

/** Tags or params as they are stored: of equal keys the last wins. */
export const toObject = (pairs: readonly KeyValue[]): Record<string, string> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]));

/** Stored tags or params as they travel, by key. */
export const toPairs = (object: Readonly<Record<string, string>>): KeyValue[] =>
  Object.keys(object).sort().map((key) => ({ key, value: object[key]! }));
