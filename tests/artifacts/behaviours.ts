import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import type { ArtifactStore } from "../../artifacts/store.ts";
import { body, broken, digest, MiB, names, noise, type OpenStore, put, text, walked } from "./contents.ts";
import { type Test, walking } from "./walk_behaviours.ts";

export * from "./contents.ts";

/** What every store does, whatever it keeps its files in. */
export function storeBehaviours(name: string, options: { ignore: boolean }, open: OpenStore): void {
  const test = (behaviour: string, run: (store: ArtifactStore) => Promise<void>) =>
    Deno.test(`a store in ${name} ${behaviour}`, options, async () => {
      await using store = await open();
      await run(store);
    });
  keeping(test);
  ranges(test);
  listing(test);
  walking(test);
  removing(test);
  failing(test);
}

function keeping(test: Test): void {
  test("can be used", (store) => store.check());

  test("gives a file back as it was put, with its size, age and version", async (store) => {
    await store.put("0/run/artifacts/model/MLmodel", body("flavors: {}"), { size: 11, type: "text/plain" });
    const file = await store.get("0/run/artifacts/model/MLmodel");
    ok(file);
    equal(await new Response(file.stream).text(), "flavors: {}");
    deepEqual([file.size, file.total], [11, 11]);
    ok(Math.abs(file.last_modified.getTime() - Date.now()) < 60_000);
    ok(/^"[^"]+"$/.test(file.etag), file.etag);
  });

  test("tells the size and the fingerprint of what it was given", async (store) => {
    for (const size of [0, 5, 9 * MiB]) {
      const content = noise(size);
      const receipt = { size, checksum: `sha256:${await digest(content)}` };
      deepEqual(await store.put("announced", body(content), { size }), receipt);
      deepEqual(await store.put("not", body(content)), receipt);
    }
  });

  test("gives undefined for a missing file", async (store) => {
    await put(store, "a/b", "");
    equal(await store.get("c"), undefined);
    equal(await store.get("a/c"), undefined);
    equal(await store.get("a/b/c"), undefined);
  });

  test("keeps an empty file, announced or not", async (store) => {
    await store.put("announced", body(""), { size: 0 });
    await store.put("not", body(""));
    deepEqual([await text(store, "announced"), await text(store, "not")], ["", ""]);
    deepEqual((await store.list("")).map((file) => file.file_size), [0, 0]);
  });

  for (const size of [8 * MiB, 16 * MiB, 20 * MiB + 1]) {
    test(`keeps a file of ${size} bytes, announced or not`, async (store) => {
      const content = noise(size);
      for (const announced of [{ size }, {}]) {
        await store.put("big", body(content), announced);
        const file = await store.get("big");
        equal(file?.size, size);
        equal(await digest(await new Response(file?.stream).arrayBuffer()), await digest(content));
      }
    });
  }

  test("replaces a file and its version", async (store) => {
    await put(store, "a", "old");
    const old = await store.get("a");
    await old?.stream.cancel();
    await put(store, "a", "new");
    const young = await store.get("a");
    equal(await new Response(young?.stream).text(), "new");
    notEqual(young?.etag, old?.etag);
  });

  test("keeps one of two files that are put at the same time whole", async (store) => {
    const [a, b] = ["a".repeat(100_000), "b".repeat(100_000)];
    await Promise.all([put(store, "d/f", a), put(store, "d/f", b)]);
    const kept = await text(store, "d/f");
    ok(kept === a || kept === b);
  });

  test("lets go of a file that is not read to its end", async (store) => {
    await store.put("big", body(noise(4 * MiB)));
    const file = await store.get("big");
    const reader = file?.stream.getReader();
    await reader?.read();
    await reader?.cancel();
  });

  test("keeps the names that MLflow keeps", async (store) => {
    const kept =
      "with space|percent%|50%25|a%20b|ünïcode|日本語|e\u0301|semi;colon|q?mark|plus+|amp&|eq=1|at@|C:0.1|[0]|{x}|'q'|\"dq\"|<x>|..dots|" +
      ".hidden|~home| lead|😀|*|$x|a,b|!|(x)|^|`x`";
    const paths = kept.split("|").map((name) => `${name}/${name}.txt`);
    for (const path of paths) await put(store, path, path);
    for (const path of paths) equal(await text(store, path), path);
    deepEqual(await names(store, ""), kept.split("|").sort());
    for (const name of kept.split("|")) deepEqual(await names(store, name), [`${name}.txt`]);
    for (const path of paths) await store.remove(path);
    for (const path of paths) equal(await store.get(path), undefined);
  });
}

function ranges(test: Test): void {
  test("gives a range of a file", async (store) => {
    await put(store, "a", "0123456789");
    equal(await text(store, "a", { start: 2, end: 4 }), "234");
    equal(await text(store, "a", { start: 0, end: 0 }), "0");
    equal(await text(store, "a", { start: 7 }), "789");
    const file = await store.get("a", { start: 2, end: 4 });
    await file?.stream.cancel();
    deepEqual([file?.size, file?.total], [3, 10]);
  });

  test("leaves out what a range asks for behind the end", async (store) => {
    await put(store, "a", "0123456789");
    equal(await text(store, "a", { start: 8, end: 99 }), "89");
    for (const range of [{ start: 10 }, { start: 99, end: 100 }]) {
      const file = await store.get("a", range);
      equal(await new Response(file?.stream).text(), "");
      deepEqual([file?.size, file?.total], [0, 10]);
    }
    equal(await store.get("b", { start: 3 }), undefined);
  });

  test("gives a range that spans the parts of a big file", async (store) => {
    const content = noise(17 * MiB);
    await store.put("big", body(content));
    const [start, end] = [8 * MiB - 3, 16 * MiB + 5];
    const file = await store.get("big", { start, end });
    deepEqual([file?.size, file?.total], [end - start + 1, 17 * MiB]);
    equal(await digest(await new Response(file?.stream).arrayBuffer()), await digest(content.slice(start, end + 1)));
  });
}

