import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCsv, previewKind, showHead } from "../../domain/preview.ts";

Deno.test("a file's preview is told by its name, whatever its case and folder", () => {
  const kinds = {
    image: ["a.png", "plots/B.JPG", "x.svg"],
    json: ["eval.json"],
    table: ["d/samples.csv", "x.TSV"],
    parquet: ["data.parquet", "x.PQ"],
  };
  for (const [kind, paths] of Object.entries(kinds)) {
    for (const path of paths) assert.equal(previewKind(path, 10), kind, path);
  }
  for (const path of ["model/MLmodel", "requirements.txt", "README.md", "train.py", ".env", "a.b/Dockerfile"]) {
    assert.equal(previewKind(path, 10), "text", path);
  }
  for (const path of ["model.pth", "a.tar.gz", "noext", "png/x.bin"]) {
    assert.equal(previewKind(path, 10), "none", path);
  }
});

Deno.test("a picture that would fill the browser's memory is not shown, an empty file is an empty text", () => {
  assert.equal(previewKind("a.png", 50_000_000), "none");
  assert.equal(previewKind("a.bin", 0), "text");
});

Deno.test("JSON is indented, and left as it is where reading it would change it", () => {
  const shown = (head: string, cut = false) => showHead("json", "a.json", head, cut);
  assert.deepEqual(shown('{"a":[1]}'), { kind: "text", text: '{\n  "a": [\n    1\n  ]\n}' });
  for (const text of ['{"a": NaN}', '{"id":12345678901234567890}', "{not json", '"a\u0001']) {
    assert.deepEqual(shown(text), { kind: "text", text });
  }
  assert.deepEqual(shown('{"a": [1, 2', true), { kind: "text", text: '{"a": [1, 2' });
});

Deno.test("what log_table wrote is a table, also when only its beginning was read", () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i, `text ] with [ ${i}`, null, { nested: [i] }]);
  const text = JSON.stringify({ columns: ["n", "text", "none", "object"], data: rows });
  const whole = showHead("json", "eval.json", text, false);
  assert.ok(whole.kind === "table" && whole.table.total === 40);
  assert.deepEqual(whole.table.rows[3], ["3", "text ] with [ 3", "", '{"nested":[3]}']);
  fc.assert(fc.property(fc.integer({ min: 60, max: text.length - 1 }), (length) => {
    const cut = showHead("json", "eval.json", text.slice(0, length), true);
    if (cut.kind !== "table") return assert.ok(length < 150);
    assert.deepEqual(cut.table.rows, whole.table.rows.slice(0, cut.table.rows.length));
    assert.equal(cut.table.total, undefined);
  }));
});

Deno.test("a file that holds a zero byte is not text, whatever its name", () => {
  for (const kind of ["json", "table", "text"] as const) {
    assert.deepEqual(showHead(kind, "a.txt", "a\0b", false), { kind: "binary" });
  }
});

Deno.test("CSV reads back the rows that were written, with quotes, delimiters and line ends in them", () => {
  const field = fc.string({ unit: fc.constantFrom("a", '"', ",", ";", "\n", "\r", " ", "é") });
  const row = fc.array(field, { minLength: 2, maxLength: 5 });
  const write = (rows: string[][], end: string) =>
    rows.map((each) => each.map((one) => `"${one.replaceAll('"', '""')}"`).join(",") + end).join("");
  fc.assert(fc.property(fc.array(row), fc.constantFrom("\n", "\r\n"), (rows, end) => {
    assert.deepEqual(parseCsv(write(rows, end)), rows);
  }));
});

Deno.test("CSV reads plain fields, ragged rows and broken quotes without losing text", () => {
  assert.deepEqual(parseCsv('\uFEFFa,b\r\n1,\n\n2,3,4\n"x"y,"z'), [["a", "b"], ["1", ""], ["2", "3", "4"], [
    "xy",
    "z",
  ]]);
  fc.assert(fc.property(fc.string(), (text) => assert.ok(Array.isArray(parseCsv(text)))));
});

Deno.test("a table takes its delimiter from its first line, and drops the row that was cut off", () => {
  const shown = showHead("table", "a.csv", "a;b\n1;2\n3;", true);
  assert.deepEqual(shown, { kind: "table", table: { columns: ["a", "b"], rows: [["1", "2"]] } });
  assert.deepEqual(showHead("table", "a.tsv", "a\tb\n1\t2\n", false), {
    kind: "table",
    table: { columns: ["a", "b"], rows: [["1", "2"]], total: 1 },
  });
});
