import assert from "node:assert/strict";
import fc from "fast-check";
import { asset, href, path, setLinks } from "../../views/links.ts";

Deno.test("a parameter of a path cannot become another path, whatever it holds", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }).filter((id) => id.isWellFormed()), (id) => {
    const url = new URL(href(path`/runs/${id}/x`, { q: id }), "http://weir");
    // The URL standard folds dots away even when they are escaped.
    if (id !== "." && id !== "..") assert.equal(decodeURIComponent(url.pathname), `/runs/${id}/x`);
    assert.equal(url.searchParams.get("q") ?? "", id);
  }));
});

Deno.test("an address leaves out what is empty and repeats what is a list", () => {
  assert.equal(
    href(path`/compare`, { runs: ["a", "b"], x: undefined, y: "", z: false, n: 0 }),
    "/compare?runs=a&runs=b&n=0",
  );
});

Deno.test("below a sub-path every address begins with it", () => {
  setLinks({ publicUrl: "https://ml.example.com/weir", version: "1a2b" });
  try {
    assert.equal(href(path`/experiments`), "/weir/experiments");
    assert.equal(asset("vendor/htmx.js"), "/weir/static/1a2b/vendor/htmx.js");
  } finally {
    setLinks({ version: "dev" });
  }
});
