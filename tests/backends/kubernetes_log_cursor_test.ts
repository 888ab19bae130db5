import { equal } from "node:assert/strict";
import fc from "fast-check";
import { LogCursor } from "../../runners/backends/kubernetes_log_cursor.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a log is read once, wherever connections break, and however coarse the clock is", () => {
  const line = fc.record({
    gap: fc.constantFrom(0, 0, 1, 999_999_999),
    text: fc.string({ unit: "grapheme", maxLength: 9 }),
  });
  const lines = fc.array(line, { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(lines, fc.array(fc.nat(60), { maxLength: 6 }), (written, breaks) => {
    let time = 1_750_000_000_000_000_000n;
    const stamped = written.map(({ gap, text }) => ({ time: time += BigInt(gap), text: text.replaceAll("\n", "") }));
    const cursor = new LogCursor();
    let printed = "";
    const decoder = new TextDecoder();
    for (const length of [...breaks, Infinity]) {
      cursor.connected();
      const { sinceTime } = cursor.query();
      const from = sinceTime === undefined ? 0n : BigInt(Date.parse(sinceTime)) * 1_000_000n;
      const log = stamped.filter((one) => one.time >= from).map((one) => `${stamp(one.time)} ${one.text}\n`).join("");
      printed += decoder.decode(cursor.take(bytes(log).subarray(0, length)), { stream: true });
    }
    equal(printed, stamped.map(({ text }) => `${text}\n`).join(""));
  }));
});

Deno.test("another process goes on behind the line that was handed on last", () => {
  const cursor = new LogCursor("2026-01-31T14:30:00.5+02:00");
  cursor.connected();
  equal(cursor.query().sinceTime, "2026-01-31T14:30:00+02:00");
  const log = "2026-01-31T12:30:00.4Z one\n2026-01-31T12:30:00.500000000Z two\n2026-01-31T12:30:00.500000001Z three\n";
  equal(new TextDecoder().decode(cursor.take(bytes(log))), "three\n");
});

Deno.test("what has no times is handed on as it is", () => {
  const cursor = new LogCursor();
  cursor.connected();
  const log = `unable to retrieve container logs\n${"x".repeat(100)}\n`;
  equal(new TextDecoder().decode(cursor.take(bytes(log))), log);
});

function stamp(time: bigint): string {
  const [second, fraction] = [time / 1_000_000_000n, time % 1_000_000_000n];
  return new Date(Number(second) * 1000).toISOString().replace(".000Z", `.${String(fraction).padStart(9, "0")}Z`);
}
