import { notFound } from "../domain/errors.ts";
import type { OrderTerm } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import type { RegistryEvent } from "../domain/registry_events.ts";
import { webhookBody } from "../domain/webhook_messages.ts";
import type { Outcome } from "../domain/webhook_retry.ts";
import type { WebhookDelivery, WebhookStatus } from "../domain/webhooks.ts";
import type { Fragment } from "./filter_sql.ts";
import { afterSql, orderBySql, type SortColumn } from "./page_sql.ts";
import type { Sql } from "./sql.ts";
import { getWebhook } from "./webhooks.ts";

/** Milliseconds that a server has a delivery for itself: longer than an attempt may take, also in a slow moment. */
const lease = 60_000;
/** Milliseconds that deliveries are kept after their end. */
const retention = 30 * 24 * 60 * 60 * 1000;

/** Milliseconds since the epoch by the clock of the database: that of several servers may differ. */
const nowSql = (sql: Sql): Fragment => sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** Queues the event for every active webhook that asked for it. To be called in the transaction of the change. */
export async function queueDeliveries(sql: Sql, { entity, action, time, payload }: RegistryEvent): Promise<void> {
  if (payload === undefined) return;
  await sql`
    insert into weir.webhook_deliveries (delivery_id, webhook_id, entity, action, body, created, next_attempt)
    select gen_random_uuid()::text, webhook_id, ${entity}, ${action}, ${webhookBody({ entity, action }, payload, time)},
      ${time}, ${nowSql(sql)}
    from weir.webhooks where status = 'ACTIVE' and events @> ${sql.json([{ entity, action }])}`;
}

/** A delivery whose turn it is, with what it takes to send it. */
export interface DueDelivery {
  delivery_id: string;
  webhook_id: string;
  body: string;
  /** The attempt that this is, counted from 1. Who ends an attempt has to name it: a later one may be under way elsewhere. */
  attempts: number;
  name: string;
  url: string;
  /** Sealed. */
  secret: Uint8Array<ArrayBuffer> | null;
  status: WebhookStatus;
}

/**
 * Takes the delivery that has waited longest and is due, and not for one of the webhooks `busy`; undefined when there is none. It is the
 * caller's for a minute: when nobody has ended the attempt by then, another takes it.
 */
export async function claimDelivery(sql: Sql, busy: readonly string[]): Promise<DueDelivery | undefined> {
  const [claimed] = await sql<DueDelivery[]>`
    update weir.webhook_deliveries d set attempts = attempts + 1, next_attempt = ${nowSql(sql)} + ${lease}::bigint
    from weir.webhooks w
    where w.webhook_id = d.webhook_id and d.delivery_id = (
      select delivery_id from weir.webhook_deliveries
      where state = 'waiting' and next_attempt <= ${nowSql(sql)} and webhook_id <> all(${[...busy]}::text[])
      order by next_attempt limit 1 for update skip locked)
    returning d.delivery_id, d.webhook_id, d.body, d.attempts, w.name, w.url, w.secret, w.status`;
  return claimed;
}

/** Writes down how an attempt ended, unless another has been begun since. */
export async function endAttempt(sql: Sql, { delivery_id, attempts }: DueDelivery, outcome: Outcome): Promise<void> {
  const wait = outcome.state === "waiting" ? outcome.wait : undefined;
  const error = outcome.state === "delivered" ? null : outcome.error;
  await sql`
    update weir.webhook_deliveries set state = ${outcome.state}, error = ${error},
      response_status = ${outcome.response_status ?? null},
      next_attempt = case when ${wait === undefined} then next_attempt
        else ${nowSql(sql)} + ${Math.round(wait ?? 0)}::bigint end,
      ended = case when ${wait === undefined} then ${nowSql(sql)} end
    where delivery_id = ${delivery_id} and attempts = ${attempts} and state = 'waiting'`;
}

/** Gives back a delivery whose attempt was broken off by this server's own end: it is due at once, and was not tried. */
export async function releaseDelivery(sql: Sql, { delivery_id, attempts }: DueDelivery): Promise<void> {
  await sql`
    update weir.webhook_deliveries set attempts = attempts - 1, next_attempt = ${nowSql(sql)}
    where delivery_id = ${delivery_id} and attempts = ${attempts} and state = 'waiting'`;
}

/** Removes what ended a month ago. */
export async function removeOldDeliveries(sql: Sql): Promise<void> {
  await sql`delete from weir.webhook_deliveries where ended < ${nowSql(sql)} - ${retention}::bigint`;
}

const shown = (sql: Sql): Fragment =>
  sql`delivery_id, webhook_id, entity, action, state, attempts, created, next_attempt, ended, response_status, error`;

const order: readonly OrderTerm[] = [
  { field: { entity: "attribute", key: "created", type: "number" }, ascending: false },
  { field: { entity: "attribute", key: "delivery_id", type: "string" }, ascending: true },
];

/** A page of a webhook's deliveries, newest first. RESOURCE_DOES_NOT_EXIST when there is no such webhook. */
export async function listDeliveries(
  sql: Sql,
  { webhook_id, max_results, page_token }: { webhook_id: string; max_results: number; page_token?: string | undefined },
): Promise<{ deliveries: WebhookDelivery[]; next_page_token?: string }> {
  const after = parsePageToken(page_token, { Webhook: webhook_id }, order);
  const sorting: SortColumn[] = [
    { value: sql`created`, storage: "bigint", ascending: false, nullable: false },
    { value: sql`delivery_id`, storage: "text", ascending: true, nullable: false },
  ];
  await getWebhook(sql, webhook_id);
  const rows = await sql<WebhookDelivery[]>`
    select ${shown(sql)} from weir.webhook_deliveries
    where webhook_id = ${webhook_id} and ${after ? afterSql(sql, sorting, after) : sql`true`}
    order by ${orderBySql(sql, sorting)} limit ${max_results + 1}`;
  const deliveries = rows.slice(0, max_results);
  const last = deliveries.at(-1);
  if (rows.length <= max_results || last === undefined) return { deliveries };
  return { deliveries, next_page_token: printPageToken([last.created, last.delivery_id], { Webhook: webhook_id }) };
}

/** Queues a delivery that has ended once more; one that waits is left as it is. RESOURCE_DOES_NOT_EXIST when there is none. */
export async function retryDelivery(sql: Sql, webhook_id: string, delivery_id: string): Promise<WebhookDelivery> {
  const its = sql`webhook_id = ${webhook_id} and delivery_id = ${delivery_id}`;
  const [queued] = await sql<WebhookDelivery[]>`
    update weir.webhook_deliveries
    set state = 'waiting', attempts = 0, next_attempt = ${
    nowSql(sql)
  }, ended = null, response_status = null, error = null
    where ${its} and state <> 'waiting' returning ${shown(sql)}`;
  if (queued) return queued;
  await getWebhook(sql, webhook_id);
  const [waiting] = await sql<WebhookDelivery[]>`select ${shown(sql)} from weir.webhook_deliveries where ${its}`;
  if (!waiting) throw notFound(`Webhook delivery with ID ${delivery_id} not found.`);
  return waiting;
}
