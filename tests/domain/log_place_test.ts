import { deepEqual, equal } from "node:assert/strict";
import { parseLogPlace } from "../../domain/log_place.ts";
import { systemGroups } from "../../domain/system_metrics.ts";

const start = Date.parse("2026-11-22T22:30:20Z");
const at = (text: string, zone = 0) => {
  const place = parseLogPlace(text, start, zone);
  return place && "time" in place ? new Date(place.time).toISOString() : place;
};

Deno.test("a place in a log is a line, a time of the reader's day, or a day", () => {
  deepEqual(at("12,406"), { line: 12406 });
  deepEqual(at("line 0"), { line: 1 });
  equal(at("23:00"), "2026-11-22T23:00:00.000Z");
  equal(at("1:05:10"), "2026-11-23T01:05:10.000Z"); // the first one after the beginning
  equal(at("22:30"), "2026-11-22T22:30:00.000Z");
  equal(at("00:30", 120), "2026-11-22T22:30:00.000Z");
  equal(at("2026-11-24 07:00", -60), "2026-11-24T08:00:00.000Z");
  equal(at("2026-11-24"), "2026-11-24T00:00:00.000Z");
  for (const text of ["", "noon", "25:00", "2026-13-01", "12:99:99x", "-5"]) equal(at(text), undefined);
});

Deno.test("metrics of machines are grouped by what they measure, unknown ones too", () => {
  const keys = [
    "loss",
    "system/network_receive_megabytes",
    "system/gpu_10_power_usage_watts",
    "system/gpu_2_utilization_percentage",
    "system/system_memory_usage_megabytes",
    "system/system_memory_usage_percentage",
    "system/fan",
    "system/",
  ];
  deepEqual(
    systemGroups(keys).map(({ group, metrics }) => [group, ...metrics.map(({ title, unit }) => `${title} ${unit}`)]),
    [
      ["Memory", "Usage %", "Usage MB"],
      ["GPU 2", "Utilization %"],
      ["GPU 10", "Power usage W"],
      ["Network", "Receive MB"],
      ["Other", " ", "Fan "],
    ],
  );
});
