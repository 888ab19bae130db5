/** Where an axis has its ticks, and what they say. `static/ticks.js` does the same in the browser; a test holds the two together. */

/** Multiples of 1, 2 or 5 × 10ⁿ from `min` to `max`, about `count` of them. */
export function niceTicks(min: number, max: number, count = 5): number[] {
  const span = max - min;
  if (!(span > 0) || !Number.isFinite(span)) return [min];
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = ([1, 2, 5].find((m) => m * power * count >= span * (1 - 1e-9)) ?? 10) * power;
  return multiples(min, max, step);
}

function multiples(min: number, max: number, step: number): number[] {
  const slack = step * 1e-9; // 3 × 0.1 is 0.30000000000000004
  const first = Math.ceil((min - slack) / step);
  const count = Math.floor((max + slack) / step) - first + 1;
  if (!(step > 0) || !Number.isFinite(first)) return [min];
  const ticks = Array.from(
    { length: Math.min(count, 100) },
    (_, i) => Number(((first + i) * step).toPrecision(15)) + 0,
  );
  return [...new Set(ticks)];
}

/** 1, 2 and 5 of every power of ten from `min` to `max`, both above 0; fewer where that is more than seven, nice ones where it is one. */
export function logTicks(min: number, max: number): number[] {
  const [from, to] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [min];
  const stride = Math.max(1, Math.ceil((to - from) / 7));
  const powers = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((n) => n % stride === 0);
  const at = (marks: number[]): number[] =>
    powers.flatMap((n) => marks.map((m) => Number(`${m}e${n}`))).filter((tick) => tick >= min && tick <= max);
  const ticks = stride === 1 && at([1, 2, 5]).length <= 7 ? at([1, 2, 5]) : at([1]);
  return ticks.length >= 2 ? ticks : niceTicks(min, max);
}

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
const timeSteps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * day),
];

/** Round seconds, minutes, hours or days from `min` to `max` (ms), at most about `count`. `zone` is what the clock is ahead of UTC (ms). */
export function timeTicks(min: number, max: number, count = 5, zone = 0): number[] {
  const span = max - min;
  if (!(span > 0) || !Number.isFinite(span)) return [min];
  const step = timeSteps.find((each) => each * count >= span) ?? 365 * day * Math.ceil(span / (count * 365 * day));
  return multiples(min + zone, max + zone, step).map((tick) => tick - zone);
}

const prefixes = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]] as const;

function shortNumber(value: number, digits: number, long: boolean): string {
  const size = Math.abs(value);
  const [unit, letter] = long && size < 1e15 ? prefixes.find(([each]) => size >= each) ?? [1, ""] : [1, ""];
  return `${Number((value / unit).toPrecision(digits))}${letter}`.replace(/e\+?/, "e").replaceAll("-", "−");
}

/**
 * Short texts, `200k` or `0.05`, with as many digits as it takes to tell the ticks apart, at least three. Up to four figures are
 * written out: `1995`.
 */
export function tickTexts(ticks: readonly number[]): string[] {
  const long = ticks.some((tick) => Math.abs(tick) >= 1e4);
  for (let digits = long ? 3 : 4; digits < 15; digits++) {
    const texts = ticks.map((tick) => shortNumber(tick, digits, long));
    if (new Set(texts).size === ticks.length) return texts;
  }
  return ticks.map(String);
}

/** A length of time (ms) in its two greatest units: `1h 30m`, `45s`, `0`. */
export function durationTick(ms: number): string {
  const size = Math.abs(ms);
  const units = [[day, "d"], [hour, "h"], [minute, "m"], [second, "s"], [1, "ms"]] as const;
  const at = units.findIndex(([unit]) => size >= unit);
  if (at < 0) return "0";
  const [unit, letter] = units[at] ?? units[4];
  const [next, nextLetter] = units[at + 1] ?? units[4];
  const rest = unit === 1 ? 0 : Math.floor(size % unit / next);
  return `${ms < 0 ? "−" : ""}${Math.floor(size / unit)}${letter}${rest > 0 ? ` ${rest}${nextLetter}` : ""}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A moment (ms since the epoch) on a clock that is `zone` ms ahead of UTC: `09:30`, `09:30:15`, or `22 Nov` at midnight. */
export function clockTick(ms: number, zone = 0): string {
  const at = new Date(ms + zone);
  if (Number.isNaN(at.getTime())) return "";
  const time = at.toISOString().slice(11, 19);
  if (time === "00:00:00") return `${at.getUTCDate()} ${months[at.getUTCMonth()]}`;
  return time.endsWith(":00") ? time.slice(0, 5) : time;
}
