import { fireSchedules, untilDue } from "../db/schedule_fires.ts";
import { isUnreachable, type Sql } from "../db/sql.ts";
import { sleep } from "../db/upkeep.ts";

export interface ScheduleUpkeep {
  sql: Sql;
  log: (level: "info" | "error", message: string) => void;
  /** There are jobs to claim. */
  ring: () => void;
}

/** Milliseconds between two looks at most: another server may have been told of a schedule that comes sooner. */
const longest = 5000;
/** And at least: somebody may be at what is due. */
const shortest = 200;

/** Asks for the jobs of schedules as their times come, until `signal`. Any number of servers may do so. */
export async function keepSchedules({ sql, log, ring }: ScheduleUpkeep, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let pause = longest;
    try {
      const fired = await fireSchedules(sql);
      for (const { name, error } of fired) {
        if (error !== undefined) {
          log("error", `The schedule ${JSON.stringify(name)} could not ask for its job: ${error}`);
        }
      }
      if (fired.some(({ job_id }) => job_id !== undefined)) ring();
      pause = Math.min(longest, Math.max(shortest, await untilDue(sql) ?? longest));
    } catch (error) {
      // Of a lost database every request is told already.
      if (!isUnreachable(error)) {
        log("error", `Schedules could not be looked after: ${error instanceof Error ? error.message : error}`);
      }
    }
    await sleep(pause, signal);
  }
}
