import { createAutomaticPurge } from "../db/purge_automatic.ts";
import { dateDeletions, removeStrayPoints } from "../db/purge_rows.ts";
import { isScopeLeft } from "../db/purge_scope.ts";
import { waitingItems } from "../db/purge_takes.ts";
import { type ClaimedPurge, claimPurge, endPurge, releasePurge, removeOldPurges, renewClaim } from "../db/purges.ts";
import { isUnreachable } from "../db/sql.ts";
import { sleep } from "../db/upkeep.ts";
import { mostPurgeAttempts, purgePause } from "../domain/purges.ts";
import { purgeInSteps, type Purger } from "./purge_work.ts";

/** Milliseconds between two looks at what there is to do. */
const pause = 1000;
/** Milliseconds between two looks at what has been in the bin for long enough, or is too old to keep. */
const upkeep = 60_000;
/** Milliseconds between two signs that this server is still at a purge: a third of the lease. */
const heartbeat = 10_000;
/** Milliseconds after which another purge gets its turn. */
const turn = 30_000;
/** Milliseconds before a look whether another purge has finished what this one is about, too. */
const patience = 2000;

export interface PurgeLoop extends Purger {
  now: () => number;
  log: (level: "info" | "error", message: string) => void;
  /** After how many days in the bin things are purged without anybody asking. */
  binDays: number | undefined;
}

/**
 * Works off purges, and asks for those of what has been in the bin for long enough, until `signal`. Any number of servers may do so on
 * one database. What a server does not get done is left for the others, or for its next start.
 */
export async function workOffPurges(loop: PurgeLoop, signal: AbortSignal): Promise<void> {
  for (let kept = 0; !signal.aborted;) {
    try {
      if (Date.now() - kept >= upkeep) {
        kept = Date.now();
        await keepBin(loop);
      }
      const purge = await claimPurge(loop.sql);
      if (purge) await takeTurn(loop, purge, signal);
      else await sleep(pause, signal);
    } catch (error) {
      // Of a lost database every request is told already.
      if (!isUnreachable(error)) loop.log("error", `Purges could not be worked off: ${messageOf(error)}`);
      await sleep(pause, signal);
    }
  }
}

async function keepBin({ sql, now, binDays }: PurgeLoop): Promise<void> {
  await dateDeletions(sql, now());
  await removeOldPurges(sql);
  await removeStrayPoints(sql);
  if (binDays !== undefined) await createAutomaticPurge(sql, now(), binDays);
}

/** Works at a purge until it has ended, waits, or has had its turn. */
async function takeTurn(loop: PurgeLoop, purge: ClaimedPurge, closing: AbortSignal): Promise<void> {
  const { sql, log } = loop;
  if (purge.cancelling) return await endPurge(sql, purge, "cancelled");
  // A batch on a slow store may outlast the lease.
  const beat = setInterval(() => renewClaim(sql, purge).catch(() => {}), heartbeat);
  const end = Date.now() + turn;
  try {
    for await (const _ of purgeInSteps(loop, purge)) {
      const claim = await renewClaim(sql, purge);
      if (claim === "lost") return;
      if (claim === "cancelling") return await endPurge(sql, purge, "cancelled");
      if (closing.aborted || Date.now() > end) return await releasePurge(sql, purge, { pause: 0 });
    }
    await settle(loop, purge);
  } catch (error) {
    if (isUnreachable(error)) throw error;
    log("error", `Purge ${purge.purge_id}: ${messageOf(error)}`);
    const attempts = purge.attempts + 1;
    await postpone(loop, purge, { attempts, pause: purgePause(attempts), reason: messageOf(error) });
  } finally {
    clearInterval(beat);
  }
}

/** Nothing is left to do just now: for this purge, or at all. */
async function settle(loop: PurgeLoop, purge: ClaimedPurge): Promise<void> {
  const waiting = await waitingItems(loop.sql, purge.purge_id);
  if (waiting) return await postpone(loop, purge, waiting);
  if (await isScopeLeft(loop.sql, purge, purge.purge_id)) {
    return await releasePurge(loop.sql, purge, { pause: patience });
  }
  await endPurge(loop.sql, purge, "done");
}

async function postpone(
  { sql, log }: PurgeLoop,
  purge: ClaimedPurge,
  { attempts, pause, reason }: { attempts: number; pause: number; reason: string },
): Promise<void> {
  if (attempts <= mostPurgeAttempts) return await releasePurge(sql, purge, { pause, attempts, error: reason });
  log("error", `Purge ${purge.purge_id} failed after ${attempts} attempts: ${reason}`);
  await endPurge(sql, purge, "failed", reason);
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error);
