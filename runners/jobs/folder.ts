import { join } from "node:path";
import type { GroupWatch } from "../projects/process.ts";
import { noteGroups, reapGroups } from "./groups.ts";

/** A folder that is one worker's alone while it lives. */
export interface WorkerFolder extends Disposable {
  /** Of its jobs. */
  jobs: string;
  groups: GroupWatch;
  /** How many process groups of killed predecessors were ended. */
  reaped: number;
}

/**
 * Takes the first folder below `dataDir` that no living worker has, and ends what workers that were killed have left, in every such
 * folder.
 */
export async function takeWorkerFolder(dataDir: string): Promise<WorkerFolder> {
  const root = join(dataDir, "workers");
  await Deno.mkdir(root, { recursive: true, mode: 0o700 });
  let taken: { path: string; lock: Deno.FsFile } | undefined;
  let reaped = 0;
  const there = new Set((await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name));
  for (let number = 1; taken === undefined || there.has(String(number)); number++) {
    const path = join(root, String(number));
    const lock = await lockOf(path);
    if (!lock) continue;
    reaped += await cleaned(path);
    if (taken === undefined) taken = { path, lock };
    else lock.close();
  }
  const { path, lock } = taken;
  await Deno.mkdir(join(path, "jobs"), { recursive: true, mode: 0o700 });
  return {
    jobs: join(path, "jobs"),
    groups: noteGroups(join(path, "groups")),
    reaped,
    [Symbol.dispose]: () => lock.close(),
  };
}

/** Undefined while another process has it. */
async function lockOf(path: string): Promise<Deno.FsFile | undefined> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  const file = await Deno.open(join(path, "lock"), { read: true, write: true, create: true, mode: 0o600 });
  if (await file.tryLock(true)) return file;
  file.close();
  return undefined;
}

async function cleaned(path: string): Promise<number> {
  const groups = await reapGroups(join(path, "groups"));
  await Deno.remove(join(path, "jobs"), { recursive: true }).catch(() => {});
  return groups;
}
