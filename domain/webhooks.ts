import { invalid } from "./errors.ts";
import { repr } from "./filter/dialect.ts";
import { checkLength } from "./names.ts";

/** In the order of their numbers in MLflow's protocol, from 1. */
export const webhookEntities = [
  "registered_model",
  "model_version",
  "model_version_tag",
  "model_version_alias",
  "prompt",
  "prompt_version",
  "prompt_tag",
  "prompt_version_tag",
  "prompt_alias",
  "budget_policy",
] as const;
export type WebhookEntity = (typeof webhookEntities)[number];

export type WebhookAction = "created" | "updated" | "deleted" | "set" | "exceeded";

/** What webhooks are told of each. There are no budgets here, so nobody is told of one. */
const actionsOf: Readonly<Record<WebhookEntity, readonly WebhookAction[]>> = {
  registered_model: ["created"],
  model_version: ["created"],
  model_version_tag: ["set", "deleted"],
  model_version_alias: ["created", "deleted"],
  prompt: ["created"],
  prompt_version: ["created"],
  prompt_tag: ["set", "deleted"],
  prompt_version_tag: ["set", "deleted"],
  prompt_alias: ["created", "deleted"],
  budget_policy: ["exceeded"],
};

export interface WebhookEvent {
  entity: WebhookEntity;
  action: WebhookAction;
}

export const webhookStatuses = ["ACTIVE", "DISABLED"] as const;
export type WebhookStatus = (typeof webhookStatuses)[number];

export interface Webhook {
  webhook_id: string;
  name: string;
  description: string | null;
  url: string;
  events: WebhookEvent[];
  status: WebhookStatus;
  /** Milliseconds since the epoch. */
  creation_timestamp: number;
  last_updated_timestamp: number;
}

export const deliveryStates = ["waiting", "delivered", "failed"] as const;

/** What became of one event for one webhook. Times are milliseconds since the epoch. */
export interface WebhookDelivery {
  delivery_id: string;
  webhook_id: string;
  entity: string;
  action: string;
  state: (typeof deliveryStates)[number];
  /** How often it was sent or is being sent. */
  attempts: number;
  created: number;
  next_attempt: number;
  ended: number | null;
  /** Of HTTP, in the last attempt that was answered. */
  response_status: number | null;
  error: string | null;
}

/** Refuses a name that MLflow refuses. */
export function checkWebhookName(name: string): void {
  if (/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/i.test(name)) return;
  throw invalid(
    `Webhook name ${
      repr(name)
    } is invalid. It must start and end with a letter or digit, be less than 63 characters long, ` +
      "and contain only letters, digits, dots (.), underscores (_), and hyphens (-).",
  );
}

/** Refuses texts that are longer than anyone means them to be. */
export function checkWebhookTexts({ description = "", secret = "" }: { description?: string; secret?: string }): void {
  checkLength(description, 5000, "description");
  checkLength(secret, 1000, "secret");
}

/** Most characters of an address: far above what browsers and servers take. */
const longestUrl = 8192;

/** An address that may be sent to, as far as it tells by itself: see who answers for the host it names. */
export function parseWebhookUrl(text: string, schemes: readonly string[]): URL {
  if (text.trim() === "") throw invalid(`Webhook URL cannot be empty or just whitespace: ${repr(text)}`);
  if (text.length > longestUrl) throw invalid(`'url' exceeds the maximum length of ${longestUrl} characters`);
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? "";
  if (!schemes.includes(scheme)) {
    throw invalid(`Invalid webhook URL scheme: ${repr(scheme)}. Allowed schemes are: ${schemes.join(", ")}.`);
  }
  // A URL would also be read without the slashes, but other programs then see no host.
  if (!/^\s*[^:]+:\/\/[^/?#]/.test(text)) throw invalid(`Webhook URL must include a hostname: ${repr(text)}`);
  const url = URL.parse(text);
  if (url === null) throw invalid(`Invalid webhook URL ${repr(text)}`);
  // Not shown: the message would tell the password to whoever reads it.
  if (url.username !== "" || url.password !== "") throw invalid("Webhook URL must not include embedded credentials");
  return url;
}

/** An event as a request names it, in capitals. */
interface NamedEvent {
  entity: string;
  action: string;
}

/** The events that a request names, each once. INVALID_PARAMETER_VALUE when there are none, or one that webhooks are not told of. */
export function checkWebhookEvents(events: readonly NamedEvent[]): WebhookEvent[] {
  if (events.length === 0) throw invalid("Webhook events must be a non-empty list of WebhookEvent objects: [].");
  const checked = events.map(checkWebhookEvent);
  return [...new Map(checked.map((event) => [`${event.entity}.${event.action}`, event])).values()];
}

export function checkWebhookEvent(event: NamedEvent): WebhookEvent {
  const [entity, action] = [event.entity.toLowerCase(), event.action.toLowerCase()];
  const known = webhookEntities.find((one) => one === entity);
  const actions: readonly WebhookAction[] = known ? actionsOf[known] : [];
  const fits = actions.find((one) => one === action);
  if (known !== undefined && fits !== undefined) return { entity: known, action: fits };
  const valid = actions.toSorted().map((one) => `'${one}'`).join(", ");
  throw invalid(`Invalid action '${action}' for entity '${entity}'. Valid actions are: [${valid}]`);
}

/** Sends to webhooks (`runners/webhook_post.ts`). */
export interface WebhookPoster {
  /** INVALID_PARAMETER_VALUE for an address that nothing will be sent to. */
  check(url: string): Promise<void>;
  /** One attempt, for 30 seconds at most. It never rejects: what went wrong is its result. */
  post(url: string, message: WebhookMessage, signal?: AbortSignal): Promise<Attempt>;
}

export interface WebhookMessage {
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What came of one attempt: an answer, or the sentence why there was none; `final` when another attempt would be in vain. */
export type Attempt =
  | { status: number; retryAfter?: string | undefined; body: string }
  | { status?: undefined; error: string; final?: boolean };
