import { deepEqual } from "node:assert/strict";
import { join } from "node:path";
import { openStore } from "../../artifacts/open.ts";
import { put, text } from "../artifacts/behaviours.ts";
import { until } from "../postgres.ts";

Deno.test(
  "A9: a folder that becomes a link while a file in it is asked for gives nothing of what is outside away",
  { ignore: Deno.build.os === "windows" },
  async () => {
    const around = await Deno.makeTempDir({ prefix: "weir-siege-" });
    const [root, outside] = [join(around, "root"), join(around, "outside")];
    await Deno.mkdir(outside);
    await Deno.writeTextFile(join(outside, "file"), "secret");
    const store = await openStore(root);
    await put(store, "d/file", "ours");
    await Deno.symlink(outside, join(root, "link"));
    // In a thread of its own, so that it comes between any two steps.
    const swap = `for (;;) {
      for (const [from, to] of [["d", "real"], ["link", "d"], ["d", "link"], ["real", "d"]]) {
        try { Deno.renameSync("${root}/" + from, "${root}/" + to); } catch {}
        for (let i = Math.random() * 3000; i > 0; i--) globalThis.last = i;
      }
    }`;
    const swapper = new Worker(URL.createObjectURL(new Blob([swap], { type: "text/javascript" })), { type: "module" });
    const seen = new Set<string | undefined>();
    // One look at where the file lies was fooled in one of 2,000 turns. Where the threads share a processor, one turn is like many.
    for (let turn = 0; turn < 20_000 || !(seen.has("ours") && seen.has("refused")); turn++) {
      seen.add(await text(store, "d/file").catch(() => "refused"));
      await store.list("d").catch(() => {});
    }
    swapper.terminate();
    seen.delete(undefined); // between two renames there is no such folder
    deepEqual(seen, new Set(["ours", "refused"]));
    deepEqual(await Array.fromAsync(Deno.readDir(outside), ({ name }) => name), ["file"]);
    // A thread does not end at once.
    await until(() => Deno.remove(around, { recursive: true }).then(() => true, () => false));
  },
);
