import type { Change } from "../domain/registry.ts";
import type { RegistryAction, RegistryEntity, RegistryEvent } from "../domain/registry_events.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import type { Fragment } from "./filter_sql.ts";
import { recordEvent } from "./registry_events.ts";
import type { Sql } from "./sql.ts";

/** Writes down who changed what, in the transaction of the change. */
export async function noteEvent(
  tx: Sql,
  { now, who, comment, approves }: Change,
  event: Omit<RegistryEvent, "time" | "who">,
): Promise<void> {
  const detail = { ...event.detail, ...(comment !== undefined && { comment }), ...(approves && { approves }) };
  await recordEvent(tx, { ...event, time: now, who, detail });
}

/** One change of a model or of one of its versions. */
export interface HistoryEntry {
  /** Milliseconds since the epoch. */
  time: number;
  who: string;
  entity: RegistryEntity;
  action: RegistryAction;
  /** Of the model at that time. */
  name: string;
  version?: string;
  comment?: string;
  /** What was there and what is, by action. */
  detail: Record<string, unknown>;
}

interface EntryRow {
  entry: number;
  time: number;
  who: string;
  entity: RegistryEntity;
  action: RegistryAction;
  name: string;
  version: number | null;
  detail: Record<string, unknown>;
}

export interface HistorySearch {
  name: string;
  version?: number | undefined;
  max_results: number;
  page_token?: string | undefined;
}

const order = [{ field: { entity: "attribute", key: "entry", type: "number" }, ascending: false }] as const;

/**
 * What happened to the model of this name, or to one of its versions, newest first; before it was renamed, under its name of
 * then. It is still told when the model is gone.
 */
export async function registryHistory(
  sql: Sql,
  { name, version, max_results, page_token }: HistorySearch,
): Promise<{ entries: HistoryEntry[]; next_page_token?: string }> {
  const searched = { Name: name, Version: version ?? null };
  const after = parsePageToken(page_token, searched, order)?.[0] ?? null;
  const rows = await sql<EntryRow[]>`
    with recursive ${namesSql(sql, name)}
    select entry, time, who, entity, action, log.name, version, detail
    from names join weir.audit_log log on log.name = names.name and log.entry < names.before
    where ${version === undefined ? sql`true` : sql`log.version = ${version}`}
      and ${after === null ? sql`true` : sql`entry < ${after}`}
    order by entry desc limit ${max_results + 1}`;
  return historyPage(rows, max_results, searched);
}

/** `names`: the names that a model had, each with the entry of the log before which it had it. */
const namesSql = (sql: Sql, name: string): Fragment =>
  sql`renamed (name, before) as (
      select ${name}::text, ${Number.MAX_SAFE_INTEGER}::bigint
      union
      select log.detail ->> 'from', log.entry
      from renamed join weir.audit_log log on log.name = renamed.name and log.version is null
        and log.action = 'renamed' and log.entry < renamed.before
    ), names as (
      select name, max(before) as before from renamed group by name
    )`;

/** Who registered these versions of a model, by their numbers. */
export async function versionAuthors(
  sql: Sql,
  name: string,
  versions: readonly string[],
): Promise<Map<string, string>> {
  const rows = await sql<{ version: number; who: string }[]>`
    with recursive ${namesSql(sql, name)}
    select distinct on (log.version) log.version, who
    from names join weir.audit_log log on log.name = names.name and log.entry < names.before
    where log.version = any(${versions.map(Number)}::integer[]) and action = 'created'
      and entity in ('model_version', 'prompt_version')
    order by log.version, entry desc`;
  return new Map(rows.map(({ version, who }) => [String(version), who]));
}

/** What happened to any model, newest first. */
export async function wholeHistory(
  sql: Sql,
  { max_results, page_token }: Pick<HistorySearch, "max_results" | "page_token">,
): Promise<{ entries: HistoryEntry[]; next_page_token?: string }> {
  const searched = { Name: null };
  const after = parsePageToken(page_token, searched, order)?.[0] ?? null;
  const rows = await sql<EntryRow[]>`
    select entry, time, who, entity, action, name, version, detail from weir.audit_log
    where ${after === null ? sql`true` : sql`entry < ${after}`}
    order by entry desc limit ${max_results + 1}`;
  return historyPage(rows, max_results, searched);
}

function historyPage(rows: readonly EntryRow[], max_results: number, searched: Record<string, unknown>) {
  const entries = rows.slice(0, max_results);
  const last = entries.at(-1);
  if (rows.length <= max_results || last === undefined) return { entries: entries.map(toEntry) };
  return { entries: entries.map(toEntry), next_page_token: printPageToken([last.entry], searched) };
}

function toEntry({ entry: _, version, detail: { comment, ...detail }, ...row }: EntryRow): HistoryEntry {
  return {
    ...row,
    ...(version !== null && { version: String(version) }),
    ...(typeof comment === "string" && { comment }),
    detail,
  };
}