function listing(test: Test): void {
  test("lists a folder by name, with the sizes of files", async (store) => {
    for (const path of ["d/b.txt", "d/a/x", "d/a/y/z", "d/c.txt", "d.txt", "e"]) await put(store, path, "12345");
    deepEqual(await store.list("d"), [
      { path: "a", is_dir: true },
      { path: "b.txt", is_dir: false, file_size: 5 },
      { path: "c.txt", is_dir: false, file_size: 5 },
    ]);
    deepEqual(await names(store, ""), ["d", "d.txt", "e"]);
    deepEqual(await names(store, "d/a"), ["x", "y"]);
  });

  test("lists nothing for a file or what is missing", async (store) => {
    deepEqual(await store.list(""), []);
    await put(store, "d/a", "");
    deepEqual(await store.list("d/a"), []);
    deepEqual(await store.list("d/b"), []);
    deepEqual(await store.list("d/a/c"), []);
  });

  test("lists, walks and removes more files than fit on a page of S3", async (store) => {
    const many = Array.from({ length: 1005 }, (_, i) => `f${`${i}`.padStart(4, "0")}`);
    for (let i = 0; i < many.length; i += 15) {
      await Promise.all(many.slice(i, i + 15).map((name) => put(store, `d/${name}`, name)));
    }
    deepEqual(await names(store, "d"), many);
    deepEqual(await walked(store, ""), many.map((name) => `d/${name}`));
    await store.remove("d");
    deepEqual(await store.list("d"), []);
  });

  test("refuses to give a folder as a file", async (store) => {
    await put(store, "a/b/c", "");
    for (const folder of ["a", "a/b"]) {
      await rejects(store.get(folder), {
        code: "INVALID_PARAMETER_VALUE",
        message: `Artifact path refers to a directory, not a file: '${folder}'`,
      });
    }
  });
}

function removing(test: Test): void {
  test("removes a file, and nothing beside it", async (store) => {
    for (const path of ["d/a", "d/a.txt", "d/b"]) await put(store, path, "");
    await store.remove("d/a");
    deepEqual(await names(store, "d"), ["a.txt", "b"]);
  });

  test("removes a folder with all that is in it, and nothing beside it", async (store) => {
    for (const path of ["d/a/1", "d/a/b/2", "d/ab/3", "d/a.txt"]) await put(store, path, "");
    await store.remove("d/a");
    deepEqual(await names(store, "d"), ["a.txt", "ab"]);
    deepEqual(await store.list("d/a"), []);
  });

  test("has nothing against removing what is missing", async (store) => {
    await put(store, "a", "");
    for (const path of ["b", "b/c", "a/b"]) await store.remove(path);
    deepEqual(await names(store, ""), ["a"]);
  });

  test("does not remove itself", async (store) => {
    await put(store, "a", "");
    await rejects(store.remove(""), { code: "INVALID_PARAMETER_VALUE" });
    deepEqual(await names(store, ""), ["a"]);
  });
}

function failing(test: Test): void {
  for (
    const [size, announced] of [[5, 6], [5, 4], [5, 0], [0, 5], [9 * MiB, 9 * MiB + 1], [9 * MiB, 9 * MiB - 1], [
      9 * MiB,
      100,
    ]] as const
  ) {
    test(`refuses ${size} bytes that were announced as ${announced}, and keeps what was there`, async (store) => {
      await put(store, "d/a", "old");
      for (const path of ["d/a", "new/b"]) {
        await rejects(store.put(path, body(noise(size)), { size: announced }), {
          code: "INVALID_PARAMETER_VALUE",
          message: new RegExp(
            `^The file is not the announced ${announced} bytes long: (more|only ${size}) arrived\\.$`,
          ),
        });
      }
      equal(await text(store, "d/a"), "old");
      deepEqual(await names(store, ""), ["d"]);
    });
  }

  for (const [size, announced] of [[5, 10], [5, undefined], [20 * MiB, 40 * MiB], [20 * MiB, undefined]] as const) {
    const told = announced === undefined ? "an unknown number" : announced;
    test(`keeps what was there when the connection breaks after ${size} of ${told} bytes`, async (store) => {
      await put(store, "d/a", "old");
      const options = announced === undefined ? {} : { size: announced };
      for (const path of ["d/a", "new/b"]) {
        await rejects(store.put(path, broken([noise(size)]), options), {
          code: "BAD_REQUEST",
          message: "The file did not arrive in full: the connection broke",
        });
      }
      equal(await text(store, "d/a"), "old");
      deepEqual(await names(store, ""), ["d"]);
    });
  }
}
