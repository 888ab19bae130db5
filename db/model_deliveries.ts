import type { WebhookDelivery } from "../domain/webhooks.ts";
import { pythonJson } from "../domain/python_json.ts";
import type { Sql } from "./sql.ts";

/** Deliveries of each webhook, the newest ones, among which those of a model are looked for. */
const mostLookedAt = 500;

/** What webhooks were told of one model, newest first, as far as it is among the last that each was told. */
export async function deliveriesAbout(sql: Sql, name: string, most: number): Promise<WebhookDelivery[]> {
  // What is sent of each event begins with the name of its model.
  const told = `"data": {"name": ${pythonJson(name)}`;
  return await sql<WebhookDelivery[]>`
    select d.* from weir.webhooks w, lateral (
      select delivery_id, webhook_id, entity, action, state, attempts, created, next_attempt, ended, response_status, error,
        body from weir.webhook_deliveries
      where webhook_id = w.webhook_id order by created desc, delivery_id collate "C" limit ${mostLookedAt}) d
    where position(${told} in d.body) > 0
    order by d.created desc, d.delivery_id limit ${most}`;
}
