import { checkInBin } from "../db/purge_plan.ts";
import type { PurgeScope } from "../db/purge_scope.ts";
import { createPurge } from "../db/purges.ts";
import { ApiError, invalid } from "../domain/errors.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { type BinIds, isEmptyAsk, type Purge } from "../domain/purges.ts";
import type { Services } from "./services.ts";

/** Ids that one request may name. */
const mostAsked = 10_000;

export interface PurgeAsk extends BinIds {
  all: boolean;
  /** Milliseconds that it has been in the bin for. */
  older_than_ms?: number;
}

/** What a request wants to be purged, checked: INVALID_PARAMETER_VALUE for what is not in the bin. */
export async function purgeScope(
  { sql, now }: Pick<Services, "sql" | "now">,
  { all, older_than_ms, ...ids }: PurgeAsk,
): Promise<PurgeScope> {
  if (older_than_ms !== undefined && older_than_ms < 0) {
    throw invalid(
      `Invalid value ${older_than_ms} for parameter 'older_than_ms' supplied: expected 0 or more milliseconds.`,
    );
  }
  const until = older_than_ms === undefined ? undefined : now() - older_than_ms;
  if (isEmptyAsk(ids)) {
    if (all || until !== undefined) return { until: until ?? now() };
    throw invalid(
      "Say what to purge: 'experiment_ids', 'run_ids' or 'logged_model_ids', or 'older_than_ms', or 'all': true.",
    );
  }
  if (all) throw invalid("'all' cannot be given with 'experiment_ids', 'run_ids' or 'logged_model_ids'.");
  const asked = distinct(ids);
  const named = asked.experiment_ids.length + asked.run_ids.length + asked.logged_model_ids.length;
  if (named > mostAsked) throw invalid(`At most ${mostAsked} things can be named in one request. Got ${named}.`);
  const scope = { asked, until: until ?? Number.MAX_SAFE_INTEGER };
  await checkInBin(sql, asked, scope.until);
  return scope;
}

const distinct = ({ experiment_ids, run_ids, logged_model_ids }: BinIds): BinIds => ({
  experiment_ids: [...new Set(experiment_ids.map((id) => String(experimentNumber(id))))],
  run_ids: [...new Set(run_ids)],
  logged_model_ids: [...new Set(logged_model_ids)],
});

/** Queues a purge. */
export async function askPurge({ sql }: Pick<Services, "sql">, scope: PurgeScope, force: boolean): Promise<Purge> {
  const purge = await createPurge(sql, { ...scope, force });
  if (purge) return purge;
  throw new ApiError("INTERNAL_ERROR", "The purge was not queued.");
}
