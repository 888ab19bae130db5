import assert from "node:assert/strict";
import fc from "fast-check";
import { linesOf, plainLines } from "../../domain/code.ts";
import { fileKind, languageOf } from "../../domain/file_kind.ts";
import { jsonLinesTree, jsonTree } from "../../domain/json_tree.ts";
import { notebookPart, readNotebook } from "../../domain/notebook.ts";
import { headerOf, hexLines, magicOf } from "../../domain/preview_binary.ts";
import { pixelsOf } from "../../domain/preview_image.ts";
import { decodeText } from "../../domain/preview_text.ts";
import { found, isGroup, shortened, type TreeNode } from "../../domain/tree.ts";
import { zipList } from "../../domain/zip_list.ts";

/** The value that a tree stands for. */
function valueOf(node: TreeNode | undefined): unknown {
  if (!node) return undefined;
  if (!isGroup(node)) return node.kind === "text" ? node.text : JSON.parse(node.text);
  if (node.kind === "list") return node.entries.map((entry) => valueOf(entry.node));
  return Object.fromEntries(node.entries.map(({ key, node }) => [key, valueOf(node)]));
}

Deno.test("the tree of JSON holds what JSON holds, however it is indented", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(3), (value, indent) => {
    const text = JSON.stringify(value, null, indent);
    assert.deepEqual(valueOf(jsonTree(text)), JSON.parse(text));
  }));
});

Deno.test("the beginning of JSON is a tree of what was read, and never more", () => {
  const text = JSON.stringify({ a: [1, { b: "x, ]" }, [true, null]], "c\n": { d: -1.5e-7 }, e: "end" }, null, 1);
  const whole = jsonTree(text);
  for (let length = 1; length < text.length; length++) {
    const tree = jsonTree(text.slice(0, length), true);
    assert.ok(tree && isGroup(tree) && tree.cut, text.slice(0, length));
    assert.equal(jsonTree(text.slice(0, length)), undefined);
    assert.ok(whole && isGroup(whole) && tree.entries.length <= whole.entries.length);
  }
});

Deno.test("numbers of JSON stand as they are written, Python's words too, and keys that come twice", () => {
  const tree = jsonTree('{"id": 12345678901234567890, "x": NaN, "y": -Infinity, "z": 1.0, "z": 2}');
  assert.ok(tree && isGroup(tree));
  assert.deepEqual(tree.entries.map(({ key, node }) => [key, isGroup(node) ? "" : node.text]), [
    ["id", "12345678901234567890"],
    ["x", "NaN"],
    ["y", "-Infinity"],
    ["z", "1.0"],
    ["z", "2"],
  ]);
});

Deno.test("what is not JSON is no tree, nor what is nested without end", () => {
  for (const text of ["", "{not", "[1 2]", '{"a" 1}', '"a\u0001"', "[1]x", "tru", "[".repeat(100_000), "[,]", "[1,]"]) {
    assert.equal(jsonTree(text), undefined, text.slice(0, 20));
  }
  assert.equal(jsonTree("[".repeat(100_000), true), undefined);
  assert.deepEqual(valueOf(jsonLinesTree('{"a":1}\n\n{"a":2}\r\n{"a', true)), [{ a: 1 }, { a: 2 }]);
  assert.equal(jsonLinesTree('{"a":1}\nx\n'), undefined);
});

Deno.test("a large tree is shortened honestly, and searched in all of its parts", () => {
  const tree = jsonTree(
    JSON.stringify({ list: Array.from({ length: 5_000 }, (_, i) => ({ name: `n${i}`, deep: [i] })) }),
  );
  assert.ok(tree);
  const short = shortened(tree);
  const list = isGroup(short) ? short.entries[0]?.node : undefined;
  assert.ok(list && isGroup(list));
  assert.deepEqual([list.entries.length, list.more], [100, 4_900]);
  const { node, matches } = found(tree, "N4999");
  assert.deepEqual([valueOf(node), matches], [{ list: [{ name: "n4999" }] }, 1]);
  assert.deepEqual(found(tree, "nothing of the kind"), { node: undefined, matches: 0 });
  assert.equal(found(tree, "deep").matches, 5_000);
});

