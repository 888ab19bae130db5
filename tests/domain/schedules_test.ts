import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { cronWords } from "../../domain/schedule_words.ts";
import { checkTerms, nextTime, nextTimes, type ScheduleTerms } from "../../domain/schedules.ts";

const at = (text: string): number => Date.parse(text);
const shown = (times: readonly number[]): string[] => times.map((time) => new Date(time).toISOString().slice(0, 16));
const berlin = "Europe/Berlin";

Deno.test("a schedule comes at the first time after a moment that its cron names", () => {
  equal(nextTime("0 3 * * *", "UTC", at("2026-01-01T02:59:59.999Z")), at("2026-01-01T03:00Z"));
  equal(nextTime("0 3 * * *", "UTC", at("2026-01-01T03:00Z")), at("2026-01-02T03:00Z"));
  equal(nextTime("0 3 * * *", "UTC", at("2026-01-01T03:00:00.400Z")), at("2026-01-02T03:00Z"));
  equal(nextTime("0 3 * * *", berlin, at("2026-01-01T00:00Z")), at("2026-01-01T02:00Z"));
  equal(nextTime("  @Daily ", "Asia/Kolkata", at("2026-01-01T00:00Z")), at("2026-01-01T18:30Z"));
  equal(nextTime("30 9 * * mon-fri", "UTC", at("2026-07-03T12:00Z")), at("2026-07-06T09:30Z"));
  equal(nextTime("0 0 29 2 *", "UTC", at("2026-01-01T00:00Z")), at("2028-02-29T00:00Z"));
  equal(nextTime("0 0 L * *", "UTC", at("2026-02-01T00:00Z")), at("2026-02-28T00:00Z"));
  deepEqual(shown(nextTimes("*/20 * * * *", "UTC", at("2026-01-01T00:00Z"), 5)), [
    "2026-01-01T00:20",
    "2026-01-01T00:40",
    "2026-01-01T01:00",
    "2026-01-01T01:20",
    "2026-01-01T01:40",
  ]);
});

Deno.test("a time that daylight saving time leaves out comes once the clocks have gone forward", () => {
  deepEqual(shown(nextTimes("30 2 * * *", berlin, at("2026-03-28T00:00Z"), 3)), [
    "2026-03-28T01:30",
    "2026-03-29T01:00",
    "2026-03-30T00:30",
  ]);
  // A steady pace stays one.
  deepEqual(shown(nextTimes("*/30 * * * *", berlin, at("2026-03-29T00:30Z"), 3)), [
    "2026-03-29T01:00",
    "2026-03-29T01:30",
    "2026-03-29T02:00",
  ]);
});

Deno.test("a time that daylight saving time repeats comes once, and a steady pace goes on", () => {
  deepEqual(shown(nextTimes("30 2 * * *", berlin, at("2026-10-24T12:00Z"), 2)), [
    "2026-10-25T00:30",
    "2026-10-26T01:30",
  ]);
  deepEqual(shown(nextTimes("30 2,14 * * *", berlin, at("2026-10-24T14:00Z"), 3)), [
    "2026-10-25T00:30",
    "2026-10-25T13:30",
    "2026-10-26T01:30",
  ]);
  deepEqual(shown(nextTimes("0 * * * *", berlin, at("2026-10-24T23:30Z"), 4)), [
    "2026-10-25T00:00",
    "2026-10-25T01:00",
    "2026-10-25T02:00",
    "2026-10-25T03:00",
  ]);
});

