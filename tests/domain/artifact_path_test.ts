import { deepEqual, equal, match, notEqual, ok, throws } from "node:assert/strict";
import { join, sep } from "node:path";
import fc from "fast-check";
import { artifactFolder, artifactPath } from "../../domain/artifact_path.ts";
import { ApiError } from "../../domain/errors.ts";

const refused = (path: string, message: string | RegExp = "Invalid path") =>
  throws(() => artifactPath(path), { code: "INVALID_PARAMETER_VALUE", message }, JSON.stringify(path));

Deno.test("a relative path is taken as it is", () => {
  for (
    const path of ["a", "0/b1/artifacts/model/MLmodel", "..dots", "...", "a..b", ".hidden", "~home", " lead", "trail "]
  ) {
    equal(artifactPath(path), path);
  }
});

Deno.test("the names that MLflow's server keeps are kept", () => {
  const names =
    "with space.txt|percent%.txt|100%|ünïcode.txt|日本語.txt|e\u0301.txt|semi;colon.txt|q?mark.txt|plus+.txt|amp&.txt|" +
    "eq=1.txt|at@.txt|colon:x.txt|C:0.1.png|br[0].txt|{x}.txt|'q'.txt|\"dq\".txt|*star|<x>|%zz.txt|%%|http:x.txt|😀.png";
  for (const name of [...names.split("|"), "a|b"]) {
    equal(artifactPath(name), name);
    equal(artifactPath(`0/run/artifacts/${name}`), `0/run/artifacts/${name}`);
  }
});

Deno.test("an escape that is left after the router's decoding belongs to the name", () => {
  equal(artifactPath("50%25.txt"), "50%25.txt");
  equal(artifactPath("a%20b"), "a%20b");
  notEqual(artifactPath("a%20b"), artifactPath("a b"));
});

Deno.test("repeated slashes become one", () => equal(artifactPath("a//b///c"), "a/b/c"));

Deno.test("a file needs a name", () => {
  for (const path of ["", "/", "//", ".", "./", "./.", ".//", "..", "a/", "a//", "a/.", "a/./"]) refused(path);
});

Deno.test("a folder may be the store itself", () => {
  equal(artifactFolder(""), "");
  equal(artifactFolder("a/b"), "a/b");
  equal(artifactFolder("a/b//"), "a/b");
  for (const path of ["/", "//", ".", "./", "..", "a/..", "%2e", "%252e%252e"]) {
    throws(() => artifactFolder(path), { message: "Invalid path" }, path);
  }
});

Deno.test("the spellings of published attacks are refused", () => {
  const attacks =
    "../etc/passwd|a/../../b|a/..|./a|a/./b|/etc/passwd|//proc/self/root|///x|file:///etc/passwd|file:a|FILE:/x|" +
    "http://169.254.169.254/x|s3://bucket/x|C:/Windows/win.ini|c:|c:/|C:\\Windows|\\\\host\\share|..\\..\\x|a\\b|\\x|" +
    "%2e%2e/x|%2e%2e%2fx|..%2fx|%252e%252e/x|%25252e%25252e%25252fx|a/%2e%2e/b|a/%2e/b|%2fetc/passwd|%252fetc|%5c%5chost|a%5cb|a%255cb|" +
    "a#b|a%23b|a#/../../x|a%2523/..|x%00y|%2%0952e%2%0952e/x|%2%352e%2%352e/x|a%0ab|%7f|file%3a///x|c%3a/x|.%2e/x|%2e./x|%2E%2E/x";
  for (const path of attacks.split("|")) refused(path);
});

Deno.test("escapes nested more than ten deep are refused", () => {
  equal(artifactPath(`a%${"25".repeat(9)}b`), `a%${"25".repeat(9)}b`);
  refused(`a%${"25".repeat(400)}b`);
});

Deno.test("control characters are refused", () => {
  for (const code of [...Array(0x20).keys(), 0x7f, 0x80, 0x9f]) refused(`a${String.fromCharCode(code)}b`);
});

Deno.test("half a surrogate pair is refused", () => {
  refused("a\ud800");
  refused("\udc00/b");
});

Deno.test("names of up to 255 bytes and paths of up to 1024 bytes are kept", () => {
  equal(artifactPath("x".repeat(255)), "x".repeat(255));
  refused("x".repeat(256), "Invalid path: a name in it is longer than 255 bytes");
  equal(artifactPath("日".repeat(85)), "日".repeat(85));
  refused("日".repeat(86), /255 bytes/);
  equal(artifactPath("a/".repeat(511) + "ab").length, 1024);
  refused("a/".repeat(511) + "abc", "Invalid path: it is longer than 1024 bytes");
});

const root = join(sep, "srv", "artifacts");
/** What a lenient reader may make of a path: decoded `times` times more, then joined to a root. */
function inside(path: string, times: number): boolean {
  const decode = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return unescape(text);
    }
  };
  for (let i = 0; i < times; i++) path = decode(path);
  const full = join(root, path.replaceAll("\\", "/"));
  return full.startsWith(root + sep) && full !== root + sep;
}

/** A character as it is, or escaped once or several times, in either case of hexadecimal. */
const spelling = (character: string) =>
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()).map(([depth, upper]) => {
    if (depth === 0) return character;
    const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
    return `%${"25".repeat(depth - 1)}${upper ? hex.toUpperCase() : hex}`;
  });
const attack = fc.array(fc.constantFrom(..."..../\\%25eE2fFcC:#?;a\t\0~ ").chain(spelling), {
  minLength: 1,
  maxLength: 24,
})
  .map((parts) => parts.join(""));

Deno.test("no spelling of escapes leads out of the store", () => {
  let taken = 0;
  fc.assert(
    fc.property(attack, fc.integer({ min: 0, max: 6 }), (raw, times) => {
      let path: string;
      try {
        path = artifactPath(raw);
      } catch (error) {
        ok(error instanceof ApiError && error.status === 400);
        match(error.message, /^Invalid path/);
        return;
      }
      taken++;
      ok(inside(path, times));
      equal(artifactPath(path), path);
    }),
    { numRuns: 10_000 },
  );
  ok(taken > 500, `only ${taken} of the spellings were taken: the test proves too little`);
});

Deno.test("every ordinary name comes back as it was given", () => {
  const ordinary = fc.string({ unit: "binary", minLength: 1, maxLength: 60 })
    .filter((name) => name.isWellFormed() && !/[\p{Cc}\\/#%:]/u.test(name) && !/^\.{1,2}$/.test(name));
  fc.assert(fc.property(fc.array(ordinary, { minLength: 1, maxLength: 4 }), (names) => {
    deepEqual(artifactPath(names.join("/")).split("/"), names);
  }));
});
