import type { ArtifactStores } from "../artifacts/stores.ts";
import { heldByVersions } from "../db/purge_holds.ts";
import {
  type Emptied,
  removeExperiments,
  removeModels,
  removeRuns,
  removeTraces,
  someTraces,
  type TakenTrace,
} from "../db/purge_rows.ts";
import { countScope } from "../db/purge_scope.ts";
import {
  keepExperiments,
  keepItems,
  noteItems,
  postponeItems,
  takeExperiments,
  type Taken,
  takeSome,
} from "../db/purge_takes.ts";
import { type ClaimedPurge, setTotal } from "../db/purges.ts";
import type { Pool } from "../db/sql.ts";
import { ApiError } from "../domain/errors.ts";
import { ownFolder, purgePause } from "../domain/purges.ts";
import { traceFolder } from "../domain/traces.ts";
import { parseUri } from "../domain/uri.ts";

/** Rows that one transaction removes, and folders that are removed at once. */
const batch = 50;
const foldersAtOnce = 8;
/** Folders of a store that fail one after the other, until the others are not tried before the next turn. */
const mostFailures = 3;

export interface Purger {
  sql: Pool;
  artifacts: ArtifactStores;
}

/** A purge under way: the stores that fail just now, and why. */
interface Work extends Purger {
  purge: ClaimedPurge;
  failing: Map<string, { times: number; error: string }>;
}

/**
 * Removes what there is to remove, a batch between two yields. Of each thing first the mark is committed, then its files go, then its
 * rows: cut anywhere, the next one to do the same comes to the same end.
 */
export async function* purgeInSteps({ sql, artifacts }: Purger, purge: ClaimedPurge): AsyncGenerator<void> {
  const work: Work = { sql, artifacts, purge, failing: new Map() };
  if (purge.total === undefined) {
    const { experiment, run, logged_model } = await countScope(sql, purge);
    await setTotal(sql, purge, experiment + run + logged_model);
  }
  await takeExperiments(sql, purge);
  for (const whose of ["asked", "experiments"] as const) {
    for (const kind of ["run", "logged_model"] as const) while (await purgeThings(work, kind, whose)) yield;
  }
  await keepExperiments(sql, purge.purge_id);
  while (await purgeTraces(work)) yield;
  while (await removeExperiments(sql, purge.purge_id, batch) > 0) yield;
}

async function purgeThings(work: Work, kind: Taken["kind"], whose: "asked" | "experiments"): Promise<boolean> {
  const { sql, purge } = work;
  const taken = await takeSome(sql, purge, kind, whose, batch);
  if (taken.length === 0) return false;
  const held = purge.force ? [] : await heldByVersions(sql, taken);
  await keepItems(sql, purge.purge_id, kind, held);
  const kept = new Set(held.map(({ id }) => id));
  const { emptied, failed } = await emptyAll(work, taken.filter(({ id }) => !kept.has(id)));
  await postponeItems(sql, purge.purge_id, failed, purgePause);
  await (kind === "run" ? removeRuns : removeModels)(sql, purge.purge_id, emptied);
  return true;
}

async function purgeTraces(work: Work): Promise<boolean> {
  const { sql, purge } = work;
  const traces = await someTraces(sql, purge.purge_id, batch);
  if (traces.length === 0) return false;
  const { emptied, failed } = await emptyAll(
    work,
    traces.map((trace) => ({
      ...trace,
      id: trace.trace_id,
      artifact_uri: traceFolder(trace.artifact_location, trace.trace_id),
    })),
  );
  await removeTraces(sql, purge.purge_id, emptied.map(({ id }) => id), emptied.flatMap(({ folder }) => folder ?? []));
  await noteItems(sql, purge.purge_id, "done", ofExperiments(emptied));
  await postponeItems(sql, purge.purge_id, ofExperiments(failed), purgePause);
  return true;
}

/** What there is to say of traces, said once of their experiment. */
function ofExperiments(traces: readonly (TakenTrace & { reason?: string })[]) {
  const told = new Map(
    traces.flatMap(({ reason, ...trace }) => reason === undefined ? [] : [[trace.experiment_id, { ...trace, reason }]]),
  );
  return Array.from(told, ([experiment_id, { experiment_name: name, reason }]) => ({
    ...{ kind: "experiment" as const, id: String(experiment_id), experiment_id, name, reason },
  }));
}

interface Owner {
  id: string;
  artifact_uri: string;
}

type Left = Pick<Emptied, "folder" | "reason">;

/** Removes the folders of these, several at once. */
async function emptyAll<One extends Owner>(
  work: Work,
  owners: readonly One[],
): Promise<{ emptied: (One & Left)[]; failed: (One & { reason: string })[] }> {
  const emptied: (One & Left)[] = [];
  const failed: (One & { reason: string })[] = [];
  const queue = owners.values();
  await Promise.all(Array.from({ length: foldersAtOnce }, async () => {
    for (const owner of queue) {
      const { error, ...left } = await emptyOne(work, owner);
      if (error === undefined) emptied.push({ ...owner, ...left });
      else failed.push({ ...owner, reason: error });
    }
  }));
  return { emptied, failed };
}

/** Removes the folder of one. What is not there is fine; `reason` says what was left. */
async function emptyOne({ artifacts, failing }: Work, { id, artifact_uri }: Owner): Promise<Left & { error?: string }> {
  const folder = ownFolder(artifact_uri, id);
  if (folder === undefined) return { reason: `Files at ${artifact_uri} were left: the folder is not its own.` };
  const { scheme, authority } = parseUri(artifact_uri);
  const store = `${scheme}://${authority}`;
  const before = failing.get(store);
  if (before && before.times >= mostFailures) return { error: before.error };
  try {
    const place = await artifacts.at(folder);
    if (place === undefined) return { reason: `Files at ${folder} were left: this server cannot reach them.` };
    await place.store.remove(place.folder);
    failing.delete(store);
    return { folder: place.home + place.folder };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // It is the path that is wrong: it leads nowhere that this server may remove.
    if (error instanceof ApiError && error.code === "INVALID_PARAMETER_VALUE") {
      return { reason: `Files at ${folder} were left: ${reason}` };
    }
    failing.set(store, { times: (before?.times ?? 0) + 1, error: reason });
    return { error: reason };
  }
}
