import assert from "node:assert/strict";
import { settings } from "../startup/settings.ts";

const root = new URL("../", import.meta.url);
const read = (name: string): Promise<string> => Deno.readTextFile(new URL(name, root));

Deno.test("README lists every setting with its default and its meaning", async () => {
  const readme = await read("README.md");
  const rows = Object.values(settings).map((setting) => {
    const usual = "default" in setting && setting.default !== "" ? `\`${setting.default}\`` : "";
    return `| \`${setting.name}\` | ${usual} | ${setting.meaning} |`;
  });
  assert.deepEqual(rows.filter((row) => !readme.includes(row)), []);
});

Deno.test("every file that README and CONTRIBUTING link to is there", async () => {
  const texts = await Promise.all(["README.md", "CONTRIBUTING.md"].map(read));
  const links = texts.flatMap((text) => [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1]!));
  const missing = await Promise.all(
    links.map((link) => Deno.stat(new URL(link, root)).then(() => [], () => [link])),
  );
  assert.deepEqual(missing.flat(), []);
});
