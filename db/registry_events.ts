import type { RegistryEvent } from "../domain/registry_events.ts";
import type { Sql } from "./sql.ts";
import { queueDeliveries } from "./webhook_deliveries.ts";

/** Writes an event down, and queues what webhooks are told of it. To be called in the transaction of the change. */
export async function recordEvent(sql: Sql, event: RegistryEvent): Promise<void> {
  const { time, who, entity, action, name, version = null, detail } = event;
  await sql`
    insert into weir.audit_log (time, who, entity, action, name, version, detail)
    values (${time}, ${who}, ${entity}, ${action}, ${name}, ${version}, ${JSON.stringify(detail)}::text::jsonb)`;
  await queueDeliveries(sql, event);
}
