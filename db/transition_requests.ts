import type { ModelStage } from "../domain/entities.ts";
import { ApiError, invalid, notFound } from "../domain/errors.ts";
import type { OrderTerm } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import { type Change, checkTexts, unknownVersion, versionNumber } from "../domain/registry.ts";
import { checkTarget, type RequestState, type Target, type TransitionRequest } from "../domain/transition_requests.ts";
import { noteEvent } from "./audit.ts";
import { setModelAlias } from "./model_aliases.ts";
import { changeVersion, transitionModelVersion } from "./model_versions.ts";
import { registeredModelRow } from "./registered_models.ts";
import type { ModelVersionRow } from "./registry_rows.ts";
import type { Sql } from "./sql.ts";

/** Requests to move a version to a stage or an alias to a version. What is approved is done in the same transaction. */

interface RequestRow {
  request_id: number;
  name: string;
  version: number;
  stage: ModelStage | null;
  alias: string | null;
  archive_existing_versions: boolean;
  state: RequestState;
  who: string;
  comment: string | null;
  creation_timestamp: number;
  decided_by: string | null;
  decision_comment: string | null;
  decision_timestamp: number | null;
}

export interface NewRequest {
  name: string;
  version: string;
  stage?: string | undefined;
  alias?: string | undefined;
  archive_existing_versions: boolean;
}

/**
 * Asks for a move. RESOURCE_DOES_NOT_EXIST for an unknown version, INVALID_PARAMETER_VALUE for what is so already,
 * RESOURCE_ALREADY_EXISTS when a request for the same waits.
 */
export function requestTransition(sql: Sql, asked: NewRequest, change: Change): Promise<TransitionRequest> {
  const { name, version, archive_existing_versions } = asked;
  const target = checkTarget(asked);
  checkTexts({ comment: change.comment });
  return changeVersion(sql, name, version, async (tx, _, row) => {
    if (await isSo(tx, row, target)) throw invalid(`Version ${row.version} of '${name}' ${soWords(target)} already.`);
    const [request] = await tx<RequestRow[]>`
      insert into weir.transition_requests
        (model, version, stage, alias, archive_existing_versions, who, comment, creation_timestamp)
      values (${row.model}, ${row.version}, ${target.stage ?? null}, ${target.alias ?? null},
        ${archive_existing_versions}, ${change.who}, ${change.comment || null}, ${change.now})
      on conflict do nothing returning *, ${name}::text as name`;
    if (!request) {
      throw new ApiError("RESOURCE_ALREADY_EXISTS", `A request for version ${row.version} of '${name}' waits already.`);
    }
    await noteRequest(tx, request, "created", change);
    return toRequest(request);
  });
}

async function isSo(tx: Sql, { model, version, current_stage }: ModelVersionRow, target: Target): Promise<boolean> {
  if (target.stage !== undefined) return current_stage === target.stage;
  const rows = await tx`
    select 1 from weir.model_aliases where model = ${model} and alias = ${target.alias} and version = ${version}`;
  return rows.length > 0;
}

const soWords = ({ stage, alias }: Target): string =>
  stage === undefined ? `has the alias '${alias}'` : `is in ${stage}`;

/** Does what was asked for. INVALID_PARAMETER_VALUE for a request that does not wait any more, here and in what follows. */
export function approveRequest(
  sql: Sql,
  request_id: string,
  change: Change,
  /** As the request says, unless whoever decides says otherwise. */
  archive?: boolean,
): Promise<TransitionRequest> {
  return decide(sql, request_id, "APPROVED", change, async (tx, { name, version, stage, alias, ...request }) => {
    const approving = { ...change, approves: { request_id, who: request.who } };
    const which = { name, version: String(version) };
    if (alias !== null) return await setModelAlias(tx, { ...which, alias }, approving);
    const archive_existing_versions = archive ?? request.archive_existing_versions;
    await transitionModelVersion(tx, { ...which, stage: stage ?? "", archive_existing_versions }, approving);
  });
}

export function rejectRequest(sql: Sql, request_id: string, change: Change): Promise<TransitionRequest> {
  return decide(sql, request_id, "REJECTED", change, (tx, row) => noteRequest(tx, row, "rejected", change));
}

/** Takes a request back. */
export function cancelRequest(sql: Sql, request_id: string, change: Change): Promise<TransitionRequest> {
  return decide(sql, request_id, "CANCELLED", change, (tx, row) => noteRequest(tx, row, "cancelled", change));
}

