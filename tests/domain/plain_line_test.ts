import { equal } from "node:assert/strict";
import { plainLine } from "../../domain/plain_line.ts";

Deno.test("the first line of a description stands without its marks", () => {
  equal(plainLine("\n# A **bold** `plan` of [ours](https://x)\n\nmore"), "A bold plan of ours");
  equal(plainLine("> - quoted 3 * 4 * 5"), "quoted 3 * 4 * 5");
  equal(plainLine("---\n```python\nx = 1\n```"), "x = 1");
  equal(plainLine("*"), "*");
  equal(plainLine(" \n\t\n"), "");
});
