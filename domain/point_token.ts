import type { Point } from "./entities.ts";
import { invalid } from "./errors.ts";

/** A page token of a metric's history: the last point of the page before. */
export const encodePoint = ({ timestamp, step, value }: Point): string => btoa(`${timestamp} ${step} ${value}`);

/** Throws INVALID_PARAMETER_VALUE for what `encodePoint` did not make. */
export function decodePoint(token: string): Point {
  const match = /^(\d+) (-?\d+) (\S+)$/.exec(decodeBase64(token));
  if (!match) throw invalid("Invalid page token, decoded value is not one of this server's");
  const [, timestamp, step, value] = match;
  return { timestamp: Number(timestamp), step: Number(step), value: Number(value) };
}

function decodeBase64(token: string): string {
  try {
    return atob(token);
  } catch {
    throw invalid("Invalid page token, could not base64-decode");
  }
}
