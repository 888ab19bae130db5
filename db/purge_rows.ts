import { noteItems, type Taken } from "./purge_takes.ts";
import { type Sql, transaction } from "./sql.ts";

/** The rows of what is purged, once its files are gone from their stores. */

/** A run or logged model whose files are gone. */
export interface Emptied extends Taken {
  /** As notes of files name it; absent where the files were left. */
  folder?: string;
  /** What became of the files, where that is worth saying. */
  reason?: string;
}

/** Chunks and spans can be large: one statement must not take all of them. */
const chunksAtOnce = 2000;
const blocksAtOnce = 500;

/** Removes runs with all that is noted of them, and counts them. Those that the purge does not have any more stay. */
export async function removeRuns(sql: Sql, purge_id: string, emptied: readonly Emptied[]): Promise<void> {
  const numbers = await runNumbers(sql, purge_id, emptied);
  while (await removeChunks(sql, numbers) === chunksAtOnce);
  while (await removeLogBlocks(sql, numbers) === blocksAtOnce);
  await transaction(sql, async (tx) => {
    // A compaction under way would write chunks of a run that is gone (db/compaction.ts).
    await tx`
      select pg_advisory_xact_lock(hashtextextended('weir compaction ' || run, 0))
      from unnest(${numbers}::bigint[]) as run order by run`;
    const gone = await tx<{ run: number; id: string }[]>`
      delete from weir.runs where run = any(${numbers}::bigint[]) and purge_id = ${purge_id} returning run, run_id as id`;
    const runs = gone.map(({ run }) => run);
    const ids = gone.map(({ id }) => id);
    await tx`delete from weir.metric_batches where run = any(${runs}::bigint[])`;
    await tx`delete from weir.metric_chunks where run = any(${runs}::bigint[])`;
    await tx`delete from weir.latest_metrics where run = any(${runs}::bigint[])`;
    await tx`delete from weir.logged_model_metrics where run_id = any(${ids}::text[])`;
    await tx`delete from weir.trace_runs where run_id = any(${ids}::text[])`;
    await countGone(tx, purge_id, emptied, ids);
  });
}

async function runNumbers(sql: Sql, purge_id: string, taken: readonly Taken[]): Promise<number[]> {
  const rows = await sql<{ run: number }[]>`
    select run from weir.runs where run_id = any(${taken.map(({ id }) => id)}::text[]) and purge_id = ${purge_id}`;
  return rows.map(({ run }) => run);
}

async function removeChunks(sql: Sql, runs: readonly number[]): Promise<number> {
  const { count } = await sql`
    delete from weir.metric_chunks where ctid = any(array(
      select ctid from weir.metric_chunks where run = any(${[...runs]}::bigint[]) limit ${chunksAtOnce}))`;
  return count;
}

/** What comes to a log meanwhile goes with its run. */
async function removeLogBlocks(sql: Sql, runs: readonly number[]): Promise<number> {
  const { count } = await sql`
    delete from weir.run_log_blocks where ctid = any(array(
      select ctid from weir.run_log_blocks where run = any(${[...runs]}::bigint[]) limit ${blocksAtOnce}))`;
  return count;
}

/** Removes logged models with all that is noted of them, and counts them. */
export async function removeModels(sql: Sql, purge_id: string, emptied: readonly Emptied[]): Promise<void> {
  await transaction(sql, async (tx) => {
    const gone = await tx<{ id: string }[]>`
      delete from weir.logged_models
      where model_id = any(${emptied.map(({ id }) => id)}::text[]) and purge_id = ${purge_id} returning model_id as id`;
    const ids = gone.map(({ id }) => id);
    await tx`delete from weir.model_inputs where model_id = any(${ids}::text[])`;
    await tx`delete from weir.model_outputs where model_id = any(${ids}::text[])`;
    await countGone(tx, purge_id, emptied, ids);
  });
}

async function countGone(
  tx: Sql,
  purge_id: string,
  emptied: readonly Emptied[],
  ids: readonly string[],
): Promise<void> {
  const gone = new Set(ids);
  const those = emptied.filter(({ id }) => gone.has(id));
  const kind = those[0]?.kind;
  if (kind === undefined) return;
  await forgetFolders(tx, purge_id, those.flatMap(({ folder }) => folder ?? []));
  await tx`update weir.purges set done = done + ${ids.length} where purge_id = ${purge_id}`;
  await tx`
    delete from weir.purge_items where purge_id = ${purge_id} and kind = ${kind} and id = any(${[...ids]}::text[])`;
  await noteItems(
    tx,
    purge_id,
    "done",
    those.flatMap(({ reason, ...one }) => reason === undefined ? [] : { ...one, reason }),
  );
}