async function decide(
  sql: Sql,
  request_id: string,
  state: RequestState,
  change: Change,
  effect: (tx: Sql, row: RequestRow) => Promise<unknown>,
): Promise<TransitionRequest> {
  checkTexts({ comment: change.comment });
  const { name, version } = await getTransitionRequest(sql, request_id);
  return await changeVersion(sql, name, version, async (tx) => {
    const [row] = await tx<RequestRow[]>`
      update weir.transition_requests set state = ${state}, decided_by = ${change.who},
        decision_comment = ${change.comment || null}, decision_timestamp = ${change.now}
      where request_id = ${Number(request_id)} and state = 'PENDING' returning *, ${name}::text as name`;
    if (!row) {
      const { state: now } = await getTransitionRequest(tx, request_id);
      throw invalid(`Transition request ${request_id} was ${now.toLowerCase()} already.`);
    }
    await effect(tx, row);
    return toRequest(row);
  });
}

function noteRequest(
  tx: Sql,
  { request_id, name, version, stage, alias, archive_existing_versions, who }: RequestRow,
  action: "created" | "rejected" | "cancelled",
  change: Change,
): Promise<void> {
  const detail = {
    request_id: String(request_id),
    ...(stage === null ? { alias } : { stage, archive_existing_versions }),
    ...(action !== "created" && { requested_by: who }),
  };
  // Webhooks are not told: MLflow has no such event.
  return noteEvent(tx, change, { entity: "transition_request", action, name, version, detail });
}

/** RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getTransitionRequest(sql: Sql, request_id: string): Promise<TransitionRequest> {
  const [row] = /^\d{1,15}$/.test(request_id)
    ? await sql<RequestRow[]>`
      select r.*, m.name from weir.transition_requests r join weir.registered_models m using (model)
      where request_id = ${Number(request_id)}`
    : [];
  if (!row) throw notFound(`Transition request ${request_id} not found.`);
  return toRequest(row);
}

export interface RequestSearch {
  name: string;
  version?: string | undefined;
  state?: RequestState | undefined;
  max_results: number;
  page_token?: string | undefined;
}

const order: readonly OrderTerm[] = [
  { field: { entity: "attribute", key: "request_id", type: "number" }, ascending: false },
];

/** A page of a model's requests, newest first. RESOURCE_DOES_NOT_EXIST for an unknown model or version. */
export async function listTransitionRequests(
  sql: Sql,
  { name, version, state, max_results, page_token }: RequestSearch,
): Promise<{ transition_requests: TransitionRequest[]; next_page_token?: string }> {
  const searched = { Name: name, Version: version ?? null, State: state ?? null };
  const after = parsePageToken(page_token, searched, order)?.[0] ?? null;
  const { model } = await registeredModelRow(sql, name);
  const number = version === undefined ? undefined : versionNumber(name, version);
  if (number !== undefined) await checkVersion(sql, model, name, number);
  const rows = await sql<RequestRow[]>`
    select r.*, ${name}::text as name from weir.transition_requests r
    where model = ${model} and ${number === undefined ? sql`true` : sql`version = ${number}`}
      and ${state === undefined ? sql`true` : sql`state = ${state}`}
      and ${after === null ? sql`true` : sql`request_id < ${after}`}
    order by request_id desc limit ${max_results + 1}`;
  const transition_requests = rows.slice(0, max_results).map(toRequest);
  const last = rows[max_results - 1];
  if (rows.length <= max_results || last === undefined) return { transition_requests };
  return { transition_requests, next_page_token: printPageToken([last.request_id], searched) };
}

async function checkVersion(sql: Sql, model: number, name: string, version: number): Promise<void> {
  const rows = await sql`select 1 from weir.model_versions where model = ${model} and version = ${version}`;
  if (rows.length === 0) throw unknownVersion(name, version);
}

/** How many requests wait, by model name. Names without any are left out. */
export async function waitingRequests(sql: Sql, names: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql<{ name: string; waiting: number }[]>`
    select m.name, count(*)::int as waiting
    from weir.transition_requests r join weir.registered_models m using (model)
    where r.state = 'PENDING' and m.name = any(${[...names]}::text[]) group by m.name`;
  return new Map(rows.map(({ name, waiting }) => [name, waiting]));
}

function toRequest(row: RequestRow): TransitionRequest {
  return {
    request_id: String(row.request_id),
    name: row.name,
    version: String(row.version),
    ...(row.stage !== null && { stage: row.stage }),
    ...(row.alias !== null && { alias: row.alias }),
    archive_existing_versions: row.archive_existing_versions,
    state: row.state,
    who: row.who,
    ...(row.comment !== null && { comment: row.comment }),
    creation_timestamp: row.creation_timestamp,
    ...(row.decided_by !== null && { decided_by: row.decided_by }),
    ...(row.decision_comment !== null && { decision_comment: row.decision_comment }),
    ...(row.decision_timestamp !== null && { decision_timestamp: row.decision_timestamp }),
  };
}
