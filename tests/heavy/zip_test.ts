import { deepEqual, ok } from "node:assert/strict";
import { localStore } from "../../artifacts/local.ts";
import { zipOf } from "../../routes/zip.ts";
import { needs } from "../tools.ts";

const python = await new Deno.Command("python3", { args: ["-c", "import zipfile"] }).output().then(
  ({ success }) => success ? "python3" : undefined,
  () => undefined,
);

/** More entries than 16 bits count, and more bytes than 32 bits do. */
const entries = 70_000;
const large = 4_400_000_000;

const script = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
size = 0
with archive.open("large") as file:
    while part := file.read(1 << 22): size += len(part)
print(json.dumps([len(archive.infolist()), size, archive.read("z/last").decode()]))
`;

Deno.test(
  "a folder of many files and more than 4 GB comes as a zip file whose end can be read",
  needs(python, "There is no python3 on the PATH."),
  async () => {
    const root = await Deno.makeTempDir({ prefix: "weir-zip-" });
    try {
      await Deno.mkdir(`${root}/d/many`, { recursive: true });
      await Deno.mkdir(`${root}/d/z`);
      for (let i = 0; i < entries; i++) await Deno.writeTextFile(`${root}/d/many/file-${i}`, `${i}`);
      await Deno.writeTextFile(`${root}/d/large`, "");
      await Deno.truncate(`${root}/d/large`, large); // a hole: it takes no room
      await Deno.writeTextFile(`${root}/d/z/last`, "behind 4 GB");
      const before = Deno.memoryUsage().rss;
      await Deno.writeFile(`${root}/out.zip`, (await zipOf(await localStore(root), "d"))!);
      const grown = Math.round((Deno.memoryUsage().rss - before) / 1e6);
      ok(grown < 300, `${grown} MB more`);
      const { stdout } = await new Deno.Command("python3", { args: ["-c", script, `${root}/out.zip`] }).output();
      deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [entries + 2, large, "behind 4 GB"]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
);
