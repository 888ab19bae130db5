import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { recordEvent } from "../../db/registry_events.ts";
import { openDatabase, type Pool } from "../../db/sql.ts";
import { listDeliveries } from "../../db/webhook_deliveries.ts";
import { createWebhook } from "../../db/webhooks.ts";
import { secretBox } from "../../domain/secret_box.ts";
import type { Attempt, WebhookDelivery, WebhookPoster } from "../../domain/webhooks.ts";
import { openWebhookPoster } from "../../runners/webhook_post.ts";
import { deliverWebhooks } from "../../runners/webhooks.ts";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { until } from "../postgres.ts";
import { hanging, type Receiver, startCutter, startReceiver } from "../receiver.ts";
import { reachableFolder, startServer } from "../server.ts";

const message = { headers: {}, body: "{}" };
const event = (name: string) => ({
  entity: "registered_model" as const,
  action: "created" as const,
  ...{ name, time: Date.now(), who: "ada", detail: {}, payload: { name } },
});

interface Sending extends AsyncDisposable {
  sql: Pool;
  url: string;
  log: string[];
  /** Makes a webhook for events of registered models. */
  hook(url: string, secret?: Uint8Array<ArrayBuffer>): Promise<string>;
  tell(name?: string): Promise<void>;
  only(webhook_id: string): Promise<WebhookDelivery | undefined>;
  /** What waits for its next attempt waits no more; with `all`, what a server has taken is free too, as if a minute had passed. */
  hurry(all?: boolean): Promise<unknown>;
}

/** A database with any number of senders, as so many servers have. */
async function startSending(webhooks: WebhookPoster, senders = 1): Promise<Sending> {
  const database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 4, prepare: true });
  const closing = new AbortController();
  const log: string[] = [];
  const sender = { sql, webhooks, secrets: secretBox(["key"]), log: (_: unknown, line: string) => void log.push(line) };
  const sending = Array.from({ length: senders }, () => deliverWebhooks(sender, closing.signal));
  return {
    ...hooksOf(sql),
    ...{ sql, log, url: database.url },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.all(sending);
      await sql.end({ timeout: 5 });
      await database.drop();
    },
  };
}

const hooksOf = (sql: Pool) => ({
  async hook(url: string, secret: Uint8Array<ArrayBuffer> | null = null) {
    const events = [{ entity: "registered_model" as const, action: "created" as const }];
    const fields = { name: "hook", description: null, url, events, secret, status: "ACTIVE" as const };
    return (await createWebhook(sql, crypto.randomUUID(), fields, 1)).webhook_id;
  },
  tell: (name = "m") => recordEvent(sql, event(name)),
  only: async (webhook_id: string) => (await listDeliveries(sql, { webhook_id, max_results: 1 })).deliveries[0],
  hurry: (all = false) =>
    sql`update weir.webhook_deliveries set next_attempt = 0
      where state = 'waiting' and (${all} or next_attempt < extract(epoch from clock_timestamp()) * 1000 + 30000)`,
});

const open = () => openWebhookPoster({ allowPrivate: true });
const reason = (attempt: Attempt): string => attempt.status === undefined ? attempt.error : `status ${attempt.status}`;
const names = ({ received }: Receiver): string[] => received.map(({ body }) => JSON.parse(body).data.name);

Deno.test("a receiver that fails once is told again, under the same delivery id", async () => {
  await using receiver = startReceiver((_, before) => new Response(null, { status: before === 0 ? 500 : 200 }));
  await using sending = await startSending(open());
  const id = await sending.hook(receiver.url);
  await sending.tell();
  await until(async () => (await sending.only(id))?.state === "delivered");
  const [first, second] = receiver.received.map(({ headers }) => headers.get("x-mlflow-delivery-id"));
  ok(first);
  deepEqual([second, receiver.received.length, (await sending.only(id))?.attempts], [first, 2, 2]);
});

Deno.test("after four attempts a delivery has failed, and the log says so without the URL", async () => {
  await using receiver = startReceiver(() => new Response("secret of the receiver", { status: 503 }));
  await using sending = await startSending(open());
  const id = await sending.hook(`${receiver.url}/token`);
  await sending.tell();
  await until(async () => {
    await sending.hurry();
    return (await sending.only(id))?.state === "failed";
  });
  const delivery = await sending.only(id);
  deepEqual([delivery?.attempts, delivery?.response_status, receiver.received.length], [4, 503, 4]);
  equal(delivery?.error, "The receiver answered with status 503.");
  deepEqual(sending.log, [
    `Webhook hook (${id}) failed after 4 attempts: The receiver answered with status 503.`,
  ]);
});

