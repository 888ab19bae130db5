import assert from "node:assert/strict";
import fc from "fast-check";
import * as browser from "../../static/ticks.js";
import { clockTick, durationTick, logTicks, niceTicks, tickTexts, timeTicks } from "../../domain/ticks.ts";

const edge = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
const range = fc.tuple(edge, edge).filter(([a, b]) => Math.abs(a - b) > 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-6))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

function assertTicks(ticks: readonly number[], min: number, max: number, most: number): void {
  const slack = 1e-6 * (max - min);
  assert.ok(ticks.length >= 1 && ticks.length <= most, `${ticks.length} ticks`);
  ticks.forEach((tick, i) => {
    assert.ok(tick >= min - slack && tick <= max + slack, `${tick} is outside`);
    if (i > 0) assert.ok(tick > (ticks[i - 1] ?? NaN));
  });
}

Deno.test("nice ticks are few, ascending and within the range", () => {
  fc.assert(fc.property(range, fc.integer({ min: 3, max: 8 }), ([min, max], count) => {
    assertTicks(niceTicks(min, max, count), min, max, count + 2);
  }));
});

Deno.test("nice ticks are multiples of 1, 2 or 5 without the noise of binary fractions", () => {
  assert.deepEqual(niceTicks(0, 90), [0, 20, 40, 60, 80]);
  assert.deepEqual(niceTicks(-3, 7), [-2, 0, 2, 4, 6]);
  assert.deepEqual(niceTicks(0.29, 0.71), [0.3, 0.4, 0.5, 0.6, 0.7]);
  assert.deepEqual(niceTicks(2, 2), [2]);
  assert.deepEqual(niceTicks(-Infinity, Infinity), [-Infinity]);
});

Deno.test("log ticks are 1, 2 and 5 of each decade, decades over many, nice ones within one", () => {
  assert.deepEqual(logTicks(0.1, 2.5), [0.1, 0.2, 0.5, 1, 2]);
  assert.deepEqual(logTicks(0.001, 1000), [0.001, 0.01, 0.1, 1, 10, 100, 1000]);
  assert.deepEqual(logTicks(0.31, 0.39), [0.32, 0.34, 0.36, 0.38]);
  fc.assert(
    fc.property(fc.integer({ min: -300, max: 300 }), fc.double({ min: 0.01, max: 300, noNaN: true }), (n, decades) => {
      const [min, max] = [10 ** n, Math.min(10 ** (n + decades), 1e307)];
      if (max > min) assertTicks(logTicks(min, max), min, max, 9);
    }),
  );
});

Deno.test("time ticks fall on round seconds, minutes, hours or days of the reader's clock", () => {
  const [minute, hour] = [60_000, 3_600_000];
  assert.deepEqual(timeTicks(0, 100 * minute), [0, 30, 60, 90].map((n) => n * minute));
  const midnight = Date.UTC(2026, 10, 22);
  assert.deepEqual(
    timeTicks(midnight + hour, midnight + 9 * hour, 5, -hour),
    [1, 3, 5, 7, 9].map((n) => midnight + n * hour),
  );
  const ms = fc.integer({ min: -1_000_000_000_000, max: 4_000_000_000_000 });
  fc.assert(fc.property(ms, fc.integer({ min: 1, max: 1_000_000_000_000 }), (min, span) => {
    assertTicks(timeTicks(min, min + span), min, min + span, 7);
  }));
});

Deno.test("the texts of ticks are short and tell them apart", () => {
  assert.deepEqual(tickTexts([0, 200_000, 1e6]), ["0", "200k", "1M"]);
  assert.deepEqual(tickTexts([1985, 1990, 2000]), ["1985", "1990", "2000"]);
  assert.deepEqual(tickTexts([0.8, 0.85, 0.9]), ["0.8", "0.85", "0.9"]);
  assert.deepEqual(tickTexts([-2e-7, 0, 2e-7]), ["−2e−7", "0", "2e−7"]);
  assert.deepEqual(tickTexts([1_000_000, 1_000_100]), ["1M", "1.0001M"]);
  fc.assert(fc.property(range, ([min, max]) => {
    const ticks = niceTicks(min, max);
    assert.equal(new Set(tickTexts(ticks)).size, ticks.length);
  }));
});

Deno.test("lengths of time have their two greatest units, and midnight is a date", () => {
  assert.deepEqual([0, 20, 1500, 45_000, 5_400_000, -90_000, 86_400_000].map(durationTick), [
    "0",
    "20ms",
    "1s 500ms",
    "45s",
    "1h 30m",
    "−1m 30s",
    "1d",
  ]);
  const midnight = Date.UTC(2026, 10, 22);
  assert.deepEqual([
    clockTick(midnight),
    clockTick(midnight + 34_215_000),
    clockTick(midnight, 3_600_000),
    clockTick(NaN),
  ], [
    "22 Nov",
    "09:30:15",
    "01:00",
    "",
  ]);
});

Deno.test("the browser's ticks are the server's", () => {
  fc.assert(fc.property(range, fc.integer({ min: -50_000_000, max: 50_000_000 }), ([min, max], zone) => {
    assert.deepEqual(browser.niceTicks(min, max), niceTicks(min, max));
    assert.deepEqual(browser.timeTicks(min, max, 5, zone), timeTicks(min, max, 5, zone));
    assert.deepEqual(
      browser.logTicks(Math.exp(min / 1e11), Math.exp(max / 1e11)),
      logTicks(Math.exp(min / 1e11), Math.exp(max / 1e11)),
    );
    assert.deepEqual(browser.tickTexts([min, max]), tickTexts([min, max]));
    assert.equal(browser.durationTick(min), durationTick(min));
    assert.equal(browser.clockTick(Math.round(max), zone), clockTick(Math.round(max), zone));
  }));
});
