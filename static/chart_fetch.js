// @ts-check
/** Curves from the server: charts that ask within one moment for the same runs and the same stretch of x share a request. */

/** @typedef {import("./chart_config.js").Series} Series */
/** @typedef {{ key: string, signal: AbortSignal, resolve: (series: Series[]) => void, reject: (error: unknown) => void }} Ask */

/** By the address without metrics. @type {Map<string, Ask[]>} */
const waiting = new Map();

/** Milliseconds in which charts find together. */
const moment = 15;
/** Curves of one request at most, so that none of them waits long for the others; and metrics. */
const mostCurves = 240;
const mostKeys = 12;

/** @param {URL} url Without a metric. @param {string} key @param {AbortSignal} signal @returns {Promise<Series[]>} */
export function askCurves(url, key, signal) {
  return new Promise((resolve, reject) => {
    const asks = waiting.get(url.href) ?? [];
    if (asks.length === 0) {
      waiting.set(url.href, asks);
      setTimeout(() => send(url), moment);
    }
    asks.push({ key, signal, resolve, reject });
  });
}

/** @param {URL} url */
function send(url) {
  const asks = (waiting.get(url.href) ?? []).filter(({ signal }) => !signal.aborted);
  waiting.delete(url.href);
  const keys = [...new Set(asks.map(({ key }) => key))];
  const runs = Math.max(1, url.searchParams.getAll("runs").length);
  const atOnce = Math.min(mostKeys, Math.max(1, Math.floor(mostCurves / runs)));
  for (let i = 0; i < keys.length; i += atOnce) {
    const some = keys.slice(i, i + atOnce);
    request(url, some, asks.filter(({ key }) => some.includes(key)));
  }
}

/** @param {URL} url @param {string[]} keys @param {Ask[]} asks */
async function request(url, keys, asks) {
  const asked = new URL(url);
  for (const key of keys) asked.searchParams.append("keys", key);
  const stopping = new AbortController();
  const stop = () => asks.every(({ signal }) => signal.aborted) && stopping.abort();
  for (const { signal } of asks) signal.addEventListener("abort", stop, { once: true });
  try {
    const answer = await fetch(asked, { signal: stopping.signal });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const { series, bands } = await answer.json();
    /** @type {(Series & { key: string })[]} */
    const all = bands === undefined ? series.map(exact) : bands.map(asSeries);
    for (const { key, resolve } of asks) resolve(all.filter((each) => each.key === key));
  } catch (error) {
    for (const { reject } of asks) reject(error);
  } finally {
    for (const { signal } of asks) signal.removeEventListener("abort", stop);
  }
}

/** NaN and infinities travel as strings. @param {Series & { key: string }} series */
const exact = ({ points, ...series }) => ({
  ...series,
  points: points.map(([x, value, step, timestamp]) => [x, Number(value), step, timestamp]),
});

/** A group as a line: `groupToken` of domain/run_groups.ts. @param {any} band */
const asSeries = ({ key, value, runs, total, used, points }) => ({
  key,
  run_id: value === undefined ? "none" : `=${value}`,
  runs,
  total,
  used,
  points: points.map((/** @type {number[]} */ [x, mean, , , , count]) => [x, mean, count, 0]),
  deviations: points.map((/** @type {number[]} */ [, , deviation]) => deviation),
});
