import { deepEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { inUtf8Order } from "../../artifacts/utf8_order.ts";

const inUtf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

Deno.test("paths in the order of UTF-16 or of UTF-8 are put in that of UTF-8", async () => {
  const names = fc.array(fc.constantFrom("a", "b", "/", "é", "\ue000", "\uffee", "\u{1f600}", "\u{1f680}"), {
    maxLength: 5,
  })
    .map((letters) => letters.join(""));
  await fc.assert(fc.asyncProperty(fc.uniqueArray(names), async (paths) => {
    const expected = paths.toSorted(inUtf8);
    for (const given of [paths.toSorted(), expected]) {
      const files = async function* () {
        for (const path of given) yield { path };
      };
      deepEqual(await Array.fromAsync(inUtf8Order(files()), ({ path }) => path), expected);
    }
  }));
});

Deno.test("only paths with far characters are held back", async () => {
  const asked: string[] = [];
  const files = async function* () {
    for (const path of ["a", "b/\u{1f600}", "b/\uffee", "c", "d"]) {
      asked.push(path);
      yield { path };
    }
  };
  const order = inUtf8Order(files());
  for (const path of ["a", "b/\uffee", "b/\u{1f600}", "c"]) deepEqual((await order.next()).value, { path });
  deepEqual(asked.length, 4);
});
