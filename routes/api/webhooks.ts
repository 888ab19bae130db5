import type { z } from "zod";
import { listDeliveries, retryDelivery } from "../../db/webhook_deliveries.ts";
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  getWebhookToSend,
  listWebhooks,
  updateWebhook,
} from "../../db/webhooks.ts";
import { invalid } from "../../domain/errors.ts";
import { create, edit, read, remove } from "../../domain/permissions.ts";
import { exampleData, webhookBody, webhookHeaders } from "../../domain/webhook_messages.ts";
import { errorOf } from "../../domain/webhook_retry.ts";
import {
  type Attempt,
  checkWebhookEvent,
  checkWebhookEvents,
  checkWebhookName,
  checkWebhookTexts,
  type Webhook,
  type WebhookEvent,
} from "../../domain/webhooks.ts";
import { Nothing } from "../../wire/answers.ts";
import * as wire from "../../wire/webhooks.ts";
import { endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";

export const webhookEndpoints = [
  endpoint({
    method: "POST",
    path: "webhooks",
    summary: "Makes a webhook: an address that is told of events of the model registry.",
    input: wire.CreateWebhook,
    output: wire.OneWebhook,
    access: create.server,
    handle: async ({ sql, now, webhooks, secrets }, { description, secret, status = "ACTIVE", ...given }) => {
      const events = checkWebhookEvents(given.events);
      checkWebhookName(given.name);
      checkWebhookTexts({ description, secret });
      await webhooks.check(given.url);
      const webhook_id = crypto.randomUUID();
      const sealed = secret === "" ? null : await secrets.seal(secret, webhook_id);
      const fields = { ...given, events, description, secret: sealed, status };
      return webhookJson(await createWebhook(sql, webhook_id, fields, now()));
    },
  }),
  endpoint({
    method: "GET",
    path: "webhooks",
    summary: "Lists webhooks, newest first, page by page.",
    input: wire.ListWebhooks,
    output: wire.Webhooks,
    access: read.server,
    handle: async ({ sql }, { max_results, page_token }) => {
      const { webhooks, next_page_token } = await listWebhooks(sql, { max_results: max_results || 100, page_token });
      return {
        ...(webhooks.length > 0 && { webhooks: webhooks.map((webhook) => webhookJson(webhook).webhook) }),
        ...(next_page_token && { next_page_token }),
      };
    },
  }),
  endpoint({
    method: "GET",
    path: "webhooks/{webhook_id}",
    summary: "Answers a webhook, without its secret.",
    input: wire.WebhookById,
    output: wire.OneWebhook,
    access: read.server,
    handle: async ({ sql }, { webhook_id }) => webhookJson(await getWebhook(sql, webhook_id)),
  }),
  endpoint({
    method: "PATCH",
    path: "webhooks/{webhook_id}",
    summary: "Changes the given fields of a webhook.",
    input: wire.UpdateWebhook,
    output: wire.OneWebhook,
    access: edit.server,
    handle: updateGivenFields,
  }),
  endpoint({
    method: "DELETE",
    path: "webhooks/{webhook_id}",
    summary: "Deletes a webhook with the log of its deliveries.",
    input: wire.WebhookById,
    output: Nothing,
    access: remove.server,
    handle: ({ sql }, { webhook_id }) => deleteWebhook(sql, webhook_id),
  }),
  endpoint({
    method: "POST",
    path: "webhooks/{webhook_id}/test",
    summary: "Sends an example of an event to a webhook at once, and answers what came back.",
    input: wire.TestWebhook,
    output: wire.TestedWebhook,
    access: edit.server,
    handle: async (services, { webhook_id, event }) =>
      testResult(await sendExample(services, webhook_id, event && checkWebhookEvent(event))),
  }),
  endpoint({
    namespace: "weir",
    method: "GET",
    path: "webhooks/{webhook_id}/deliveries",
    summary: "Lists what was and is to be sent to a webhook, newest first, page by page.",
    input: wire.ListDeliveries,
    output: wire.WebhookDeliveries,
    access: read.server,
    handle: async ({ sql }, query) => {
      const { max_results } = query;
      if (max_results < 1 || max_results > 1000) throw invalid("max_results must be between 1 and 1000.");
      return await listDeliveries(sql, query);
    },
  }),
  endpoint({
    namespace: "weir",
    method: "POST",
    path: "webhooks/{webhook_id}/deliveries/{delivery_id}/retry",
    summary: "Sends once more what a webhook was told before, or failed to be told.",
    input: wire.RetryDelivery,
    output: wire.OneWebhookDelivery,
    access: edit.server,
    handle: async ({ sql }, { webhook_id, delivery_id }) => ({
      delivery: await retryDelivery(sql, webhook_id, delivery_id),
    }),
  }),
];

async function updateGivenFields(
  { sql, now, webhooks, secrets }: Services,
  { webhook_id, name, url, events, description, secret, status }: z.output<typeof wire.UpdateWebhook>,
): Promise<z.output<typeof wire.OneWebhook>> {
  const checked = events.length > 0 ? checkWebhookEvents(events) : undefined;
  await getWebhook(sql, webhook_id);
  if (name !== "") checkWebhookName(name);
  checkWebhookTexts({ ...(description && { description }), ...(secret && { secret }) });
  if (url !== "") await webhooks.check(url);
  const sealed = secret ? await secrets.seal(secret, webhook_id) : null;
  const fields = {
    ...(name !== "" && { name }),
    ...(url !== "" && { url }),
    ...(checked && { events: checked }),
    ...(description !== undefined && { description }),
    ...(secret !== undefined && { secret: sealed }),
    ...(status && { status }),
  };
  return webhookJson(await updateWebhook(sql, webhook_id, fields, now()));
}

/** One attempt, of the webhook's first event unless another is asked for. */
export async function sendExample(
  { sql, now, webhooks, secrets }: Services,
  webhook_id: string,
  asked: WebhookEvent | undefined,
): Promise<Attempt> {
  const { url, events, secret: sealed } = await getWebhookToSend(sql, webhook_id);
  const event = asked ?? events[0]!;
  const time = now();
  const body = webhookBody(event, exampleData(event), time);
  try {
    const secret = sealed ? await secrets.open(sealed, webhook_id) : undefined;
    const headers = await webhookHeaders({ delivery_id: crypto.randomUUID(), body, time, secret });
    return await webhooks.post(url, { headers, body });
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function testResult(attempt: Attempt): z.output<typeof wire.TestedWebhook> {
  const error = errorOf(attempt);
  const { status } = attempt;
  const answered = status === undefined
    ? {}
    : { response_status: status, ...(attempt.body !== "" && { response_body: attempt.body }) };
  const failed = error === undefined || (status ?? 0) >= 400
    ? {}
    : { error_message: `Failed to test webhook: ${error}` };
  return { result: { success: error === undefined, ...answered, ...failed } };
}

/** A webhook as it travels. */
function webhookJson({ description, events, ...webhook }: Webhook): z.output<typeof wire.OneWebhook> {
  return {
    webhook: {
      ...webhook,
      ...(description && { description }),
      events: events.map(({ entity, action }) => ({ entity: upper(entity), action: upper(action) })),
    },
  };
}

/** Names are lower case in what is sent to webhooks, and capitals in MLflow's protocol. */
const upper = <Name extends string>(name: Name): Uppercase<Name> => name.toUpperCase() as Uppercase<Name>;
