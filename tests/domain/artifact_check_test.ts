import { deepEqual, equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { byBytes, merged } from "../../domain/artifact_check.ts";

const names = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "0", "é", "\uffee", "\u{1f600}"), maxLength: 6 });

Deno.test("the order of bytes is that of Buffer.compare", () => {
  fc.assert(fc.property(names, names, (a, b) => {
    equal(Math.sign(byBytes(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }));
});

Deno.test("two sorted lists merge into one, each name once with what both sides say", async () => {
  const list = fc.uniqueArray(names, { maxLength: 20 })
    .map((uris) => uris.sort(byBytes).map((uri, index) => ({ uri, size: index })));
  await fc.assert(fc.asyncProperty(list, list, async (left, right) => {
    const pairs = await Array.fromAsync(merged(streamed(left), streamed(right)));
    const uris = pairs.map(({ found, noted }) => found?.uri ?? noted?.uri ?? "");
    deepEqual(uris, [...new Set([...left, ...right].map(({ uri }) => uri))].sort(byBytes));
    deepEqual(pairs.flatMap(({ found }) => found ?? []), left);
    deepEqual(pairs.flatMap(({ noted }) => noted ?? []), right);
    equal(pairs.every(({ found, noted }) => !found || !noted || found.uri === noted.uri), true);
  }));
});

async function* streamed<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
