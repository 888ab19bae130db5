import { z } from "zod";
import { deliveryStates, webhookStatuses } from "../domain/webhooks.ts";
import { takes } from "./json_form.ts";
import { enumeration, int64, list, message, name, text } from "./message.ts";

const entities = [
  "REGISTERED_MODEL",
  "MODEL_VERSION",
  "MODEL_VERSION_TAG",
  "MODEL_VERSION_ALIAS",
  "PROMPT",
  "PROMPT_VERSION",
  "PROMPT_TAG",
  "PROMPT_VERSION_TAG",
  "PROMPT_ALIAS",
  "BUDGET_POLICY",
] as const;
const actions = ["CREATED", "UPDATED", "DELETED", "SET", "EXCEEDED"] as const;

/** One of the names, or its number counted from 1. Unlike other enumerations it must be there and known: MLflow answers 500. */
function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  const schema = z.preprocess(
    (value) => typeof value === "number" ? names[value - 1] ?? String(value) : value,
    z.custom<Names[number]>(
      (value) => names.some((known) => known === value),
      `Invalid value for parameter '{field}' supplied: expected one of ${names.join(", ")}.`,
    ),
  );
  return takes(schema, z.enum(names));
}

const event = message({ entity: choice(entities), action: choice(actions) });
const status = enumeration(webhookStatuses, 1);

export const CreateWebhook = message({
  name,
  description: text.default(""),
  url: name,
  events: z.array(event),
  secret: text.default(""),
  status,
});
export const ListWebhooks = message({ max_results: int64.default(100), page_token: text.exactOptional() });
export const WebhookById = message({ webhook_id: name });
export const UpdateWebhook = message({
  webhook_id: name,
  name: text.default(""),
  description: text.exactOptional(),
  url: text.default(""),
  events: list(event),
  secret: text.exactOptional(),
  status,
});
export const TestWebhook = message({ webhook_id: name, event: event.exactOptional() });

/** Beyond MLflow. */
export const ListDeliveries = message({
  webhook_id: name,
  max_results: int64.default(100),
  page_token: text.exactOptional(),
});
export const RetryDelivery = message({ webhook_id: name, delivery_id: name });

export const Webhook = z.object({
  webhook_id: z.string(),
  name: z.string(),
  description: z.string().exactOptional(),
  url: z.string(),
  events: z.array(z.object({ entity: z.enum(entities), action: z.enum(actions) })),
  status: z.enum(webhookStatuses),
  creation_timestamp: z.int(),
  last_updated_timestamp: z.int(),
}).meta({ id: "Webhook" });

export const OneWebhook = z.object({ webhook: Webhook });
export const Webhooks = z.object({
  webhooks: z.array(Webhook).exactOptional(),
  next_page_token: z.string().exactOptional(),
});

export const WebhookTestResult = z.object({
  success: z.boolean(),
  response_status: z.int().exactOptional(),
  response_body: z.string().exactOptional(),
  error_message: z.string().exactOptional(),
}).meta({ id: "WebhookTestResult" });
export const TestedWebhook = z.object({ result: WebhookTestResult });

export const WebhookDelivery = z.object({
  delivery_id: z.string(),
  webhook_id: z.string(),
  entity: z.string(),
  action: z.string(),
  state: z.enum(deliveryStates),
  attempts: z.int(),
  created: z.int(),
  next_attempt: z.int(),
  ended: z.int().nullable(),
  response_status: z.int().nullable(),
  error: z.string().nullable(),
}).meta({ id: "WebhookDelivery" });
export const WebhookDeliveries = z.object({
  deliveries: z.array(WebhookDelivery),
  next_page_token: z.string().exactOptional(),
});
export const OneWebhookDelivery = z.object({ delivery: WebhookDelivery });
