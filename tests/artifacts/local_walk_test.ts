import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { localStore } from "../../artifacts/local.ts";
import { body, put, walked } from "./contents.ts";

const windows = Deno.build.os === "windows";

/** A store in a folder of its own, beside one that is outside. */
async function ownStore() {
  const folder = await Deno.makeTempDir({ prefix: "weir-artifacts-" });
  const [root, outside] = [join(folder, "root"), join(folder, "outside")];
  const store = await localStore(root);
  await Deno.mkdir(join(outside, "deep"), { recursive: true });
  for (const name of ["secret", "deep/secret"]) await Deno.writeTextFile(join(outside, name), "secret");
  return { ...store, root, outside, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("a walk follows links to files in the folder, and no others", { ignore: windows }, async () => {
  await using store = await ownStore();
  for (const path of ["a", "d/b", "d/e/c"]) await put(store, path, "12345");
  const links = {
    "file": "a",
    "d/up": "../a",
    "folder": "d",
    "d/round": "..",
    "loop": "loop",
    "nowhere": "missing",
    "out": store.outside,
    "d/out": join(store.outside, "secret"),
    "d/e/out": "../../../outside/deep",
    "temporary": ".weir-tmp",
  };
  for (const [name, target] of Object.entries(links)) await Deno.symlink(target, join(store.root, name));
  deepEqual(await walked(store, ""), ["a", "d/b", "d/e/c", "d/up", "file"]);
  deepEqual(await Array.fromAsync(store.walk(""), ({ size }) => size), [5, 5, 5, 5, 5]);
  deepEqual(await walked(store, "folder"), ["folder/b", "folder/e/c", "folder/up"]);
  for (const path of ["out", "d/e/out", "temporary"]) {
    await rejects(walked(store, path), { code: "INVALID_PARAMETER_VALUE" });
  }
});

Deno.test(
  "a walk passes by what is arriving, pipes, and nothing that only looks like it",
  { ignore: windows },
  async () => {
    await using store = await ownStore();
    for (const path of ["d/.weir-tmp", ".weir-tmp2/a", ".weir"]) await put(store, path, "");
    await Deno.writeTextFile(join(store.root, ".weir-tmp", "x"), "half");
    await new Deno.Command("mkfifo", { args: [join(store.root, "pipe")] }).output();
    deepEqual(await walked(store, ""), [".weir", ".weir-tmp2/a", "d/.weir-tmp"]);
    await rejects(walked(store, ".weir-tmp"), { code: "INVALID_PARAMETER_VALUE" });
  },
);

Deno.test("a walk goes on when what it has not reached yet is removed", async () => {
  await using store = await ownStore();
  for (const path of ["a", "b", "c/d", "e"]) await put(store, path, "");
  const seen: string[] = [];
  for await (const { path } of store.walk("")) {
    seen.push(path);
    if (path === "a") { for (const gone of ["b", "c"]) await store.remove(gone); }
  }
  deepEqual(seen, ["a", "e"]);
});

Deno.test("what a killed server left is removed and counted, and nothing that is still arriving", async () => {
  await using store = await ownStore();
  for (const name of ["left", "too"]) await Deno.writeTextFile(join(store.root, ".weir-tmp", name), "half");
  const sender = new TransformStream<Uint8Array, Uint8Array>();
  const arriving = store.put("a", sender.readable);
  const writer = sender.writable.getWriter();
  await writer.write(new Uint8Array(3));
  equal(await store.removeUnfinished(new Date()), 2);
  equal(await store.removeUnfinished(new Date()), 0);
  await writer.close();
  equal((await arriving).size, 3);
  deepEqual(await walked(store, ""), ["a"]);
  equal((await store.put("b", body(""))).size, 0);
});
