import type { BinIds, BinKind } from "../domain/purges.ts";
import type { ApiError } from "../domain/errors.ts";
import { unknownExperiment } from "./experiments.ts";
import type { Fragment } from "./filter_sql.ts";
import { unknownModel } from "./logged_models.ts";
import { nowSql } from "./purges.ts";
import { unknownRun } from "./runs.ts";
import type { Sql } from "./sql.ts";

/** Which rows a purge is about. */
export interface PurgeScope {
  /** Absent: all that is in the bin. */
  asked?: BinIds | undefined;
  /** What was deleted later is left; milliseconds since the epoch. */
  until: number;
}

/** Tables of what can be in the bin, as `t`. */
export const tableOf = (sql: Sql, kind: BinKind): Fragment => {
  switch (kind) {
    case "experiment":
      return sql`weir.experiments t`;
    case "run":
      return sql`weir.runs t`;
    case "logged_model":
      return sql`weir.logged_models t`;
  }
};

/** The id of a row of `t`, as text. */
export const idOf = (sql: Sql, kind: BinKind): Fragment => {
  switch (kind) {
    case "experiment":
      return sql`t.experiment_id::text`;
    case "run":
      return sql`t.run_id`;
    case "logged_model":
      return sql`t.model_id`;
  }
};

export const nameOf = (sql: Sql, kind: BinKind): Fragment => kind === "run" ? sql`t.run_name` : sql`t.name`;

/** A RESOURCE_DOES_NOT_EXIST in MLflow's words, to be thrown. */
export function unknownThing(kind: BinKind, id: string): ApiError {
  switch (kind) {
    case "experiment":
      return unknownExperiment(id);
    case "run":
      return unknownRun(id);
    case "logged_model":
      return unknownModel(id);
  }
}

function named(sql: Sql, kind: BinKind, asked: BinIds): Fragment {
  switch (kind) {
    case "experiment":
      return sql`t.experiment_id = any(${asked.experiment_ids.map(Number)}::bigint[])`;
    case "run":
      return sql`t.run_id = any(${asked.run_ids}::text[])`;
    case "logged_model":
      return sql`t.model_id = any(${asked.logged_model_ids}::text[])`;
  }
}

/** The rows of `t` that the scope says itself. */
export function inScope(sql: Sql, kind: BinKind, { asked, until }: PurgeScope): Fragment {
  const which = asked === undefined ? sql`true` : named(sql, kind, asked);
  return sql`(t.lifecycle_stage = 'deleted' and t.deleted_time <= ${until}::bigint and ${which})`;
}

/** The rows of `t`, of runs or logged models, that are to go: of the scope itself, or of its experiments, active ones too. */
export const inWholeScope = (sql: Sql, kind: BinKind, scope: PurgeScope): Fragment =>
  kind === "experiment" ? inScope(sql, kind, scope) : sql`(${inScope(sql, kind, scope)} or t.experiment_id in (
      select t.experiment_id from weir.experiments t where ${inScope(sql, "experiment", scope)}))`;

/** What this purge keeps, or leaves for a later attempt: no rows of `t` to work at now. */
export const setAside = (sql: Sql, kind: BinKind, purge_id: string): Fragment =>
  sql`exists (select from weir.purge_items i
    where i.purge_id = ${purge_id} and i.kind = ${kind} and i.id = ${idOf(sql, kind)}
      and (i.state = 'kept' or (i.state = 'waiting' and i.next_attempt > ${nowSql(sql)})))`;

/** How many experiments, runs and logged models there are to go. */
export async function countScope(sql: Sql, scope: PurgeScope): Promise<Record<BinKind, number>> {
  const counted = async (kind: BinKind): Promise<number> => {
    const [row] = await sql<{ count: number }[]>`
      select count(*) as count from ${tableOf(sql, kind)} where ${inWholeScope(sql, kind, scope)}`;
    return row?.count ?? 0;
  };
  const [experiment, run, logged_model] = await Promise.all([
    counted("experiment"),
    counted("run"),
    counted("logged_model"),
  ]);
  return { experiment, run, logged_model };
}

/** Whether anything of the scope is still there that the purge does not keep: others may be at it. */
export async function isScopeLeft(sql: Sql, scope: PurgeScope, purge_id: string): Promise<boolean> {
  for (const kind of ["experiment", "run", "logged_model"] as const) {
    const [left] = await sql`
      select from ${tableOf(sql, kind)} where ${inScope(sql, kind, scope)} and not exists (
        select from weir.purge_items i
        where i.purge_id = ${purge_id} and i.kind = ${kind} and i.id = ${idOf(sql, kind)} and i.state = 'kept')
      limit 1`;
    if (left) return true;
  }
  return false;
}
