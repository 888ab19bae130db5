/** Numbers, times and sizes as people read them. Only text is made here; nothing depends on a locale or a time zone. */

const minus = "\u2212";

/** A number that a list may know exactly, roughly, or not at all: never shown wrong. */
export type Count = { kind: "exact"; count: number } | { kind: "about"; count: number } | { kind: "unknown" };

/** "1,234,567". */
export function count(n: number): string {
  return trueMinus(String(Math.trunc(n)).replace(/\B(?=(\d{3})+$)/g, ","));
}

/** "1 run", "6 runs". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** "63", "about 48,200" (two or three figures of an estimate are meant, not its last digit), or undefined when unknown. */
export function countText(total: Count): string | undefined {
  if (total.kind === "unknown") return undefined;
  if (total.kind === "exact") return count(total.count);
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(total.count, 1))) - 2);
  return `about ${count(Math.round(total.count / unit) * unit)}`;
}

/** Of what several hold: as sure as the least sure of them. */
export function countSum(counts: readonly Count[]): Count {
  const known = counts.filter((one) => one.kind !== "unknown");
  if (known.length < counts.length) return { kind: "unknown" };
  const kind = known.every((one) => one.kind === "exact") ? "exact" : "about";
  return { kind, count: known.reduce((sum, one) => sum + one.count, 0) };
}

/** How the numbers of one column are written: the same decimals for all, or powers of ten when they are tiny or huge. */
export interface NumberStyle {
  decimals: number;
  exponent: boolean;
}

/**
 * The style for the values of a column: none after the point for whole numbers, otherwise about five figures (four decimals
 * for rates and losses), more where the values would look alike, fewer where they would all end in zeros.
 */
export function numberStyle(values: readonly number[]): NumberStyle {
  const finite = values.filter((value) => Number.isFinite(value));
  const sizes = finite.map(Math.abs).filter((size) => size > 0).sort((a, b) => a - b);
  const middle = sizes[Math.floor(sizes.length / 2)];
  if (middle === undefined) return { decimals: 0, exponent: false };
  if (finite.every(Number.isInteger)) return { decimals: 0, exponent: middle >= 1e9 };
  if (middle < 1e-3 || middle >= 1e9) return { decimals: 2, exponent: true };
  const figures = Math.min(4, Math.max(0, 4 - Math.floor(Math.log10(middle))));
  return { decimals: trimmed(finite, widened(finite, figures)), exponent: false };
}

/** One value in the style of its column: "0.2966", "−1,024", "3.00e−4", "NaN", "∞". */
export function number(value: number, style: NumberStyle): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "\u221e" : `${minus}\u221e`;
  if (value === 0) return style.exponent ? "0" : (0).toFixed(style.decimals);
  const size = Math.abs(value);
  const lost = size < 0.5 * 10 ** -style.decimals || size >= 1e12;
  if (style.exponent || lost) return trueMinus(value.toExponential(2).replace("e+", "e"));
  const [whole = "0", part] = size.toFixed(style.decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return (value < 0 ? minus : "") + grouped + (part === undefined ? "" : `.${part}`);
}

/** A change with its sign, in the style of its row: "+0.0026", "−37", "±0". */
export function delta(value: number, style: NumberStyle): string {
  if (value === 0) return "\u00b10";
  return (value > 0 ? "+" : "") + number(value, style);
}

/** A number alone, with up to six figures: "0.9114", "1,996", "0". */
export function plainNumber(value: number): string {
  const text = Number.isFinite(value) ? Number(value.toPrecision(6)) : value;
  const style = numberStyle([text]);
  const decimals = String(text).split(".")[1]?.length ?? 0;
  return number(text, style.exponent ? style : { decimals: Math.min(decimals, 6), exponent: false });
}

const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

/** How long something took, from milliseconds, in its two greatest units: "340ms", "12s", "38m 4s", "4h 12m", "3d 2h". */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return "";
  if (ms < second) return `${Math.round(ms)}ms`;
  if (ms < 10 * second) return `${(Math.floor(ms / 100) / 10).toFixed(1)}s`;
  if (ms < minute) return `${Math.floor(ms / second)}s`;
  const [great, unit, small, part] = ms < hour
    ? [minute, "m", second, "s"] as const
    : ms < day
    ? [hour, "h", minute, "m"] as const
    : [day, "d", hour, "h"] as const;
  const rest = Math.floor(ms % great / small);
  return `${count(Math.floor(ms / great))}${unit}${rest === 0 ? "" : ` ${rest}${part}`}`;
}

/** How long ago, from milliseconds, in one unit: "now", "12m", "9h", "3d", "5w", "2y". */
export function age(ms: number): string {
  if (ms < minute) return "now";
  if (ms < hour) return `${Math.floor(ms / minute)}m`;
  if (ms < 2 * day) return `${Math.floor(ms / hour)}h`;
  if (ms < 60 * day) return `${Math.floor(ms / day)}d`;
  if (ms < 365 * day) return `${Math.floor(ms / (7 * day))}w`;
  return `${Math.floor(ms / (365 * day))}y`;
}

/** A moment in UTC, from milliseconds since the epoch: "2026-11-22 09:14 UTC". The browser puts it in the reader's zone. */
export function moment(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const byteUnits = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** A size, from bytes, in units of 1,000: "214 B", "1.2 KB", "48 KB", "2.5 GB". */
export function bytes(size: number): string {
  let unit = 0, value = size;
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit++;
  }
  const text = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${text} ${byteUnits[unit]}`;
}

/** As many decimals more as it takes (six at most) until the extremes of the column do not look the same. */
function widened(values: readonly number[], decimals: number): number {
  const spread = values.reduce((a, b) => Math.max(a, b), -Infinity) - values.reduce((a, b) => Math.min(a, b), Infinity);
  let wide = decimals;
  while (spread > 0 && spread < 2 * 10 ** -wide && wide < 6) wide++;
  return wide;
}

function trimmed(values: readonly number[], decimals: number): number {
  let few = decimals;
  while (few > 1 && values.every((value) => value.toFixed(few).endsWith("0"))) few--;
  return few;
}

function trueMinus(text: string): string {
  return text.replaceAll("-", minus);
}
