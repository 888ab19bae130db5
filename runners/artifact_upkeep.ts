import { abandonedChanges, endChange } from "../db/artifact_changes.ts";
import type { FileLog } from "../db/file_log.ts";
import { isUnreachable } from "../db/sql.ts";
import { sleep } from "../db/upkeep.ts";
import { type Checked, settle, unfinishedAge } from "./artifact_check.ts";

/** Milliseconds between two looks. */
const pause = 30_000;
/** Seconds after which a change belongs to a server that is gone: some looks. */
const silence = 120;
/** Milliseconds between two searches for what unfinished uploads left. */
const cleaning = 3_600_000;

export interface Keeper extends Checked {
  files: FileLog;
  log: (level: "info" | "error", message: string) => void;
}

/** Compares what servers left that died while they stored or removed files, until `signal`. A failure is left to the next look. */
export async function keepArtifacts(keeper: Keeper, signal: AbortSignal): Promise<void> {
  for (let cleaned = 0; !signal.aborted; await sleep(pause, signal)) {
    await keeper.files.keepAlive().catch((error) => tell(keeper, error));
    await settleAbandoned(keeper).catch((error) => tell(keeper, error));
    if (keeper.now() - cleaned < cleaning) continue;
    cleaned = keeper.now();
    const before = new Date(cleaned - unfinishedAge);
    await keeper.artifacts.own.removeUnfinished(before).catch((error) => tell(keeper, error));
  }
}

async function settleAbandoned(keeper: Keeper): Promise<void> {
  for (const { change, uri } of await abandonedChanges(keeper.sql, silence)) {
    await settle(keeper, uri);
    await endChange(keeper.sql, change);
  }
}

/** That the database cannot be reached is said already where people notice. */
function tell({ log }: Keeper, error: unknown): void {
  if (!isUnreachable(error)) log("error", `Artifacts could not be looked after: ${error}`);
}
