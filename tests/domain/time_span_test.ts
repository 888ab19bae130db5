import { equal } from "node:assert/strict";
import { parseTimeSpan } from "../../domain/time_span.ts";

Deno.test("a span of time is days, hours, minutes and seconds in this order, each of them once", () => {
  for (
    const [text, ms] of [
      ["30d", 30 * 86_400_000],
      ["1d12h", 129_600_000],
      ["1d2h3m4s", 93_784_000],
      ["0.5h", 1_800_000],
      ["90s", 90_000],
      ["0s", 0],
    ] as const
  ) equal(parseTimeSpan(text), ms, text);
  for (const text of ["", "5", "d", "1h1d", "1d1d", "-1d", "1 d", "1w", "1e3s", ".5h", "1d "]) {
    equal(parseTimeSpan(text), undefined, text);
  }
});
