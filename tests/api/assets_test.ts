import assert from "node:assert/strict";
import { withoutComments } from "../../routes/assets.ts";

Deno.test("files for browsers go without their comments, and with every line of code", async () => {
  assert.equal(
    withoutComments("// a\nb(); // c\n  /* d\n * e */\n/** @type {F} */ (g);\nh();\n"),
    "b(); // c\n/** @type {F} */ (g);\nh();\n",
  );
  for (
    const folder of ["../../static/", "../../static/css/", "../../static/plots/"].map((it) =>
      new URL(it, import.meta.url)
    )
  ) {
    for await (const { name } of Deno.readDir(folder)) {
      if (!/\.(?:js|css)$/.test(name)) continue;
      const source = await Deno.readTextFile(new URL(name, folder));
      const lines = (text: string) => text.split("\n").filter((line) => !/^\s*(?:\/\/|\/\*|\*(?! \{))/.test(line));
      const code = withoutComments(source);
      assert.deepEqual(lines(code), lines(withoutProse(source)), name);
      assert.ok(!/^\s*\/[/*](?!.*\*\/)/m.test(code), `${name} keeps a comment`);
    }
  }
});

/** Without the lines within comments of several lines. */
function withoutProse(source: string): string {
  let isProse = false;
  return source.split("\n").filter((line) => {
    const opens = /^\s*\/\*(?!.*\*\/)/.test(line);
    const was = isProse;
    if (opens) isProse = true;
    if (isProse && line.includes("*/")) isProse = false;
    return !opens && !was;
  }).join("\n");
}
