// @ts-check
/** Where an axis has its ticks, and what they say: `domain/ticks.ts` for the browser. A test holds the two together. */

/**
 * Multiples of 1, 2 or 5 × 10ⁿ from `min` to `max`, about `count` of them.
 * @param {number} min @param {number} max @param {number} [count]
 */
export function niceTicks(min, max, count = 5) {
  const span = max - min;
  if (!(span > 0) || !Number.isFinite(span)) return [min];
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = ([1, 2, 5].find((m) => m * power * count >= span * (1 - 1e-9)) ?? 10) * power;
  return multiples(min, max, step);
}

/** @param {number} min @param {number} max @param {number} step */
function multiples(min, max, step) {
  const slack = step * 1e-9;
  const first = Math.ceil((min - slack) / step);
  const count = Math.floor((max + slack) / step) - first + 1;
  if (!(step > 0) || !Number.isFinite(first)) return [min];
  const ticks = Array.from(
    { length: Math.min(count, 100) },
    (_, i) => Number(((first + i) * step).toPrecision(15)) + 0,
  );
  return [...new Set(ticks)];
}

/**
 * 1, 2 and 5 of every power of ten; fewer where that is more than seven, nice ones where it is one.
 * @param {number} min above 0 @param {number} max
 */
export function logTicks(min, max) {
  const from = Math.floor(Math.log10(min));
  const to = Math.ceil(Math.log10(max));
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [min];
  const stride = Math.max(1, Math.ceil((to - from) / 7));
  const powers = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((n) => n % stride === 0);
  const at = (/** @type {number[]} */ marks) =>
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

/**
 * Round seconds, minutes, hours or days (ms). `zone` is what the clock is ahead of UTC (ms).
 * @param {number} min @param {number} max @param {number} [count] @param {number} [zone]
 */
export function timeTicks(min, max, count = 5, zone = 0) {
  const span = max - min;
  if (!(span > 0) || !Number.isFinite(span)) return [min];
  const step = timeSteps.find((each) => each * count >= span) ?? 365 * day * Math.ceil(span / (count * 365 * day));
  return multiples(min + zone, max + zone, step).map((tick) => tick - zone);
}

/** @type {[number, string][]} */
const prefixes = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

/** @param {number} value @param {number} digits @param {boolean} long */
function shortNumber(value, digits, long) {
  const size = Math.abs(value);
  const [unit, letter] = long && size < 1e15 ? prefixes.find(([each]) => size >= each) ?? [1, ""] : [1, ""];
  return `${Number((value / unit).toPrecision(digits))}${letter}`.replace(/e\+?/, "e").replaceAll("-", "−");
}

/** Short texts that tell the ticks apart. @param {readonly number[]} ticks */
export function tickTexts(ticks) {
  const long = ticks.some((tick) => Math.abs(tick) >= 1e4);
  for (let digits = long ? 3 : 4; digits < 15; digits++) {
    const texts = ticks.map((tick) => shortNumber(tick, digits, long));
    if (new Set(texts).size === ticks.length) return texts;
  }
  return ticks.map(String);
}

/** A length of time in its two greatest units. @param {number} ms */
export function durationTick(ms) {
  const size = Math.abs(ms);
  /** @type {[number, string][]} */
  const units = [[day, "d"], [hour, "h"], [minute, "m"], [second, "s"], [1, "ms"]];
  const at = units.findIndex(([unit]) => size >= unit);
  const found = units[at];
  if (!found) return "0";
  const [unit, letter] = found;
  const [next, nextLetter] = units[at + 1] ?? found;
  const rest = unit === 1 ? 0 : Math.floor(size % unit / next);
  return `${ms < 0 ? "−" : ""}${Math.floor(size / unit)}${letter}${rest > 0 ? ` ${rest}${nextLetter}` : ""}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `09:30`, `09:30:15`, or `22 Nov` at midnight. @param {number} ms @param {number} [zone] */
export function clockTick(ms, zone = 0) {
  const at = new Date(ms + zone);
  if (Number.isNaN(at.getTime())) return "";
  const time = at.toISOString().slice(11, 19);
  if (time === "00:00:00") return `${at.getUTCDate()} ${months[at.getUTCMonth()]}`;
  return time.endsWith(":00") ? time.slice(0, 5) : time;
}