Deno.test("a receiver that asks to come back later is left in peace until then", async () => {
  await using receiver = startReceiver(() => new Response(null, { status: 429, headers: { "retry-after": "600" } }));
  await using sending = await startSending(open());
  const id = await sending.hook(receiver.url);
  await sending.tell();
  await until(async () => (await sending.only(id))?.response_status === 429);
  const delivery = await sending.only(id);
  equal(delivery?.state, "waiting");
  ok(delivery.next_attempt - delivery.created >= 600_000);
});

Deno.test("a slow receiver is given up in time, and does not hold up the others", async () => {
  const { answer, end } = hanging();
  await using slow = startReceiver(answer);
  await using quick = startReceiver();
  await using sending = await startSending(open());
  await Promise.all([slow.url, quick.url].map((url) => sending.hook(url)));
  for (let i = 0; i < 20; i++) await sending.tell(`m${i}`);
  await until(() => quick.received.length === 20);
  ok(slow.received.length <= 3);
  const impatient = openWebhookPoster({ allowPrivate: true, timeout: 300 });
  deepEqual(await impatient.post(slow.url, message), { error: "No answer came in time (0.3 s).", final: false });
  end();
});

Deno.test("a receiver that cuts the connection, or is not there, is tried again", async () => {
  const cutter = startCutter();
  await using sending = await startSending(open());
  const id = await sending.hook(`http://127.0.0.1:${cutter.port}`);
  await sending.tell();
  await until(async () => ((await sending.only(id))?.error ?? null) !== null);
  const delivery = await sending.only(id);
  equal(delivery?.state, "waiting");
  match(delivery.error ?? "", /^The receiver was not reached: /);
  await cutter[Symbol.asyncDispose]();
  match(
    reason(await open().post(`http://127.0.0.1:${cutter.port}`, message)),
    /^The receiver was not reached: .*refused/i,
  );
});

Deno.test("a redirect is not followed", async () => {
  await using target = startReceiver();
  await using receiver = startReceiver(() => Response.redirect(`${target.url}/latest/meta-data`, 307));
  await using sending = await startSending(open());
  const id = await sending.hook(receiver.url);
  await sending.tell();
  await until(async () => (await sending.only(id))?.state === "failed");
  equal((await sending.only(id))?.error, "The receiver answered with status 307, and redirects are not followed.");
  equal(target.received.length, 0);
});

Deno.test("nothing is sent to a private address, however it is spelled, unless a setting allows it", async () => {
  await using receiver = startReceiver();
  const poster = openWebhookPoster({ allowPrivate: false });
  const hosts = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0"];
  for (const host of [...hosts, "169.254.169.254", "[fd00:ec2::254]", "[64:ff9b::7f00:1]"]) {
    const attempt = await poster.post(`https://${host}:${receiver.port}/`, message);
    match(reason(attempt), /^Webhook URL must not resolve to a non-public IP address\./, host);
    equal(attempt.status === undefined && attempt.final, true);
  }
  match(reason(await poster.post(receiver.url, message)), /^Invalid webhook URL scheme: 'http'/);
  equal(receiver.received.length, 0);
});

