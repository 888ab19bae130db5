/** Milliseconds as google.protobuf.Timestamp and Duration travel in JSON, with 0 or 3 digits of a second's fraction. */

const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;
const earliest = Date.parse("0001-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");

/** Milliseconds since the epoch that an RFC 3339 text says; undefined for what is no time of the years 1 to 9999. */
export function parseTimestamp(text: string): number | undefined {
  if (!form.test(text)) return undefined;
  const ms = Date.parse(text.toUpperCase());
  return ms >= earliest && ms <= latest ? ms : undefined;
}

export const timestampText = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");

/** Rounded towards zero; undefined for what is no duration of ten thousand years at most. */
export function parseDuration(text: string): number | undefined {
  const match = /^(-?)(\d{1,12})(\.\d{1,9})?s$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "0", fraction = ".0"] = match;
  if (Number(whole) > 315_576_000_000) return undefined;
  const ms = Number(whole) * 1000 + Number(fraction.slice(1, 4).padEnd(3, "0"));
  return sign === "-" && ms !== 0 ? -ms : ms;
}

export function durationText(ms: number): string {
  const whole = Math.trunc(Math.abs(ms) / 1000);
  const fraction = Math.abs(ms) % 1000;
  return `${ms < 0 ? "-" : ""}${whole}${fraction === 0 ? "" : `.${String(fraction).padStart(3, "0")}`}s`;
}
