import type { MetricLog } from "../db/metric_log.ts";
import { isUnreachable, type Sql } from "../db/sql.ts";
import { advanceSweep, stopTrials } from "../db/sweep_advance.ts";
import { runningSweeps } from "../db/sweeps.ts";
import { sleep } from "../db/upkeep.ts";

export interface SweepUpkeep {
  sql: Sql;
  metrics: MetricLog;
  log: (level: "info" | "error", message: string) => void;
  /** There are jobs to claim. */
  ring: () => void;
}

/** Milliseconds between two looks. A trial that its worker ends is followed by the next at once; this finds those that are lost. */
const pause = 3000;

/** Ends trials that do badly and asks for the next ones, until `signal`. Any number of servers may do so. */
export async function keepSweeps({ sql, metrics, log, ring }: SweepUpkeep, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const sweep of await runningSweeps(sql)) {
        await stopTrials(sql, sweep);
        if (await advanceSweep({ sql, metrics }, sweep.sweep_id) > 0) ring();
      }
    } catch (error) {
      // Of a lost database every request is told already.
      if (!isUnreachable(error)) {
        log("error", `Sweeps could not be looked after: ${error instanceof Error ? error.message : error}`);
      }
    }
    await sleep(pause, signal);
  }
}
