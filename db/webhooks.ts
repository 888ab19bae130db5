import { invalid, notFound } from "../domain/errors.ts";
import { type OrderTerm } from "../domain/order.ts";
import { parsePageToken, printPageToken } from "../domain/page_token.ts";
import type { Webhook, WebhookEvent, WebhookStatus } from "../domain/webhooks.ts";
import { type Fragment, joined } from "./filter_sql.ts";
import { afterSql, orderBySql, type SortColumn } from "./page_sql.ts";
import type { Sql } from "./sql.ts";

/** What a request may set of a webhook. The secret is sealed; null takes it away. */
export interface WebhookFields {
  name: string;
  description: string | null;
  url: string;
  events: WebhookEvent[];
  secret: Uint8Array<ArrayBuffer> | null;
  status: WebhookStatus;
}

/** The secret is not among them: it is never shown. */
const columns = (sql: Sql): Fragment =>
  sql`webhook_id, name, description, url, events, status, creation_timestamp, last_updated_timestamp`;

export async function createWebhook(
  sql: Sql,
  webhook_id: string,
  { name, description, url, events, secret, status }: WebhookFields,
  now: number,
): Promise<Webhook> {
  const [webhook] = await sql<Webhook[]>`
    insert into weir.webhooks (webhook_id, name, description, url, events, secret, status, creation_timestamp,
      last_updated_timestamp)
    values (${webhook_id}, ${name}, ${description}, ${url}, ${sql.json(events.map(asJson))}, ${secret}, ${status},
      ${now}, ${now})
    returning ${columns(sql)}`;
  return webhook!;
}

/** RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getWebhook(sql: Sql, webhook_id: string): Promise<Webhook> {
  const [webhook] = await sql<Webhook[]>`select ${columns(sql)} from weir.webhooks where webhook_id = ${webhook_id}`;
  return webhook ?? unknown(webhook_id);
}

/** A webhook with its sealed secret, to send to it. RESOURCE_DOES_NOT_EXIST when there is none. */
export async function getWebhookToSend(
  sql: Sql,
  webhook_id: string,
): Promise<Webhook & { secret: Uint8Array<ArrayBuffer> | null }> {
  const [webhook] = await sql<(Webhook & { secret: Uint8Array<ArrayBuffer> | null })[]>`
    select ${columns(sql)}, secret from weir.webhooks where webhook_id = ${webhook_id}`;
  return webhook ?? unknown(webhook_id);
}

/** Sets the fields that are given. RESOURCE_DOES_NOT_EXIST when there is no such webhook. */
export async function updateWebhook(
  sql: Sql,
  webhook_id: string,
  { events, ...fields }: Partial<WebhookFields>,
  now: number,
): Promise<Webhook> {
  const values = Object.entries(fields).map(([name, value]) => sql`${sql(name)} = ${value}`);
  if (events) values.push(sql`events = ${sql.json(events.map(asJson))}`);
  values.push(sql`last_updated_timestamp = ${now}`);
  const [webhook] = await sql<Webhook[]>`
    update weir.webhooks set ${joined(sql, values, sql`, `) ?? sql``} where webhook_id = ${webhook_id}
    returning ${columns(sql)}`;
  return webhook ?? unknown(webhook_id);
}

/** Deletes it with its deliveries. RESOURCE_DOES_NOT_EXIST when there is none. */
export async function deleteWebhook(sql: Sql, webhook_id: string): Promise<void> {
  const rows = await sql`delete from weir.webhooks where webhook_id = ${webhook_id} returning 1`;
  if (rows.length === 0) unknown(webhook_id);
}

const order: readonly OrderTerm[] = [
  { field: { entity: "attribute", key: "creation_timestamp", type: "number" }, ascending: false },
  { field: { entity: "attribute", key: "webhook_id", type: "string" }, ascending: true },
];

/** A page of webhooks, newest first, and the token of the next one when there is more. */
export async function listWebhooks(
  sql: Sql,
  { max_results, page_token }: { max_results: number; page_token?: string | undefined },
): Promise<{ webhooks: Webhook[]; next_page_token?: string }> {
  if (max_results < 1 || max_results > 1000) throw invalid("max_results must be between 1 and 1000.");
  const after = parsePageToken(page_token, {}, order);
  const sorting: SortColumn[] = [
    { value: sql`creation_timestamp`, storage: "bigint", ascending: false, nullable: false },
    { value: sql`webhook_id`, storage: "text", ascending: true, nullable: false },
  ];
  const rows = await sql<Webhook[]>`
    select ${columns(sql)} from weir.webhooks where ${after ? afterSql(sql, sorting, after) : sql`true`}
    order by ${orderBySql(sql, sorting)} limit ${max_results + 1}`;
  const webhooks = rows.slice(0, max_results);
  const last = webhooks.at(-1);
  if (rows.length <= max_results || last === undefined) return { webhooks };
  return { webhooks, next_page_token: printPageToken([last.creation_timestamp, last.webhook_id], {}) };
}

const asJson = ({ entity, action }: WebhookEvent) => ({ entity, action });

function unknown(webhook_id: string): never {
  throw notFound(`Webhook with ID ${webhook_id} not found.`);
}
