import { join } from "node:path";

/** Milliseconds after its last use that an environment is kept. */
const kept = 30 * 24 * 3600 * 1000;

/**
 * The folder of an environment by the hash of what it is made from; `make` fills it where it is not there yet. One process makes it, on
 * however many the same run starts; others wait. What `make` leaves half done, by an error or a kill, is made anew.
 */
export async function cachedEnvironment(
  cache: string,
  recipe: readonly string[],
  { make, wait }: { make: (folder: string) => Promise<void>; wait: () => void },
): Promise<string> {
  const hash = await hashOf(recipe);
  const folder = join(cache, hash);
  await Deno.mkdir(cache, { recursive: true, mode: 0o700 });
  using lock = await Deno.open(join(cache, `${hash}.lock`), { write: true, create: true, mode: 0o600 });
  if (!(await lock.tryLock(true))) {
    wait();
    await lock.lock(true);
  }
  if (!(await isReady(folder))) {
    await remove(folder);
    try {
      await make(folder);
      await Deno.writeTextFile(ready(folder), "");
    } catch (error) {
      await remove(folder);
      throw error;
    }
  }
  const now = new Date();
  await Deno.utime(ready(folder), now, now);
  return folder;
}

/** Removes the environments that nobody has used for a month. Those that are being made are left. */
export async function removeUnused(cache: string, now: number): Promise<number> {
  let removed = 0;
  const entries = await Array.fromAsync(Deno.readDir(cache)).catch(() => []);
  for (const { name } of entries.filter(({ name }) => name.endsWith(".lock"))) {
    const folder = join(cache, name.slice(0, -".lock".length));
    using lock = await Deno.open(join(cache, name), { write: true });
    if (!(await lock.tryLock(true))) continue;
    const used = await Deno.stat(ready(folder)).then(({ mtime }) => mtime?.getTime() ?? 0, () => undefined);
    if (used === undefined || now - used < kept) continue;
    await remove(folder);
    removed++;
  }
  return removed;
}

const ready = (folder: string): string => join(folder, ".weir-ready");
const isReady = (folder: string): Promise<boolean> => Deno.stat(ready(folder)).then(() => true, () => false);
const remove = (folder: string): Promise<void> => Deno.remove(folder, { recursive: true }).catch(() => {});

async function hashOf(parts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 40);
}