Deno.test("text is read in the encoding that it is in, and bytes that are none are none", () => {
  const utf16 = (text: string, little: boolean) =>
    new Uint8Array([...text].flatMap((char) => {
      const code = char.charCodeAt(0), pair = [code & 255, code >> 8];
      return little ? pair : pair.toReversed();
    }));
  const latin1 = (text: string) => new Uint8Array([...text].map((char) => char.charCodeAt(0)));
  const utf8 = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(decodeText(utf8("grüße"), false), { text: "grüße" });
  assert.deepEqual(decodeText(utf8("\uFEFFx"), false), { text: "x", encoding: "UTF-8 with a byte order mark" });
  assert.deepEqual(decodeText(utf16("\uFEFFgrüße", true), false), { text: "grüße", encoding: "UTF-16 LE" });
  assert.deepEqual(decodeText(utf16("\uFEFFgrüße", false), false), { text: "grüße", encoding: "UTF-16 BE" });
  assert.deepEqual(decodeText(utf16("plain text", true), false), { text: "plain text", encoding: "UTF-16 LE" });
  assert.deepEqual(decodeText(latin1("café, grüße"), false), {
    text: "café, grüße",
    encoding: "Latin-1 (Windows-1252)",
  });
  assert.equal(decodeText(new Uint8Array([0, 1, 2, 3, 200]), false), undefined);
  assert.equal(decodeText(Uint8Array.from({ length: 4_000 }, (_, i) => (i * 7919) % 251), false), undefined);
  // Cut within a character.
  assert.deepEqual(decodeText(utf8("aü").slice(0, 2), true), { text: "a" });
});

Deno.test("a file is told by its name, and its language too", () => {
  const kinds = {
    "m/MLmodel": "model",
    "a/MLproject": "yaml",
    "x.IPYNB": "notebook",
    "README.md": "markdown",
    "r.html": "html",
    "p.pdf": "pdf",
    "a.mp3": "audio",
    "mp3": "none",
    "a.svg": "image",
    "a.py": "text",
    "x.jsonl": "json",
    "constructor": "none",
  };
  for (const [path, kind] of Object.entries(kinds)) assert.equal(fileKind(path, 5), kind, path);
  assert.equal(fileKind("a.pdf", 0), "text");
  assert.deepEqual(["a.py", "Dockerfile", "a.tsx", "a.txt", "toString"].map(languageOf), [
    "python",
    "dockerfile",
    "typescript",
    undefined,
    undefined,
  ]);
});

Deno.test("pieces of code become its lines without losing a character", () => {
  const piece = fc.tuple(fc.string({ unit: fc.constantFrom("a", "\n", " ") }), fc.constantFrom("keyword", "string"));
  fc.assert(fc.property(fc.array(piece), (pieces) => {
    const text = pieces.map(([part]) => part).join("");
    const { lines, total } = linesOf(pieces);
    assert.equal(lines.map((line) => line.map(([part]) => part).join("")).join(""), text);
    assert.equal(total, plainLines(text).total);
  }));
});

Deno.test("pictures tell how large they are, and what is cut or broken tells nothing", () => {
  const png = Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAC0lEQVR4nGNgwAQAABYAATLBZBUAAAAASUVORK5CYII=",
  );
  const gif = Uint8Array.fromBase64("R0lGODlhBQAHAIAAAAAAAP///ywAAAAABQAHAAACBYSPqYsFADs=");
  const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 8, 1, 1, 0, 0]);
  const svg = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(pixelsOf(png), { width: 2, height: 3 });
  assert.deepEqual(pixelsOf(gif), { width: 5, height: 7 });
  assert.deepEqual(pixelsOf(jpeg), { width: 8, height: 9 });
  assert.deepEqual(pixelsOf(svg('<?xml version="1.0"?><svg width="72pt" height="36pt">')), { width: 96, height: 48 });
  assert.deepEqual(pixelsOf(svg('<svg viewBox="0 0 30 20">')), { width: 30, height: 20 });
  for (const bytes of [png.slice(0, 18), new Uint8Array(0), svg("<svg>"), jpeg.slice(0, 9)]) {
    assert.equal(pixelsOf(bytes), undefined);
  }
});

