import assert from "node:assert/strict";
import fc from "fast-check";
import { textRow } from "../../domain/compare.ts";
import { openedParams } from "../../domain/compare_params.ts";
import { lineDiff } from "../../domain/diff_lines.ts";
import { countChanges, treeDiff, treeText } from "../../domain/diff_tree.ts";
import { jsonTree } from "../../domain/json_tree.ts";
import { pythonTree } from "../../domain/python_tree.ts";
import { lineChanges } from "../../routes/line_changes.ts";

const lines = fc.array(fc.constantFrom("a", "b", "c", "d: 1", "d: 2"), { maxLength: 40 });

Deno.test("each side of a line difference, read from above, is its text, however it is folded", () => {
  fc.assert(fc.property(lines, lines, (one, two) => {
    const changes = lineChanges(one.join("\n"), two.join("\n")) ?? [];
    const whole = lineDiff(changes, true);
    const [base, other] = [[], []] as [string[], string[]];
    for (const row of whole.rows) {
      if (row.kind === "fold") assert.fail("nothing is folded");
      if (row.base) assert.equal(row.base.at, base.push(row.base.text));
      if (row.other) assert.equal(row.other.at, other.push(row.other.text));
    }
    assert.deepEqual([base, other], [one, two]);
    const folded = lineDiff(changes, false).rows;
    const hidden = folded.reduce((sum, row) => sum + (row.kind === "fold" ? row.lines : 0), 0);
    assert.equal(folded.filter(({ kind }) => kind !== "fold").length + hidden, whole.rows.length);
    const changed = (rows: typeof folded) => rows.filter(({ kind }) => kind === "changed");
    assert.deepEqual(changed(folded), changed(whole.rows));
  }));
});

Deno.test("within two lines the words that differ are marked, not parts of numbers", () => {
  const changes = lineChanges("  lr: 0.001 # rate", "  lr: 0.0003 # rate") ?? [];
  const [row] = lineDiff(changes, false).rows;
  assert.ok(row?.kind === "changed" && row.base?.mark && row.other?.mark);
  assert.equal(row.base.text.slice(...row.base.mark), "0.001");
  assert.equal(row.other.text.slice(...row.other.mark), "0.0003");
});

Deno.test("trees differ exactly where their JSON does", () => {
  const tree = (value: unknown) => jsonTree(JSON.stringify(value))!;
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (one, two) => {
    assert.equal(treeDiff(tree(one), tree(one)), undefined);
    const differs = treeText(tree(one), 10_000) !== treeText(tree(two), 10_000);
    if (differs && JSON.stringify(one).length < 5_000) assert.ok(countChanges(treeDiff(tree(one), tree(two))) > 0);
  }));
  const found = treeDiff(tree({ a: { b: 1, c: 2 }, d: [1, 2, 3] }), tree({ a: { b: 1, c: 3 }, d: [1, 2], e: null }));
  assert.equal(countChanges(found), 3);
});

Deno.test("a dict that Python printed reads as the tree that it was", () => {
  const read = (text: string): string => treeText(pythonTree(text) ?? { kind: "word", text: "nothing" });
  assert.equal(
    read(`{'lr': 0.1, 'on': True, "no": None, 3: (1, 'a\\'b'), 'e': {}}`),
    `{lr: 0.1, on: True, no: None, 3: [1, "a'b"], e: {}}`,
  );
  assert.equal(read("[1, 2,]"), "[1, 2]");
  for (const text of ["{'a': <object at 0x7f>}", "{'a': 1", "{'a' 1}", "hello", "", "{".repeat(5_000)]) {
    assert.equal(read(text), "nothing", text.slice(0, 40));
  }
});

Deno.test("params that are dicts in every run are compared value by value", () => {
  const row = textRow("config", [`{"opt": {"lr": 0.1}, "seed": 1}`, "{'opt': {'lr': 0.2}, 'seed': 1}"], 0);
  const opened = openedParams([row], 0);
  assert.deepEqual(opened.map(({ key, differs }) => [key, differs]), [["config.opt.lr", true], ["config.seed", false]]);
  const mixed = textRow("config", [`{"a": 1}`, "default"], 0);
  assert.deepEqual(openedParams([mixed], 0), [mixed]);
});
