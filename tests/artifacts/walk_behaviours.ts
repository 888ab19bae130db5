import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { ArtifactStore } from "../../artifacts/store.ts";
import { broken, MiB, names, noise, put, walked } from "./contents.ts";

export type Test = (behaviour: string, run: (store: ArtifactStore) => Promise<void>) => void;

/** How every store walks through its files, and what it does about those that never were whole. */
export function walking(test: Test): void {
  test("walks through every file below a folder, in the order of the bytes of their paths", async (store) => {
    const files = [
      "a-b",
      "a.b",
      "a/b",
      "a/b-c/d",
      "a/b.c",
      "a/c/d/e/f",
      "a0",
      "b",
      "b.c",
      "b\uffee",
      "b\u{1f600}",
      "c\ue000/x",
      "c\uffee/x",
      "c\u{1f600}/x\uffee",
      "c\u{1f600}/x\u{1f600}",
      "c\u{1f680}",
      "d",
      "\u00e9",
      "\uffee",
      "\u{1f600}",
    ].map((path) => `w/${path}`); // deno-fmt-ignore
    for (const path of [...files, "v/x", "w.x", "w0/x"].reverse()) await put(store, path, path);
    deepEqual(await walked(store, "w"), files);
    deepEqual(await walked(store, ""), ["v/x", "w.x", ...files, "w0/x"]);
    deepEqual(await walked(store, "w/a"), ["w/a/b", "w/a/b-c/d", "w/a/b.c", "w/a/c/d/e/f"]);
  });

  test("tells size and age of the files that it walks through", async (store) => {
    await put(store, "d/e/f", "12345");
    const [file, ...others] = await Array.fromAsync(store.walk(""));
    deepEqual([file?.path, file?.size, others], ["d/e/f", 5, []]);
    ok(Math.abs((file?.last_modified.getTime() ?? 0) - Date.now()) < 60_000);
  });

  test("walks nowhere in a file, in what is missing and in what was emptied", async (store) => {
    deepEqual(await walked(store, ""), []);
    for (const path of ["d/a", "e/a"]) await put(store, path, "");
    await store.remove("e/a");
    for (const path of ["d/a", "d/b", "d/a/c", "e", "f"]) deepEqual(await walked(store, path), []);
    deepEqual(await walked(store, ""), ["d/a"]);
  });

  test("may be left in the middle of a walk", async (store) => {
    for (const path of ["d/a", "d/b", "e"]) await put(store, path, "");
    for await (const { path } of store.walk("")) {
      equal(path, "d/a");
      break;
    }
    deepEqual(await names(store, ""), ["d", "e"]);
  });

  test("has nothing unfinished when all that began has ended", async (store) => {
    await put(store, "a", "");
    await rejects(store.put("b", broken([noise(20 * MiB)]), { size: 40 * MiB }));
    await store.removeUnfinished(new Date(Date.now() + 86_400_000));
    deepEqual(await walked(store, ""), ["a"]);
    equal(await store.removeUnfinished(new Date(Date.now() + 86_400_000)), 0);
  });
}
