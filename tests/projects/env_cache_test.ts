import assert from "node:assert/strict";
import { join } from "node:path";
import { cachedEnvironment, removeUnused } from "../../runners/projects/env_cache.ts";

const day = 24 * 3600 * 1000;
const wait = () => {};

async function inFolder(act: (cache: string) => Promise<void>): Promise<void> {
  const cache = await Deno.makeTempDir();
  await act(cache).finally(() => Deno.remove(cache, { recursive: true }));
}

Deno.test("an environment is made once for one recipe, also by runs that begin together", () =>
  inFolder(async (cache) => {
    let made = 0;
    const make = async (folder: string) => {
      made++;
      await Deno.mkdir(folder);
    };
    const folders = await Promise.all([1, 2, 3].map(() => cachedEnvironment(cache, ["a"], { make, wait })));
    const other = await cachedEnvironment(cache, ["b"], { make, wait });
    assert.deepEqual([made, new Set(folders).size, folders.includes(other)], [2, 1, false]);
  }));

Deno.test("an environment that was left half done is made anew", () =>
  inFolder(async (cache) => {
    const fail = async (folder: string) => {
      await Deno.mkdir(folder);
      await Deno.writeTextFile(join(folder, "half"), "");
      throw new Error("no network");
    };
    await assert.rejects(cachedEnvironment(cache, ["a"], { make: fail, wait }), /no network/);
    const folder = await cachedEnvironment(cache, ["a"], { make: (folder) => Deno.mkdir(folder), wait });
    await Deno.remove(join(folder, ".weir-ready")); // as a kill leaves it
    await Deno.writeTextFile(join(folder, "half"), "");
    await cachedEnvironment(cache, ["a"], { make: (folder) => Deno.mkdir(folder), wait });
    assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), [".weir-ready"]);
  }));

Deno.test("environments that nobody used for a month are removed, and no others", () =>
  inFolder(async (cache) => {
    const make = (folder: string) => Deno.mkdir(folder);
    const folder = await cachedEnvironment(cache, ["a"], { make, wait });
    assert.deepEqual([await removeUnused(cache, Date.now() + 29 * day), await removeUnused(join(cache, "none"), 0)], [
      0,
      0,
    ]);
    assert.equal(await removeUnused(cache, Date.now() + 31 * day), 1);
    await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
    await cachedEnvironment(cache, ["a"], { make, wait });
    await Deno.stat(folder);
  }));