Deno.test("times of any cron grow, and asking from one of them goes on with the next", () => {
  const part = (least: number, most: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: least, max: most }).map(String),
      fc.integer({ min: 1, max: 7 }).map((step) => `*/${step}`),
      fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most })).map(([a, b]) =>
        `${Math.min(a, b)}-${Math.max(a, b)}`
      ),
    );
  const cron = fc.tuple(part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 6)).map((parts) => parts.join(" "));
  const zone = fc.constantFrom(
    "UTC",
    berlin,
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
  );
  const moment = fc.integer({ min: at("2020-01-01T00:00Z"), max: at("2040-01-01T00:00Z") });
  fc.assert(
    fc.property(cron, zone, moment, (cron, zone, after) => {
      const times = nextTimes(cron, zone, after, 4);
      equal(times.length, 4);
      times.forEach((time, i) => equal(time, nextTime(cron, zone, times[i - 1] ?? after)));
      times.reduce((before, time) => {
        equal(time > before, true);
        return time;
      }, after);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a cron that is none, or never comes, is refused with what was expected", () => {
  const now = at("2026-01-01T00:00Z");
  const expected =
    /^Invalid value ".*" for parameter 'cron' supplied: expected five fields, minute hour day month weekday/s;
  const wrong = [
    ...["", " ", "@reboot", "@every 5m", "0 3 * *", "0 0 3 * * *", "a b c d e", "60 * * * *", "0 24 * * *"],
    ...["0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "5/5 * * * *", "*/0 * * * *", "9-5 * * * *", "? * * * *"],
    ...["2030-01-01T00:00:00", "1:2 * * * *", "0 3 * * *\0", `0 3 * * ${"1,".repeat(1e6)}1`, "🎉 * * * *"],
  ];
  for (const cron of wrong) {
    throws(() => nextTime(cron, "UTC", now), { code: "INVALID_PARAMETER_VALUE", message: expected });
  }
  for (const cron of ["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *"]) {
    throws(() => nextTime(cron, "UTC", now), /'cron' supplied: it names a day that never comes\.$/);
  }
});

Deno.test("a time zone that nobody knows is refused by its name", () => {
  for (const zone of ["", "Mars/Phobos", "+02:00", "Europe/Berlin ", "x".repeat(1e6), "\0"]) {
    throws(() => nextTime("@daily", zone, 0), {
      code: "INVALID_PARAMETER_VALUE",
      message: /^Invalid value ".*" for parameter 'time_zone' supplied: expected the IANA name of a time zone, such as/,
    });
  }
  for (const zone of ["UTC", "europe/berlin", "Etc/GMT+5", "Asia/Kolkata"]) nextTime("@daily", zone, 0);
});

Deno.test("any text is a cron or is refused as one", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d*,/LW#+a-z -]{0,30}$/)), fc.string(), (cron, zone) => {
      for (const time_zone of ["UTC", zone]) {
        try {
          nextTime(cron, time_zone, 0);
        } catch (error) {
          equal(error instanceof Error && "code" in error && error.code, "INVALID_PARAMETER_VALUE");
        }
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("terms are checked as a whole: what is asked for, too", () => {
  const terms: ScheduleTerms = {
    name: "n",
    asked: {
      ...{ uri: "/p", entry_point: "main", parameters: [], backend: "local", backend_config: {}, docker_args: [] },
      ...{ build_image: false, run_name: "", tags: [], labels: [], submitted_by: "", priority: 0, max_attempts: 1 },
    },
    ...{ experiment_id: "0", cron: "@daily", time_zone: "UTC", overlap: "skip", paused: false },
  };
  checkTerms(terms, 0);
  const twice = [{ key: "a", value: "1" }, { key: "a", value: "2" }];
  throws(() => checkTerms({ ...terms, asked: { ...terms.asked, parameters: twice } }, 0), /Repeated parameter: 'a'/);
});

Deno.test("a cron is told in words where they are few", () => {
  const words: [cron: string, words: string | undefined][] = [
    ["0 3 * * *", "every day at 03:00"],
    ["@daily", "every day at 00:00"],
    ["@Hourly", "every hour at :00"],
    ["@weekly", "every Sunday at 00:00"],
    ["@monthly", "on day 1 of every month at 00:00"],
    ["@yearly", "every year on January 1 at 00:00"],
    ["5 * * * *", "every hour at :05"],
    ["0 */6 * * *", "every 6 hours at :00"],
    ["* * * * *", "every minute"],
    ["*/15 * * * *", "every 15 minutes"],
    ["30 9 * * MON-FRI", "Monday to Friday at 09:30"],
    ["30 9 * * 1,3,5", "every Monday, Wednesday and Friday at 09:30"],
    ["0 0 * * 7", "every Sunday at 00:00"],
    ["0 0 15 * *", "on day 15 of every month at 00:00"],
    ...[
      "*/7 * * * *",
      "0 */5 * * *",
      "0 0 1,15 * *",
      "0 0 1 3 *",
      "0 0 13 * 5",
      "0 9-17 * * *",
      "0 0 L * *",
      "0 0 * * 5#2",
    ].map(
      (cron): [string, undefined] => [cron, undefined],
    ),
  ];
  for (const [cron, expected] of words) equal(cronWords(cron), expected, cron);
});
