import { isWorkDue } from "../db/jobs.ts";
import { removeOldLooks } from "../db/project_looks.ts";
import { sweepJobs } from "../db/job_writes.ts";
import { isUnreachable, type Sql } from "../db/sql.ts";
import { sleep } from "../db/upkeep.ts";
import { removeOldWorkers } from "../db/workers.ts";
import { heartbeat, sweep } from "../domain/jobs.ts";

export interface JobUpkeep {
  sql: Sql;
  log: (level: "info" | "error", message: string) => void;
  /** There are jobs to claim. */
  ring: () => void;
}

/** Milliseconds that the server and its database must have been there before it takes jobs away: workers may not have reached it either. */
const benefit = 2 * heartbeat;
/** Milliseconds between two looks for workers that nobody has heard of for long. */
const cleaning = 3600_000;

/** Takes jobs away from workers that are not heard of, and rings for those that wait, until `signal`. Any number of servers may do so. */
export async function keepJobs({ sql, log, ring }: JobUpkeep, signal: AbortSignal): Promise<void> {
  let well = performance.now();
  let last = well;
  let cleaned = -Infinity;
  while (!signal.aborted) {
    const now = performance.now();
    // Asleep, or stopped by somebody: whatever happened meanwhile did so without this server.
    if (now - last > 2 * sweep + benefit) well = now;
    last = now;
    try {
      if (now - cleaned > cleaning) {
        await removeOldWorkers(sql);
        await removeOldLooks(sql);
        cleaned = now;
      }
      if (now - well >= benefit) {
        const lost = await sweepJobs(sql, Math.random());
        for (const job_id of lost) log("error", `Job ${job_id} has lost its worker.`);
      }
      if (await isWorkDue(sql)) ring();
    } catch (error) {
      well = performance.now();
      // Of a lost database every request is told already.
      if (!isUnreachable(error)) {
        log("error", `Jobs could not be looked after: ${error instanceof Error ? error.message : error}`);
      }
    }
    await sleep(sweep, signal);
  }
}