/** Forgets the files in these folders, and counts them. */
async function forgetFolders(tx: Sql, purge_id: string, folders: readonly string[]): Promise<void> {
  await tx`
    with gone as (
      -- "0" comes right after "/".
      delete from weir.artifact_files f using unnest(${[...folders]}::text[]) as gone_folder
      where f.uri > gone_folder || '/' and f.uri < gone_folder || '0' returning f.size
    )
    update weir.purges set files = files + (select count(*) from gone),
      bytes = bytes + (select coalesce(sum(size), 0) from gone)::bigint
    where purge_id = ${purge_id} and exists (select from gone)`;
}

/** A trace of an experiment that is being purged. */
export interface TakenTrace {
  trace_id: string;
  experiment_id: number;
  experiment_name: string;
  artifact_location: string;
}

/** Experiments that are being purged, and that hold nothing that is kept or waits. As `e`. */
const empty = (sql: Sql, purge_id: string) =>
  sql`e.purge_id = ${purge_id}
    and not exists (select from weir.runs r where r.experiment_id = e.experiment_id)
    and not exists (select from weir.logged_models m where m.experiment_id = e.experiment_id)
    and not exists (select from weir.purge_items i where i.purge_id = ${purge_id} and i.kind = 'experiment'
      and i.id = e.experiment_id::text and i.state = 'waiting'
      and i.next_attempt > extract(epoch from clock_timestamp()) * 1000)`;

/** Some traces of experiments that have no runs and no logged models any more. */
export async function someTraces(sql: Sql, purge_id: string, most: number): Promise<TakenTrace[]> {
  return await sql<TakenTrace[]>`
    select t.trace_id, t.experiment_id, e.name as experiment_name, e.artifact_location
    from weir.experiments e join weir.traces t using (experiment_id) where ${empty(sql, purge_id)} limit ${most}`;
}

/** Removes traces with their spans and assessments. `folders`: where their files were. */
export async function removeTraces(
  sql: Sql,
  purge_id: string,
  trace_ids: readonly string[],
  folders: readonly string[],
): Promise<void> {
  await transaction(sql, async (tx) => {
    await tx`
      delete from weir.traces t using weir.experiments e
      where t.trace_id = any(${[
      ...trace_ids,
    ]}::text[]) and e.experiment_id = t.experiment_id and e.purge_id = ${purge_id}`;
    await forgetFolders(tx, purge_id, folders);
  });
}

/** Removes experiments that have nothing in them any more, and counts them. Answers how many. */
export async function removeExperiments(sql: Sql, purge_id: string, most: number): Promise<number> {
  return await transaction(sql, async (tx) => {
    const found = await tx<{ experiment_id: number }[]>`
      select e.experiment_id from weir.experiments e where ${empty(tx, purge_id)}
        and not exists (select from weir.traces t where t.experiment_id = e.experiment_id)
      limit ${most} for update`;
    const numbers = found.map(({ experiment_id }) => experiment_id);
    if (numbers.length === 0) return 0;
    await tx`delete from weir.datasets where experiment_id = any(${numbers}::bigint[])`;
    const { count } = await tx`delete from weir.experiments where experiment_id = any(${numbers}::bigint[])`;
    await tx`update weir.purges set done = done + ${count} where purge_id = ${purge_id}`;
    await tx`
      delete from weir.purge_items where purge_id = ${purge_id} and kind = 'experiment' and state = 'waiting'
        and id = any(${numbers.map(String)}::text[])`;
    return count;
  });
}

/** Removes the points of runs that were purged while the last of them were being written. */
export async function removeStrayPoints(sql: Sql): Promise<void> {
  await sql`
    with stray as (
      delete from weir.metric_batches b where not exists (select from weir.runs r where r.run = b.run) returning run
    )
    delete from weir.latest_metrics where run in (select run from stray)`;
}

/** Gives a time to what an older version of the program deleted. */
export async function dateDeletions(sql: Sql, now: number): Promise<void> {
  await sql`update weir.experiments set deleted_time = ${now} where lifecycle_stage = 'deleted' and deleted_time is null`;
  await sql`update weir.runs set deleted_time = ${now} where lifecycle_stage = 'deleted' and deleted_time is null`;
  await sql`update weir.logged_models set deleted_time = ${now} where lifecycle_stage = 'deleted' and deleted_time is null`;
}
