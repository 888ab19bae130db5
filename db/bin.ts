import { experimentNumber } from "../domain/experiments.ts";
import type { OrderTerm } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import { type BinEntry, type BinIds, type BinKind, day } from "../domain/purges.ts";
import { totalsOf } from "./artifact_files.ts";
import { totalsBelow } from "./artifact_sizes.ts";
import type { Fragment } from "./filter_sql.ts";
import { moveExperiment } from "./experiments.ts";
import { restoreLoggedModel } from "./logged_models.ts";
import { afterSql, orderBySql, type SortColumn } from "./page_sql.ts";
import { idOf, nameOf, tableOf, unknownThing } from "./purge_scope.ts";
import { moveRun } from "./runs.ts";
import { type Sql, transaction } from "./sql.ts";

/** What lies in the bin: deleted experiments with all that is in them, deleted runs and logged models of others. */

interface BinRow {
  kind: BinKind;
  id: string;
  name: string;
  experiment_id: string;
  experiment_name: string;
  deleted_time: number;
  purge_id: string | null;
  /** Of an experiment its location, of others where their own files are. */
  folder: string;
}

const order: readonly OrderTerm[] = [
  { field: { entity: "attribute", key: "deleted_time", type: "number" }, ascending: false },
  { field: { entity: "attribute", key: "kind", type: "string" }, ascending: true },
  { field: { entity: "attribute", key: "id", type: "string" }, ascending: true },
];

const sorting = (time: Fragment, kind: Fragment, id: Fragment): SortColumn[] => [
  { value: time, storage: "bigint", ascending: false, nullable: false },
  { value: kind, storage: "text", ascending: true, nullable: false },
  { value: id, storage: "text", ascending: true, nullable: false },
];

export interface BinSearch {
  max_results: number;
  page_token?: string | undefined;
  /** After how many days the server purges by itself. */
  binDays?: number | undefined;
}

/** A page of the bin, what was deleted last first. */
export async function listBin(
  sql: Sql,
  { max_results, page_token, binDays }: BinSearch,
): Promise<{ entries: BinEntry[]; next_page_token?: string }> {
  const after = parsePageToken(page_token, {}, order);
  const part = (kind: BinKind): Fragment => {
    const columns = sorting(sql`t.deleted_time`, sql`${kind}::text`, idOf(sql, kind));
    return sql`(select ${kind}::text as kind, ${idOf(sql, kind)} as id, ${nameOf(sql, kind)} as name,
        e.experiment_id::text as experiment_id, e.name as experiment_name, t.deleted_time, t.purge_id,
        ${kind === "experiment" ? sql`regexp_replace(t.artifact_location, '/$', '')` : sql`t.artifact_uri`} as folder
      from ${tableOf(sql, kind)} join weir.experiments e using (experiment_id)
      where t.lifecycle_stage = 'deleted' and t.deleted_time is not null
        and ${kind === "experiment" ? sql`true` : sql`e.lifecycle_stage = 'active'`}
        and ${after ? afterSql(sql, columns, after) : sql`true`}
      order by ${orderBySql(sql, columns)} limit ${max_results + 1})`;
  };
  const rows = await sql<BinRow[]>`
    select * from (${part("experiment")} union all ${part("run")} union all ${part("logged_model")}) as bin
    order by ${orderBySql(sql, sorting(sql`deleted_time`, sql`kind`, sql`id`))} limit ${max_results + 1}`;
  const page = rows.slice(0, max_results);
  const entries = await toEntries(sql, page, binDays);
  const last = page.at(-1);
  if (rows.length <= max_results || last === undefined) return { entries };
  return { entries, next_page_token: printPageToken([last.deleted_time, last.kind, last.id], {}) };
}

async function toEntries(sql: Sql, rows: readonly BinRow[], binDays: number | undefined): Promise<BinEntry[]> {
  const [totals, counts] = await Promise.all([totalsByFolder(sql, rows), runCounts(sql, rows)]);
  return rows.map(({ purge_id, folder, ...row }) => ({
    ...row,
    ...(binDays !== undefined && { purge_at: row.deleted_time + binDays * day }),
    ...(row.kind === "experiment" && { runs: counts.get(row.id) ?? 0 }),
    ...(totals.get(folder) ?? { files: 0, bytes: 0 }),
    ...(purge_id !== null && { purge_id }),
  }));
}

async function totalsByFolder(sql: Sql, rows: readonly BinRow[]) {
  const experiments = rows.filter(({ kind }) => kind === "experiment").map(({ folder }) => folder);
  const others = rows.filter(({ kind }) => kind !== "experiment").map(({ folder }) => folder);
  const [own, below] = await Promise.all([totalsOf(sql, others), totalsBelow(sql, experiments)]);
  return new Map([...own, ...below]);
}

async function runCounts(sql: Sql, rows: readonly BinRow[]): Promise<Map<string, number>> {
  const numbers = rows.filter(({ kind }) => kind === "experiment").map(({ id }) => Number(id));
  if (numbers.length === 0) return new Map();
  const counts = await sql<{ id: string; runs: number }[]>`
    select experiment_id::text as id, count(*) as runs from weir.runs
    where experiment_id = any(${numbers}::bigint[]) group by experiment_id`;
  return new Map(counts.map(({ id, runs }) => [id, runs]));
}

/** Takes things out of the bin, all or none. Errors as of restoring each of them. */
export async function restoreFromBin(
  sql: Sql,
  { experiment_ids, run_ids, logged_model_ids }: BinIds,
  now: number,
): Promise<void> {
  await transaction(sql, async (tx) => {
    for (const experiment_id of experiment_ids) await moveExperiment(tx, experiment_id, "active", now);
    for (const run_id of run_ids) await moveRun(tx, run_id, "active", now);
    for (const model_id of logged_model_ids) await restoreLoggedModel(tx, model_id, now);
  });
}

/** RESOURCE_DOES_NOT_EXIST for an unknown id. */
export async function nameInBin(sql: Sql, kind: BinKind, id: string): Promise<string> {
  const key = kind === "experiment" ? sql`t.experiment_id = ${experimentNumber(id)}` : sql`${idOf(sql, kind)} = ${id}`;
  const [row] = await sql<{ name: string }[]>`
    select ${nameOf(sql, kind)} as name from ${tableOf(sql, kind)} where ${key}`;
  if (!row) throw unknownThing(kind, id);
  return row.name;
}
