import { isUnreachable, type Pool } from "../db/sql.ts";
import {
  claimDelivery,
  type DueDelivery,
  endAttempt,
  releaseDelivery,
  removeOldDeliveries,
} from "../db/webhook_deliveries.ts";
import type { SecretBox } from "../domain/secret_box.ts";
import { webhookHeaders } from "../domain/webhook_messages.ts";
import { mostAttempts, outcomeOf } from "../domain/webhook_retry.ts";
import type { Attempt, WebhookPoster } from "../domain/webhooks.ts";

/** Milliseconds between two looks at what is due. */
const pause = 1000;
/** Milliseconds between two looks at what is too old to keep. */
const cleaning = 3_600_000;
/** Milliseconds that deliveries under way have to end in when the server ends. */
const grace = 5000;
/** Deliveries under way at once, and to one webhook: a slow receiver must not hold up the others. */
const most = 10;
const mostOfOne = 3;

export interface Sender {
  sql: Pool;
  webhooks: WebhookPoster;
  secrets: SecretBox;
  log: (level: "info" | "error", message: string) => void;
}

/**
 * Sends what is queued for webhooks, until `signal`. Any number of servers may do so on one database: each delivery is sent by one of
 * them at a time. What a server does not get done is left for the others, or for its next start.
 */
export async function deliverWebhooks(sender: Sender, signal: AbortSignal): Promise<void> {
  const underWay = new Map<Promise<void>, DueDelivery>();
  const cut = new AbortController();
  const alarm = alarmClock(signal);
  const start = (due: DueDelivery) => {
    const work = deliver(sender, due, cut.signal).catch((error) => tell(sender, error)).finally(() => {
      underWay.delete(work);
      alarm.ring();
    });
    underWay.set(work, due);
  };
  for (let cleaned = 0; !signal.aborted; await alarm.rings()) {
    await claimAll(sender, underWay, start, signal).catch((error) => tell(sender, error));
    if (Date.now() - cleaned < cleaning) continue;
    cleaned = Date.now();
    await removeOldDeliveries(sender.sql).catch((error) => tell(sender, error));
  }
  const last = setTimeout(() => cut.abort(), grace);
  await Promise.all(underWay.keys());
  clearTimeout(last);
}

/** Rings after a pause, or when it is told to, and at once when `signal` is aborted. */
function alarmClock(signal: AbortSignal): { ring(): void; rings(): Promise<void> } {
  let ring = () => {};
  signal.addEventListener("abort", () => ring(), { once: true });
  const rings = () =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, signal.aborted ? 0 : pause);
      ring = () => {
        clearTimeout(timer);
        done();
      };
    });
  return { ring: () => ring(), rings };
}

/** Starts everything that is due and has room. */
async function claimAll(
  { sql }: Sender,
  underWay: ReadonlyMap<unknown, DueDelivery>,
  start: (due: DueDelivery) => void,
  signal: AbortSignal,
): Promise<void> {
  while (underWay.size < most && !signal.aborted) {
    const due = await claimDelivery(sql, busy([...underWay.values()]));
    if (due === undefined) return;
    start(due);
  }
}

/** The webhooks that have their share under way. */
function busy(underWay: readonly DueDelivery[]): string[] {
  const counts = Map.groupBy(underWay, ({ webhook_id }) => webhook_id);
  return [...counts].filter(([, its]) => its.length >= mostOfOne).map(([webhook_id]) => webhook_id);
}

async function deliver(sender: Sender, due: DueDelivery, cut: AbortSignal): Promise<void> {
  const { sql, log } = sender;
  const attempt = await tryOnce(sender, due, cut);
  if (cut.aborted && attempt.status === undefined) return await releaseDelivery(sql, due);
  const outcome = outcomeOf(attempt, due.attempts, Date.now(), Math.random());
  await endAttempt(sql, due, outcome);
  if (outcome.state !== "failed") return;
  // Without the URL, which may hold a token.
  const tries = due.attempts === 1 ? "attempt" : "attempts";
  log("info", `Webhook ${due.name} (${due.webhook_id}) failed after ${due.attempts} ${tries}: ${outcome.error}`);
}

async function tryOnce({ webhooks, secrets }: Sender, due: DueDelivery, cut: AbortSignal): Promise<Attempt> {
  const { webhook_id, delivery_id, url, body, status, secret: sealed } = due;
  if (status === "DISABLED") return { error: "The webhook was disabled before this was sent.", final: true };
  // A crash may have cost the attempts that there were.
  if (due.attempts > 2 * mostAttempts) return { error: "Every attempt was broken off.", final: true };
  try {
    const secret = sealed ? await secrets.open(sealed, webhook_id) : undefined;
    const headers = await webhookHeaders({ delivery_id, body, time: Date.now(), secret });
    return await webhooks.post(url, { headers, body }, cut);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Of a lost database every request is told already. */
function tell({ log }: Sender, error: unknown): void {
  if (isUnreachable(error)) return;
  log("error", `Webhooks could not be sent: ${error instanceof Error ? error.message : error}`);
}
