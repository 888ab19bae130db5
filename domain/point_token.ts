import type { Point } from "./entities.ts";
import { invalid } from "./errors.ts";
import { isInt64, parseInt64 } from "./int64.ts";

/** A page token of a metric's history: the last point of the page before. */
export const encodePoint = ({ timestamp, step, value }: Point): string => btoa(`${timestamp} ${step} ${value}`);

/** Throws INVALID_PARAMETER_VALUE for what `encodePoint` did not make. */
export function decodePoint(token: string): Point {
  const match = /^(\d{1,19}) (-?\d{1,19}) (\S+)$/.exec(decodeBase64(token));
  const [, timestamp = "", step = "", value] = match ?? [];
  const point = { timestamp: parseInt64(timestamp), step: parseInt64(step), value: Number(value) };
  if (!match || !isInt64(point.timestamp) || !isInt64(point.step)) {
    throw invalid("Invalid page token, decoded value is not one of this server's");
  }
  return point;
}

function decodeBase64(token: string): string {
  try {
    return atob(token);
  } catch {
    throw invalid("Invalid page token, could not base64-decode");
  }
}
