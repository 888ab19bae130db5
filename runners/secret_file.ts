import { join } from "node:path";

/**
 * A secret in the folder of Weir's own data, made when there is none: 256 random bits, for the owner's eyes only. Undefined where
 * nothing can be written.
 */
export async function ownSecret(dataDir: string, name: string): Promise<string | undefined> {
  const path = join(dataDir, name);
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    return await readSecret(path) ?? await makeSecret(path, temporary, dataDir);
  } catch {
    return undefined;
  } finally {
    await Deno.remove(temporary).catch(() => {});
  }
}

async function readSecret(path: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(path)).trim() || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** By a link, which fails when another process was first: that one's secret is taken then. */
async function makeSecret(path: string, temporary: string, folder: string): Promise<string | undefined> {
  const secret = crypto.getRandomValues(new Uint8Array(32)).toHex();
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(temporary, `${secret}\n`, { mode: 0o600, createNew: true });
  try {
    await Deno.link(temporary, path);
    return secret;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return await readSecret(path);
    // Some file systems know no links.
    await Deno.rename(temporary, path);
    return secret;
  }
}
