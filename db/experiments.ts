import type { Experiment, KeyValue } from "../domain/entities.ts";
import { ApiError, invalid, notFound } from "../domain/errors.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { type ExperimentRow, toExperiment } from "./experiment_rows.ts";
import { type Sql, transaction } from "./sql.ts";
import { toObject } from "./tags.ts";

/** The experiment that MLflow promises to be there from every start on, an empty one again after it was purged. */
export async function createDefaultExperiment(sql: Sql, root: string, now: number): Promise<void> {
  await sql`
    insert into weir.experiments (experiment_id, name, artifact_location, creation_time, last_update_time)
    select 0, 'Default', ${`${root}/0`}, ${now}, ${now}
    where not exists (select from weir.experiments where experiment_id = 0)
    on conflict do nothing`;
}

/** `artifact_location` absent or empty: below `root`, named by the new id. RESOURCE_ALREADY_EXISTS when the name is taken. */
export async function createExperiment(
  sql: Sql,
  experiment: { name: string; artifact_location?: string | undefined; tags: readonly KeyValue[] },
  root: string,
  now: number,
): Promise<string> {
  const [row] = await sql<{ experiment_id: number }[]>`
    with id as materialized (select nextval(pg_get_serial_sequence('weir.experiments', 'experiment_id')) as id)
    insert into weir.experiments (experiment_id, name, artifact_location, creation_time, last_update_time, tags)
    select id, ${experiment.name}, coalesce(${
    experiment.artifact_location || null
  }, ${root} || '/' || id), ${now}, ${now},
      ${sql.json(toObject(experiment.tags))}
    from id
    on conflict (name) do nothing
    returning experiment_id`;
  if (row) return String(row.experiment_id);
  throw new ApiError(
    "RESOURCE_ALREADY_EXISTS",
    `Experiment(name=${experiment.name}) already exists. A deleted experiment keeps its name until it is purged.`,
  );
}

/** Deleted ones too. RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getExperiment(sql: Sql, experiment_id: string): Promise<Experiment> {
  const [row] = await sql<ExperimentRow[]>`
    select * from weir.experiments where experiment_id = ${experimentNumber(experiment_id)}`;
  if (!row) throw unknownExperiment(experiment_id);
  return toExperiment(row);
}

/** Those that exist among these. */
export async function getExperiments(sql: Sql, experiment_ids: readonly string[]): Promise<Experiment[]> {
  const rows = await sql<ExperimentRow[]>`
    select * from weir.experiments where experiment_id = any(${experiment_ids.map(experimentNumber)}::bigint[])`;
  return rows.map(toExperiment);
}

/** Deleted ones too. RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getExperimentByName(sql: Sql, name: string): Promise<Experiment> {
  const [row] = await sql<ExperimentRow[]>`select * from weir.experiments where name = ${name}`;
  if (!row) throw notFound(`Could not find experiment with name '${name}'`);
  return toExperiment(row);
}

export async function renameExperiment(sql: Sql, experiment_id: string, name: string, now: number): Promise<void> {
  const rows = await sql`
    update weir.experiments set name = ${name}, last_update_time = ${now}
    where experiment_id = ${experimentNumber(experiment_id)} and lifecycle_stage = 'active'
      and not exists (select from weir.experiments where name = ${name} and experiment_id <> ${
    experimentNumber(experiment_id)
  })
    returning 1`.catch(nameTaken(name));
  if (rows.length > 0) return;
  const { lifecycle_stage } = await getExperiment(sql, experiment_id);
  // MLflow answers a 500 INVALID_STATE here, which its own client then retries for minutes.
  if (lifecycle_stage === "deleted") throw invalid("Cannot rename a non-active experiment.");
  throw alreadyNamed(name);
}

/**
 * Moves an active experiment to the bin, or restores a deleted one, with all its runs. RESOURCE_DOES_NOT_EXIST in the wrong state,
 * INVALID_PARAMETER_VALUE for one that is being purged.
 */
export async function moveExperiment(
  sql: Sql,
  experiment_id: string,
  to: "active" | "deleted",
  now: number,
): Promise<void> {
  const number = experimentNumber(experiment_id);
  const deleted_time = to === "deleted" ? now : null;
  await transaction(sql, async (tx) => {
    const moved = await tx`
      update weir.experiments set lifecycle_stage = ${to}, last_update_time = ${now}, deleted_time = ${deleted_time}
      where experiment_id = ${number} and lifecycle_stage <> ${to} and purge_id is null returning 1`;
    if (moved.length === 0) throw await experimentNotMoved(tx, experiment_id);
    await tx`
      update weir.runs set lifecycle_stage = ${to}, deleted_time = ${deleted_time}
      where experiment_id = ${number} and lifecycle_stage <> ${to} and purge_id is null`;
  });
}

export async function setExperimentTag(sql: Sql, experiment_id: string, tag: KeyValue, now: number): Promise<void> {
  const rows = await sql`
    update weir.experiments set tags = tags || ${sql.json(toObject([tag]))}, last_update_time = ${now}
    where experiment_id = ${experimentNumber(experiment_id)} and lifecycle_stage = 'active' returning 1`;
  if (rows.length === 0) throw await experimentNotActive(sql, experiment_id);
}

export async function deleteExperimentTag(sql: Sql, experiment_id: string, key: string, now: number): Promise<void> {
  const rows = await sql`
    update weir.experiments set tags = tags - ${key}::text, last_update_time = ${now}
    where experiment_id = ${experimentNumber(experiment_id)} and lifecycle_stage = 'active' and tags ? ${key}::text
    returning 1`;
  if (rows.length > 0) return;
  const { lifecycle_stage } = await getExperiment(sql, experiment_id);
  if (lifecycle_stage === "deleted") throw await experimentNotActive(sql, experiment_id);
  throw notFound(`No tag with name: ${key} in experiment with id ${experiment_id}`);
}

/** Why an experiment did not take a write: it does not exist, or it is deleted. */
export async function experimentNotActive(sql: Sql, experiment_id: string): Promise<ApiError> {
  await getExperiment(sql, experiment_id);
  return invalid(`The experiment ${experiment_id} must be in the 'active' state. Current state is deleted.`);
}

async function experimentNotMoved(sql: Sql, experiment_id: string): Promise<ApiError> {
  const [row] = await sql`
    select from weir.experiments where experiment_id = ${experimentNumber(experiment_id)} and purge_id is not null`;
  return row ? beingPurged("experiment", experiment_id) : unknownExperiment(experiment_id);
}

/** What cannot be restored any more. */
export const beingPurged = (what: string, id: string): ApiError => invalid(`The ${what} ${id} is being purged.`);

export const unknownExperiment = (experiment_id: string): ApiError =>
  notFound(`No Experiment with id=${experiment_id} exists`);

const alreadyNamed = (name: string): ApiError =>
  new ApiError("BAD_REQUEST", `Experiment(name=${name}) already exists. Choose another name.`);

/** Two renames to one name at the same time: the second meets the unique index (SQLSTATE 23505). */
const nameTaken = (name: string) => (error: unknown): never => {
  throw (error as { code?: string }).code === "23505" ? alreadyNamed(name) : error;
};