Deno.test("a name that is public when a webhook is made and private when it is sent to is refused", async () => {
  await using receiver = startReceiver();
  const answers = [["8.8.8.8"], ["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], []];
  const poster = openWebhookPoster({ allowPrivate: false, resolve: () => Promise.resolve(answers.shift() ?? []) });
  const url = `https://rebinding.example:${receiver.port}/`;
  await poster.check(url);
  match(reason(await poster.post(url, message)), /'rebinding\.example' resolves to 127\.0\.0\.1\.$/);
  match(reason(await poster.post(url, message)), /'rebinding\.example' resolves to 10\.0\.0\.1\.$/);
  const gone = await poster.post(url, message);
  match(reason(gone), /^Cannot resolve Webhook URL hostname 'rebinding\.example'/);
  notEqual(gone.status === undefined && gone.final, true);
  equal(receiver.received.length, 0);
});

Deno.test("the connection goes to the address that was looked at, with the host's own name", async () => {
  await using receiver = startReceiver();
  await using cutter = startCutter();
  const asked: string[] = [];
  const resolve = (name: string) => Promise.resolve(asked.push(name) > 0 ? ["127.0.0.1"] : []);
  const poster = openWebhookPoster({ allowPrivate: true, resolve });
  deepEqual(await poster.post(`http://hook.test:${receiver.port}/a?b=c`, message), {
    status: 200,
    retryAfter: undefined,
    body: "ok",
  });
  deepEqual(receiver.received.map(({ headers, path }) => [headers.get("host"), path]), [
    [`hook.test:${receiver.port}`, "/a"],
  ]);
  equal(receiver.received[0]?.body, "{}");
  match(reason(await poster.post(`https://hook.test:${cutter.port}/`, message)), /^The receiver was not reached: /);
  // The name stands in the clear in the first message of TLS.
  ok(new TextDecoder("latin1").decode(cutter.received[0]).includes("hook.test"));
  deepEqual(asked, ["hook.test", "hook.test"]);
});

Deno.test("a secret that this server cannot read keeps the message back instead of sending it unsigned", async () => {
  await using receiver = startReceiver();
  await using sending = await startSending(open());
  const id = await sending.hook(receiver.url, await secretBox(["another"]).seal("s", "x"));
  await sending.tell();
  await until(async () => ((await sending.only(id))?.error ?? null) !== null);
  match((await sending.only(id))?.error ?? "", /sealed with another key/);
  equal(receiver.received.length, 0);
});

Deno.test("several servers on one database send each delivery once", async () => {
  await using receiver = startReceiver();
  await using sending = await startSending(open(), 4);
  await sending.hook(receiver.url);
  for (let i = 0; i < 100; i++) await sending.tell(`m${i}`);
  const left = async () => await sending.sql`select 1 from weir.webhook_deliveries where state = 'waiting' limit 1`;
  await until(async () => (await left()).length === 0);
  deepEqual(names(receiver).toSorted(), Array.from({ length: 100 }, (_, i) => `m${i}`).toSorted());
});

/** Weir as a process on a database that outlives it, and a webhook to `receiver` of which the database knows. */
async function startWith(receiver: Receiver) {
  const stack = new AsyncDisposableStack();
  const [database, folder] = [stack.use(await createDatabase()), stack.use(await reachableFolder())];
  const sql = openDatabase(database.url, { pool: 1, prepare: true });
  stack.defer(() => sql.end({ timeout: 5 }));
  const start = () =>
    startServer({ DATABASE_URL: database.url, WEIR_DATA_DIR: folder.path, WEIR_WEBHOOK_PRIVATE: "yes" });
  const server = await start();
  const events = [{ entity: "REGISTERED_MODEL", action: "CREATED" }];
  const given = { name: "hook", url: receiver.url, events, secret: "s3cret" };
  const { webhook } = await clientOf(server.url).ok("POST", "webhooks", given);
  const key = `${folder.path}/secret.key`;
  return {
    ...hooksOf(sql),
    id: webhook.webhook_id,
    server,
    start,
    key,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("what was committed before kill -9 is delivered by the next start, by its signature the same server", async () => {
  const { answer, end } = hanging();
  await using receiver = startReceiver((_, before) => before === 0 ? answer() : new Response("ok"));
  await using weir = await startWith(receiver);
  await weir.tell("under way");
  await until(() => receiver.received.length === 1);
  await weir.server.kill9();
  await weir.tell("between");
  await weir.hurry(true);
  const again = await weir.start();
  await until(() => receiver.received.length >= 3);
  deepEqual(new Set(names(receiver)), new Set(["under way", "between"]));
  ok(receiver.received.every(({ headers }) => headers.get("x-mlflow-signature")?.startsWith("v1,")));
  end();
  equal(await again.stop(), 0);
});

Deno.test("a server that is told to end gives back what it could not deliver, and its secrets are in no log", async () => {
  const { answer, end } = hanging();
  await using receiver = startReceiver((_, before) => before === 0 ? answer() : new Response("ok"));
  await using weir = await startWith(receiver);
  await weir.tell();
  await until(() => receiver.received.length === 1);
  equal(await weir.server.stop("SIGTERM"), 0);
  deepEqual([(await weir.only(weir.id))?.state, (await weir.only(weir.id))?.attempts], ["waiting", 0]);
  const again = await weir.start();
  await until(async () => (await weir.only(weir.id))?.state === "delivered");
  end();
  await again.stop();
  ok(!`${weir.server.output()}${again.output()}`.includes("s3cret"));
  if (Deno.build.os !== "windows") equal(((await Deno.stat(weir.key)).mode ?? 0) & 0o777, 0o600);
});
