import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { tarOf } from "../../runners/backends/tar.ts";

const options = { ignore: Deno.build.os === "windows" };

Deno.test("tar unpacks what was packed: long names, links, programs, and empty folders", options, async () => {
  const folder = await Deno.makeTempDir({ prefix: "weir-tar-" });
  try {
    const long = `${"long/".repeat(30)}name.txt`;
    const source = join(folder, "source");
    await Deno.mkdir(join(source, long, ".."), { recursive: true });
    await Deno.mkdir(join(source, "empty"));
    await Deno.writeTextFile(join(source, long), "long");
    await Deno.writeTextFile(join(source, "ä b.txt"), "x".repeat(512));
    await Deno.writeTextFile(join(source, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    await Deno.writeTextFile(join(source, "left"), "out");
    await Deno.symlink("run.sh", join(source, "link"));
    const pack = () => tarOf(source, "root", (name) => name === "left");
    await Deno.writeFile(join(folder, "x.tar"), pack());
    const { success } = await new Deno.Command("tar", { args: ["-xf", "x.tar"], cwd: folder }).output();
    equal(success, true);
    const root = join(folder, "root");
    deepEqual((await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name).sort(), [
      "empty",
      "link",
      "long",
      "run.sh",
      "ä b.txt",
    ]);
    equal(await Deno.readTextFile(join(root, long)), "long");
    equal(await Deno.readTextFile(join(root, "ä b.txt")), "x".repeat(512));
    equal(await Deno.readLink(join(root, "link")), "run.sh");
    equal(((await Deno.stat(join(root, "run.sh"))).mode ?? 0) & 0o777, 0o755);
    await Deno.utime(join(source, "run.sh"), 1, 1);
    deepEqual(await new Response(pack()).bytes(), await Deno.readFile(join(folder, "x.tar")), "times change nothing");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
