import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { drawLine, plainLine } from "../../domain/terminal.ts";

Deno.test("colours of a line become spans, and go on in the next line until they are reset", () => {
  const first = drawLine("plain \x1b[1;31mred and bold\x1b[22m red");
  deepEqual(first.spans, [
    { text: "plain ", look: "" },
    { text: "red and bold", look: "b f1" },
    { text: " red", look: "f1" },
  ]);
  const second = drawLine("still red\x1b[m usual", first.after);
  deepEqual(second.spans, [{ text: "still red", look: "f1" }, { text: " usual", look: "" }]);
  const { spans } = drawLine("\x1b[38;5;9ma\x1b[38;5;117mb\x1b[38;2;1;2;255mc\x1b[48;5;255md\x1b[0;7me\x1b[38;5;999mf");
  deepEqual(spans.map(({ look }) => look), ["f9", "f#87d7ff", "f#0102ff", "f#0102ff g#eeeeee", "fbg gink"]);
});

Deno.test("a progress bar shows what was drawn last", () => {
  equal(plainLine("\r 10%|#   |\r 50%|##  |\r100%|####|"), "100%|####|");
  equal(plainLine("12345\rab"), "ab345");
  equal(plainLine("12345\r\x1b[Kab"), "ab");
  equal(plainLine("12345\b\bX"), "123X5");
  equal(plainLine("loading\x1b[2K\x1b[1Gdone"), "done");
});

Deno.test("titles, links, questions and moves up are dropped, and nothing of them stays", () => {
  equal(plainLine("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b\x1b]8;;\x1b\\"), "ab");
  equal(plainLine("\x1b[?25la\x1b[1A\x1b[6nb\x1b(Bc\x1bMd\x07\0e\x1b"), "abcde");
  equal(plainLine("tab\there"), "tab\there");
});

Deno.test("a very long line is cut where it is shown, and says so", () => {
  const { spans } = drawLine("x".repeat(5000));
  deepEqual(spans.map(({ text }) => text.length > 100 ? text.length : text), [4000, " … 1000 more characters"]);
});

Deno.test("whatever is printed, no control character is left but tabs, and no half of a character", () => {
  const pieces = fc.constantFrom(
    "\x1b[",
    "\x1b]",
    "\x1b",
    "31m",
    "2K",
    "999999999C",
    ";",
    "38;5;",
    "\r",
    "\b",
    "a",
    "😀",
    "\x9b",
    "\x07",
    "\t",
  );
  fc.assert(fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: "binary" })), { maxLength: 30 }), (parts) => {
    const text = plainLine(parts.join("").replaceAll("\n", "").toWellFormed());
    // deno-lint-ignore no-control-regex -- they are what this is about
    ok(!/[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(text), JSON.stringify(text));
    ok(text.isWellFormed());
  }));
});