Deno.test("bytes are told by their beginning, and shown as bytes", () => {
  assert.equal(magicOf(new TextEncoder().encode("PK\x03\x04rest"))?.startsWith("ZIP"), true);
  assert.match(magicOf(new Uint8Array([0x80, 4, 0x95])) ?? "", /pickle/);
  assert.equal(magicOf(new Uint8Array([1, 2, 3])), undefined);
  assert.deepEqual(hexLines(new TextEncoder().encode("0123456789abcdefX")).map(({ at, text }) => [at, text]), [
    ["00000000", "0123456789abcdef"],
    ["00000010", "X"],
  ]);
});

Deno.test("a notebook's cells and outputs are read, and its pictures and HTML by their names", () => {
  const outputs = [
    { output_type: "stream", name: "stdout", text: ["a\n", "\u001b[31mb\u001b[0m"] },
    { output_type: "display_data", data: { "image/png": "AAEC\n", "text/plain": "figure" } },
    { output_type: "execute_result", data: { "text/html": ["<table><tr>", "</tr></table>"], "text/plain": "t" } },
    { output_type: "error", ename: "E", evalue: "v", traceback: [] },
    7,
  ];
  const json = {
    cells: [{ cell_type: "markdown", source: ["# T"] }, {
      cell_type: "code",
      source: "x",
      execution_count: 3,
      outputs,
    }],
  };
  const notebook = readNotebook(json);
  assert.deepEqual(notebook?.cells[1], {
    kind: "code",
    source: "x",
    count: 3,
    outputs: [
      { kind: "text", text: "a\nb" },
      { kind: "image", part: "1.1" },
      { kind: "html", part: "1.2", lines: 2 },
      { kind: "text", text: "E: v", error: true },
    ],
  });
  assert.deepEqual(notebookPart(json, "1.1"), { type: "image/png", bytes: new Uint8Array([0, 1, 2]) });
  assert.equal(notebookPart(json, "1.2")?.type, "text/html");
  for (const part of ["", "1.0", "9.9", "1.1.1", "-1.0", "1.4", "0.0"]) {
    assert.equal(notebookPart(json, part), undefined);
  }
  for (const none of [null, 3, [], {}, { cells: 3 }]) assert.equal(readNotebook(none), undefined);
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (cell, output) => {
    const strange = { cells: [cell, { cell_type: "code", outputs: [output, { data: output }] }], metadata: cell };
    readNotebook(strange);
    notebookPart(strange, "1.0");
  }));
});

Deno.test("an archive tells what it holds, and arrays what they are", () => {
  const zip = Uint8Array.fromBase64(
    "UEsDBBQAAAAAAAAAIQCGphA2BQAAAAUAAAAFAAAAYS50eHRoZWxsb1BLAQIUAxQAAAAAAAAAIQCGphA2BQAAAAUAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAAoAAAAAAA=",
  );
  const listed = { files: [{ name: "a.txt", size: 5, packed: 5 }], total: 1 };
  assert.deepEqual(zipList(zip, zip.length), listed);
  assert.deepEqual(zipList(zip.subarray(30), zip.length), listed);
  for (let start = 41; start < zip.length; start++) assert.equal(zipList(zip.subarray(start), zip.length), undefined);
  for (let end = 0; end < zip.length; end++) assert.equal(zipList(zip.subarray(0, end), end), undefined);
  const npy = "\x93NUMPY\x01\0\x10\0{'shape': (20,)}\n";
  assert.equal(headerOf(new Uint8Array([...npy].map((char) => char.charCodeAt(0)))), "{'shape': (20,)}");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, total) => {
    zipList(bytes, total);
    magicOf(bytes);
    hexLines(bytes);
    pixelsOf(bytes);
    decodeText(bytes, true);
  }));
});
