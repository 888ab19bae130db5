import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { zipSync } from "fflate";
import {
  packedProject,
  packProject,
  shownSource,
  unpackProject,
  uploadOf,
  withoutTop,
} from "../../domain/projects/packed.ts";
import { parseSource } from "../../domain/projects/source.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const file = (path: string, text = "x") => ({ path, bytes: bytes(text) });

Deno.test("what is packed is unpacked again, and the same files are the same zip in any order", () => {
  const name = fc.stringMatching(/^[a-z_][\w. -]{0,6}[a-z]$/);
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `p/${names.join("/")}.py`);
  fc.assert(fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 6 }), (paths) => {
    const files = paths.map((path) => file(path, path));
    const zip = packProject(files);
    deepEqual(packProject(files.toReversed()), zip);
    deepEqual(
      unpackProject(zip).toSorted((a, b) => a.path < b.path ? -1 : 1),
      files.toSorted((a, b) => a.path < b.path ? -1 : 1),
    );
  }));
});

Deno.test("names that lead out of a project are refused, and so are two files of one name", () => {
  for (
    const path of [
      "../a",
      "/etc/passwd",
      "a/../../b",
      "a\\b",
      "c:/a",
      "a\0b",
      "a//b",
      "./a",
      "a/",
      "",
      "a\nb",
      "\ud800",
    ]
  ) {
    throws(() => packProject([file(path)]), { code: "INVALID_PARAMETER_VALUE", message: /leads out of it/ });
  }
  throws(() => packProject([file("a"), file("a")]), /"a" twice/);
  throws(() => packProject([]), /no files/);
  throws(() => packProject(Array.from({ length: 10_001 }, (_, i) => file(`f${i}`))), /10000 files at most/);
});

Deno.test("history, caches and environments are left out", () => {
  const paths = [
    ".git/config",
    "a/__pycache__/b.pyc",
    ".venv/bin/python",
    "node_modules/x/y.js",
    "train.py",
    "src/a.py",
  ];
  deepEqual(unpackProject(packProject(paths.map((path) => file(path)))).map(({ path }) => path), [
    "src/a.py",
    "train.py",
  ]);
  throws(() => packProject([file(".git/config")]), /no files/);
});

Deno.test("a zip that is none, or holds more than a project may, is refused before it is unpacked", () => {
  throws(() => unpackProject(bytes("PK nothing")), /no readable ZIP file/);
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`f${i}`, new Uint8Array()]));
  throws(() => unpackProject(zipSync(many)), /10000 files/);
  const bomb = zipSync({ a: new Uint8Array(300 * 1024 * 1024), b: new Uint8Array(300 * 1024 * 1024) });
  throws(() => unpackProject(bomb), /bytes at most/);
});

Deno.test("the folder that all files lie in is none of the project's", () => {
  deepEqual(withoutTop([file("wine/train.py"), file("wine/src/a.py")]), {
    top: "wine",
    files: [file("train.py"), file("src/a.py")],
  });
  equal(withoutTop([file("wine/train.py"), file("README.md")]).top, undefined);
  equal(withoutTop([file("wine/a"), file("beer/a")]).top, undefined);
});

Deno.test("an uploaded project is named by its hash for workers, and by its name for people", async () => {
  const { uri, path } = await packedProject("My wine!.zip", [file("train.py")]);
  equal(uri, `mlflow-artifacts:/${path}`);
  equal(uploadOf(uri)?.name, "My-wine-");
  equal(shownSource(`${uri}#part`), "My-wine-#part");
  equal(shownSource("https://a:b@example.com/p"), "https://example.com/p");
  deepEqual(parseSource(`${uri}#part`), { kind: "zip", location: uri, subdirectory: "part" });
  equal((await packedProject("../..", [file("a")])).path.split("/").at(-1), "project.zip");
});
