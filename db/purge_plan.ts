import { experimentNumber } from "../domain/experiments.ts";
import { invalid } from "../domain/errors.ts";
import { type BinIds, type BinKind, kindWords, type PurgeItem, type PurgePlan } from "../domain/purges.ts";
import { heldByVersions } from "./purge_holds.ts";
import {
  countScope,
  idOf,
  inScope,
  inWholeScope,
  nameOf,
  type PurgeScope,
  tableOf,
  unknownThing,
} from "./purge_scope.ts";
import type { Taken } from "./purge_takes.ts";
import type { Sql } from "./sql.ts";

/** Rows that are looked at together for what needs them. */
const atOnce = 1000;
/** Things that a plan names. */
const mostNamed = 1000;

/** Refuses to purge what is not in the bin, or has not been there for long enough. RESOURCE_DOES_NOT_EXIST for unknown ids. */
export async function checkInBin(sql: Sql, asked: BinIds, until: number): Promise<void> {
  await checkKind(sql, "experiment", asked.experiment_ids.map((id) => String(experimentNumber(id))), until);
  await checkKind(sql, "run", asked.run_ids, until);
  await checkKind(sql, "logged_model", asked.logged_model_ids, until);
}

async function checkKind(sql: Sql, kind: BinKind, ids: readonly string[], until: number): Promise<void> {
  if (ids.length === 0) return;
  const key = kind === "experiment"
    ? sql`t.experiment_id = any(${ids.map(Number)}::bigint[])`
    : sql`${idOf(sql, kind)} = any(${[...ids]}::text[])`;
  const rows = await sql<{ id: string; name: string; deleted: boolean; old: boolean }[]>`
    select ${idOf(sql, kind)} as id, ${nameOf(sql, kind)} as name, lifecycle_stage = 'deleted' as deleted,
      coalesce(deleted_time <= ${until}::bigint, false) as old
    from ${tableOf(sql, kind)} where ${key}`;
  const known = new Map(rows.map((row) => [row.id, row]));
  for (const id of ids) {
    const row = known.get(id);
    const what = `The ${kindWords[kind]} ${id}`;
    if (!row) throw unknownThing(kind, id);
    if (!row.deleted) throw invalid(`Only what is in the bin can be purged. ${what} (${row.name}) is active.`);
    if (!row.old) throw invalid(`${what} (${row.name}) was deleted later than that.`);
  }
}

/** What a purge would remove and keep. Nothing is written. */
export async function planPurge(sql: Sql, scope: PurgeScope, force: boolean): Promise<PurgePlan> {
  const held = force ? [] : [...await heldOf(sql, "run", scope), ...await heldOf(sql, "logged_model", scope)];
  const kept = [...held.map(toItem), ...await holders(sql, scope, held)];
  const whole = await countScope(sql, scope);
  const of = (kind: BinKind): string[] => kept.filter((item) => item.kind === kind).map(({ id }) => id);
  const going = (kind: BinKind): number => whole[kind] - of(kind).length;
  const sums = await sumsOf(sql, scope, {
    experiment: of("experiment"),
    run: of("run"),
    logged_model: of("logged_model"),
  });
  return {
    experiments: going("experiment"),
    runs: going("run"),
    logged_models: going("logged_model"),
    ...sums,
    kept: kept.length,
    items: kept.slice(0, mostNamed),
  };
}

type Held = Taken & { reason: string };

const toItem = ({ kind, id, experiment_id, name, reason }: Held): PurgeItem => ({
  ...{ kind, id, experiment_id: String(experiment_id), name, state: "kept", reason },
});

/** The runs or logged models in the scope that versions of registered models need. */
async function heldOf(sql: Sql, kind: Taken["kind"], scope: PurgeScope): Promise<Held[]> {
  const [some] = await sql`select from weir.model_versions limit 1`;
  const held: Held[] = [];
  if (!some) return held;
  for (let after = "";;) {
    const rows: Taken[] = await sql<Taken[]>`
      select ${kind}::text as kind, ${idOf(sql, kind)} as id, ${
      nameOf(sql, kind)
    } as name, t.experiment_id, t.artifact_uri
      from ${tableOf(sql, kind)} where ${inWholeScope(sql, kind, scope)} and ${idOf(sql, kind)} > ${after}
      order by ${idOf(sql, kind)} limit ${atOnce}`;
    held.push(...await heldByVersions(sql, rows));
    const last = rows.at(-1);
    if (rows.length < atOnce || last === undefined) return held;
    after = last.id;
  }
}

/** The experiments in the scope that stay because something in them does. */
async function holders(sql: Sql, scope: PurgeScope, held: readonly Held[]): Promise<PurgeItem[]> {
  const numbers = [...new Set(held.map(({ experiment_id }) => experiment_id))];
  return await sql<PurgeItem[]>`
    select 'experiment' as kind, t.experiment_id::text as id, t.experiment_id::text as experiment_id, t.name,
      'kept' as state, 'It holds what is kept.' as reason
    from weir.experiments t where ${inScope(sql, "experiment", scope)} and t.experiment_id = any(${numbers}::bigint[])`;
}

/** Files, bytes and traces that would go. */
async function sumsOf(
  sql: Sql,
  scope: PurgeScope,
  kept: Record<BinKind, string[]>,
): Promise<Pick<PurgePlan, "files" | "bytes" | "traces">> {
  const owned = (kind: Taken["kind"]) =>
    sql`select a.files, a.bytes, 0 as traces from ${
      tableOf(sql, kind)
    } join weir.artifact_totals a on a.folder = t.artifact_uri
      where ${inWholeScope(sql, kind, scope)} and ${idOf(sql, kind)} <> all(${kept[kind]}::text[])`;
  const [sums] = await sql<Pick<PurgePlan, "files" | "bytes" | "traces">[]>`
    select coalesce(sum(files), 0)::bigint as files, coalesce(sum(bytes), 0)::bigint as bytes,
      coalesce(sum(traces), 0)::bigint as traces
    from (
      ${owned("run")} union all ${owned("logged_model")} union all
      select coalesce(a.files, 0), coalesce(a.bytes, 0), 1 from weir.experiments t
      join weir.traces c on c.experiment_id = t.experiment_id
      left join weir.artifact_totals a
        on a.folder = regexp_replace(t.artifact_location, '/$', '') || '/traces/' || c.trace_id || '/artifacts'
      where ${inScope(sql, "experiment", scope)} and t.experiment_id::text <> all(${kept.experiment}::text[])
    ) parts`;
  return sums ?? { files: 0, bytes: 0, traces: 0 };
}
