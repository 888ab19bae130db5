import { pythonJson } from "./python_json.ts";
import type { WebhookEvent } from "./webhooks.ts";

/** What is sent to a webhook: the JSON of its body, and the headers that let the receiver know who sent it. */

/** The body. `time` in milliseconds since the epoch; `data` as MLflow has it for the event. */
export function webhookBody(event: { entity: string; action: string }, data: unknown, time: number): string {
  // As Python's `isoformat` writes it.
  const timestamp = new Date(time).toISOString().replace(/Z$/, "000+00:00");
  return pythonJson({ entity: event.entity, action: event.action, timestamp, data });
}

/** The headers of one attempt. `time` in milliseconds since the epoch; without a secret there is no signature. */
export async function webhookHeaders(
  { delivery_id, body, time, secret }: { delivery_id: string; body: string; time: number; secret?: string | undefined },
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(time / 1000));
  const headers = {
    "Content-Type": "application/json",
    "User-Agent": "Weir",
    "X-MLflow-Delivery-Id": delivery_id,
    "X-MLflow-Timestamp": timestamp,
  };
  if (!secret) return headers;
  return { ...headers, "X-MLflow-Signature": `v1,${await hmac(secret, `${delivery_id}.${timestamp}.${body}`)}` };
}

async function hmac(secret: string, text: string): Promise<string> {
  const utf8 = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", utf8.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(text))).toBase64();
}

const model = { name: "example_model" };
const prompt = { name: "example_prompt" };
const version = { version: "1" };
const tag = { key: "example_key", value: "example_value" };
const alias = { alias: "example_alias" };
const about = { tags: { example_key: "example_value" }, description: "Sent as a test" };

const examples: Readonly<Record<string, object>> = {
  "registered_model.created": { ...model, ...about },
  "model_version.created": { ...model, ...version, source: "models:/123", run_id: "abcd1234abcd5678", ...about },
  "model_version_tag.set": { ...model, ...version, ...tag },
  "model_version_tag.deleted": { ...model, ...version, key: tag.key },
  "model_version_alias.created": { ...model, ...alias, ...version },
  "model_version_alias.deleted": { ...model, ...alias },
  "prompt.created": { ...prompt, ...about },
  "prompt_version.created": { ...prompt, ...version, template: "Hello {{name}}!", ...about },
  "prompt_tag.set": { ...prompt, ...tag },
  "prompt_tag.deleted": { ...prompt, key: tag.key },
  "prompt_version_tag.set": { ...prompt, ...version, ...tag },
  "prompt_version_tag.deleted": { ...prompt, ...version, key: tag.key },
  "prompt_alias.created": { ...prompt, ...alias, ...version },
  "prompt_alias.deleted": { ...prompt, ...alias },
  "budget_policy.exceeded": {
    budget_policy_id: "bp-abc123",
    budget_unit: "USD",
    budget_amount: 100,
    current_spend: 105.5,
    duration_unit: "MONTHS",
    duration_value: 1,
    target_scope: "GLOBAL",
    workspace: "default",
    target_value: null,
    window_start: 1_704_067_200_000,
  },
};

/** What a test call sends in place of something that happened. */
export const exampleData = ({ entity, action }: WebhookEvent): object => examples[`${entity}.${action}`] ?? {};
