import assert from "node:assert/strict";
import fc from "fast-check";
import { foldLines, type TreeLine, treeLines } from "../../domain/experiment_tree.ts";

const tree = (...names: string[]): TreeLine<string>[] => treeLines(names, (name) => name);
const drawn = (...names: string[]): string[] =>
  tree(...names).map(({ label, depth, item }) => `${"  ".repeat(depth)}${label}${item === undefined ? "/" : ""}`);

const part = fc.constantFrom("a", "b", "vit", "", "a b");
const anyNames = fc.uniqueArray(fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/")));

Deno.test("names that share a beginning stand below it", () => {
  assert.deepEqual(drawn("fraud/graph", "fraud/trees", "weather"), ["fraud/", "  graph", "  trees", "weather"]);
});

Deno.test("an experiment is the branch of the experiments below it", () => {
  assert.deepEqual(drawn("vision", "vision/road/lanes", "vision/vit"), ["vision", "  road/lanes", "  vit"]);
});

Deno.test("a name that shares nothing keeps its slashes on one line", () => {
  assert.deepEqual(drawn("a/b/c", "d/e"), ["a/b/c", "d/e"]);
});

Deno.test("branches that say nothing of their own are joined", () => {
  assert.deepEqual(drawn("org/team/x", "org/team/y"), ["org/team/", "  x", "  y"]);
});

Deno.test("a folded branch hides what is below it and says how much that is", () => {
  const folded = (...closed: string[]) =>
    foldLines(tree("a", "a/b/c", "a/b/d", "e/f", "e/g", "h"), new Set(closed))
      .map(({ label, below, open }) => `${open ? "" : "+"}${label} ${below.length}`);
  assert.deepEqual(folded(), ["a 2", "b 2", "c 0", "d 0", "e 2", "f 0", "g 0", "h 0"]);
  assert.deepEqual(folded("a", "e"), ["+a 2", "+e 2", "h 0"]);
  assert.deepEqual(folded("a/b", "nothing"), ["a 2", "+b 2", "e 2", "f 0", "g 0", "h 0"]);
});

Deno.test("every name stands once, in its order", () => {
  fc.assert(fc.property(anyNames, (names) => {
    const sorted = names.toSorted();
    assert.deepEqual(tree(...sorted).flatMap(({ item }) => item ?? []), sorted);
  }));
});

Deno.test("the labels on the way to a line make its name", () => {
  fc.assert(fc.property(anyNames, (names) => {
    const way: string[] = [];
    for (const { label, depth, item } of tree(...names.toSorted())) {
      assert.ok(depth <= way.length);
      way.splice(depth, way.length, label);
      if (item !== undefined) assert.equal(way.join("/"), item);
    }
  }));
});
