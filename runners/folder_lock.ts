import { join } from "node:path";

/**
 * Makes `folder` this process's own until the lock is closed or the process ends, however it ends. An Error of one sentence
 * when another process has it.
 */
export async function lockFolder(folder: string): Promise<Disposable> {
  const path = join(folder, "weir.lock");
  const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  if (await file.tryLock(true)) {
    await file.truncate();
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
    return file;
  }
  file.close();
  const holder = (await Deno.readTextFile(path)).trim();
  throw new Error(
    `Another Weir (process ${holder}) uses the folder ${folder}: stop it, or set WEIR_DATA_DIR to another folder.`,
  );
}
