import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHmac } from "node:crypto";
import { recordEvent } from "../../db/registry_events.ts";
import { transaction } from "../../db/sql.ts";
import type { RegistryEvent } from "../../domain/registry_events.ts";
import { openWebhookPoster } from "../../runners/webhook_post.ts";
import { deliverWebhooks } from "../../runners/webhooks.ts";
import { until } from "../postgres.ts";
import { hanging, type Received, startReceiver } from "../receiver.ts";
import { startWeir, type Weir } from "../weir.ts";

const docs = "See the API docs for more information about request parameters.";
const versionCreated = { entity: "MODEL_VERSION", action: "CREATED" };
const hook = { name: "hook", url: "https://8.8.8.8/hook", events: [versionCreated] };

const created = (payload: Record<string, unknown> = { name: "m", version: "1" }): RegistryEvent => ({
  entity: "model_version",
  action: "created",
  name: "m",
  version: 1,
  time: 1_704_067_200_000,
  who: "ada",
  detail: {},
  payload,
});

/** Weir that may send to this machine, and does. */
async function startSending(): Promise<Weir> {
  const weir = await startWeir();
  weir.services.webhooks = openWebhookPoster({ allowPrivate: true });
  weir.services.log = () => {};
  const closing = new AbortController();
  const sending = deliverWebhooks(weir.services, closing.signal);
  const end = weir[Symbol.asyncDispose];
  return {
    ...weir,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await sending;
      await end();
    },
  };
}

const createHook = async (weir: Weir, fields: object): Promise<string> =>
  (await weir.ok("POST", "webhooks", { ...hook, ...fields })).webhook.webhook_id;

const deliveriesOf = async (weir: Weir, webhook_id: string) =>
  (await weir.ok("GET", `/api/weir/1/webhooks/${webhook_id}/deliveries`)).deliveries;

Deno.test("a webhook is made, read, changed and deleted, and never shows its secret", async () => {
  await using weir = await startWeir();
  const { webhook } = await weir.ok("POST", "webhooks", { ...hook, secret: "s3cret", description: "d" });
  const { webhook_id, creation_timestamp, last_updated_timestamp, ...rest } = webhook;
  match(webhook_id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  equal(creation_timestamp, last_updated_timestamp);
  deepEqual(rest, { ...hook, description: "d", status: "ACTIVE" });
  deepEqual(await weir.ok("GET", `webhooks/${webhook_id}`), { webhook });
  const changes = { name: "other", description: "", status: "DISABLED", events: [{ entity: 5, action: 1 }] };
  const changed = (await weir.ok("PATCH", `webhooks/${webhook_id}`, changes)).webhook;
  ok(changed.last_updated_timestamp >= last_updated_timestamp);
  const events = [{ entity: "PROMPT", action: "CREATED" }];
  deepEqual({ ...changed, last_updated_timestamp }, {
    ...{ webhook_id, name: "other", url: hook.url, events, status: "DISABLED" },
    ...{ creation_timestamp, last_updated_timestamp },
  });
  deepEqual(await weir.ok("DELETE", `webhooks/${webhook_id}`, {}), {});
  for (const method of ["GET", "PATCH", "DELETE"]) {
    const { status, body } = await weir.call(
      method,
      `webhooks/${webhook_id}`,
      method === "GET" ? undefined : { name: "-" },
    );
    deepEqual([status, body.error_code, body.message], [
      404,
      "RESOURCE_DOES_NOT_EXIST",
      `Webhook with ID ${webhook_id} not found.`,
    ]);
  }
});

Deno.test("fields that are not given, or are empty, stay as they are", async () => {
  await using weir = await startWeir();
  const id = await createHook(weir, { description: "d", secret: "s" });
  const before = (await weir.ok("GET", `webhooks/${id}`)).webhook;
  for (const nothing of [{}, { name: "", url: "", events: [], status: "BOGUS", description: null, secret: null }]) {
    const { webhook } = await weir.ok("PATCH", `webhooks/${id}`, nothing);
    deepEqual({ ...webhook, last_updated_timestamp: 0 }, { ...before, last_updated_timestamp: 0 });
  }
});

Deno.test("a bad webhook is refused in MLflow's words", async () => {
  await using weir = await startWeir();
  const missing = (field: string) => `Missing value for required parameter '${field}'. ${docs}`;
  const hidden = (name: string, address: string) =>
    `Webhook URL must not resolve to a non-public IP address. '${name}' resolves to ${address}.`;
  const cases: [fields: object, message: string][] = [
    [{ name: null }, missing("name")],
    [{ url: "" }, missing("url")],
    [{ events: null }, missing("events")],
    [{ events: [{ entity: "PROMPT" }] }, missing("events[0].action")],
    [{ events: [] }, "Webhook events must be a non-empty list of WebhookEvent objects: []."],
    [{ events: "x" }, `Invalid value "x" for parameter 'events' supplied:  Hint: Value was of type 'str'. ${docs}`],
    [
      { events: [{ entity: "PROMPT", action: "MOVED" }] },
      "Invalid value for parameter 'events[0].action' supplied: expected one of CREATED, UPDATED, DELETED, SET, EXCEEDED.",
    ],
    [
      { events: [{ entity: "REGISTERED_MODEL", action: "DELETED" }] },
      "Invalid action 'deleted' for entity 'registered_model'. Valid actions are: ['created']",
    ],
    [{ secret: 5 }, `Invalid value 5 for parameter 'secret' supplied:  Hint: Value was of type 'int'. ${docs}`],
    [{ url: "http://8.8.8.8" }, "Invalid webhook URL scheme: 'http'. Allowed schemes are: https."],
    [{ url: "https://127.0.0.1/" }, hidden("127.0.0.1", "127.0.0.1")],
    [{ url: "https://169.254.169.254/latest/meta-data" }, hidden("169.254.169.254", "169.254.169.254")],
    [{ url: "https://2130706433/" }, hidden("127.0.0.1", "127.0.0.1")],
    [{ url: "https://0x7f.1/" }, hidden("127.0.0.1", "127.0.0.1")],
    [{ url: "https://0177.0.0.1/" }, hidden("127.0.0.1", "127.0.0.1")],
    [{ url: "https://[::ffff:169.254.169.254]/" }, hidden("::ffff:a9fe:a9fe", "::ffff:a9fe:a9fe")],
  ];
  for (const [fields, message] of cases) {
    const { status, body } = await weir.call("POST", "webhooks", { ...hook, ...fields });
    deepEqual([status, body.error_code, body.message], [400, "INVALID_PARAMETER_VALUE", message]);
  }
  const { body } = await weir.call("POST", "webhooks", { ...hook, url: "https://localhost/" });
  match(
    body.message,
    /^Webhook URL must not resolve to a non-public IP address\. 'localhost' resolves to (127\.0\.0\.1|::1)\.$/,
  );
  deepEqual(await weir.ok("GET", "webhooks"), {});
});

Deno.test("webhooks are listed newest first, and no page repeats or leaves one out", async () => {
  await using weir = await startWeir();
  weir.services.now = () => 1000;
  const ids = await Promise.all(Array.from({ length: 5 }, () => createHook(weir, {})));
  weir.services.now = () => 2000;
  const newest = await createHook(weir, {});
  const pages: string[][] = [];
  for (let token: string | undefined = ""; token !== undefined;) {
    const page: { webhooks: { webhook_id: string }[]; next_page_token?: string } = await weir.ok(
      "GET",
      `webhooks?max_results=2&page_token=${token}`,
    );
    pages.push(page.webhooks.map(({ webhook_id }) => webhook_id));
    token = page.next_page_token;
  }
  deepEqual(pages.map((page) => page.length), [2, 2, 2]);
  deepEqual(pages.flat(), [newest, ...ids.toSorted()]);
  equal((await weir.ok("GET", "webhooks?max_results=0")).webhooks.length, 6);
  for (const max_results of [-1, 1001]) {
    const { status, body } = await weir.call("GET", `webhooks?max_results=${max_results}`);
    deepEqual([status, body.message], [400, "max_results must be between 1 and 1000."]);
  }
});

Deno.test("a secret is stored sealed", async () => {
  await using weir = await startWeir();
  const id = await createHook(weir, { secret: "s3cret" });
  const [row] = await weir.services.sql`select secret, webhooks::text as row from weir.webhooks`;
  ok(!new TextDecoder().decode(row?.secret).includes("s3cret"));
  equal(await weir.services.secrets.open(row?.secret, id), "s3cret");
  await weir.ok("PATCH", `webhooks/${id}`, { secret: "" });
  equal((await weir.services.sql`select secret from weir.webhooks`)[0]?.secret, null);
});

/** As MLflow's receivers check it. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  const content = `${headers.get("x-mlflow-delivery-id")}.${headers.get("x-mlflow-timestamp")}.${body}`;
  const digest = createHmac("sha256", secret).update(content).digest("base64");
  return headers.get("x-mlflow-signature") === `v1,${digest}`;
}

Deno.test("an event reaches each active webhook that asked for it, signed with its secret", async () => {
  await using receiver = startReceiver();
  await using weir = await startSending();
  const signed = await createHook(weir, { url: `${receiver.url}/signed`, secret: "s3cret" });
  await createHook(weir, { url: `${receiver.url}/plain` });
  await createHook(weir, { url: `${receiver.url}/disabled`, status: "DISABLED" });
  await createHook(weir, { url: `${receiver.url}/other`, events: [{ entity: "PROMPT", action: "CREATED" }] });
  await transaction(weir.services.sql, (tx) => recordEvent(tx, created({ name: "é", tags: {}, run_id: null })));
  await until(async () =>
    (await deliveriesOf(weir, signed))[0]?.state === "delivered" && receiver.received.length >= 2
  );
  const [plain, secret] = receiver.received.toSorted((a, b) => a.path < b.path ? -1 : 1);
  deepEqual(receiver.received.map(({ path }) => path).sort(), ["/plain", "/signed"]);
  const body = '{"entity": "model_version", "action": "created", "timestamp": "2024-01-01T00:00:00.000000+00:00", ' +
    '"data": {"name": "\\u00e9", "tags": {}, "run_id": null}}';
  deepEqual([plain?.body, secret?.body], [body, body]);
  equal(secret?.headers.get("content-type"), "application/json");
  ok(secret && isSigned(secret, "s3cret"));
  equal(plain?.headers.get("x-mlflow-signature"), null);
  const [delivery] = await deliveriesOf(weir, signed);
  equal(delivery.delivery_id, secret.headers.get("x-mlflow-delivery-id"));
  deepEqual([delivery.attempts, delivery.response_status, delivery.error], [1, 200, null]);
});

Deno.test("what is rolled back, or has nothing to tell, is not sent", async () => {
  await using weir = await startWeir();
  const id = await createHook(weir, {});
  const { sql } = weir.services;
  await transaction(sql, async (tx) => {
    await recordEvent(tx, created());
    throw new Error("undone");
  }).catch(() => {});
  const { payload: _, ...silent } = created();
  await recordEvent(sql, silent);
  await recordEvent(sql, { ...created(), action: "stage_changed" });
  deepEqual(await deliveriesOf(weir, id), []);
});

Deno.test("a test call sends an example now, and answers what came back", async () => {
  await using receiver = startReceiver((_, before) =>
    new Response("a".repeat(100_000), { status: before === 0 ? 200 : 418 })
  );
  await using weir = await startSending();
  const id = await createHook(weir, { url: receiver.url, secret: "s", status: "DISABLED" });
  const { result } = await weir.ok("POST", `webhooks/${id}/test`, {});
  deepEqual({ ...result, response_body: result.response_body.length }, {
    success: true,
    response_status: 200,
    response_body: 65_536,
  });
  const event = { entity: "PROMPT_TAG", action: "SET" };
  const refused = (await weir.ok("POST", `webhooks/${id}/test`, { event })).result;
  deepEqual([refused.success, refused.response_status], [false, 418]);
  deepEqual(receiver.received.map(({ body }) => JSON.parse(body).entity), ["model_version", "prompt_tag"]);
  deepEqual(JSON.parse(receiver.received[1]!.body).data, {
    name: "example_prompt",
    key: "example_key",
    value: "example_value",
  });
  ok(receiver.received.every((one) => isSigned(one, "s")));
  deepEqual(await deliveriesOf(weir, id), []);
  equal((await weir.call("POST", "webhooks/none/test", {})).status, 404);
  const pair = { event: { entity: "PROMPT", action: "DELETED" } };
  equal((await weir.call("POST", "webhooks/none/test", pair)).body.error_code, "INVALID_PARAMETER_VALUE");
});

Deno.test("the log of deliveries is read page by page, and an ended one can be sent again", async () => {
  await using receiver = startReceiver((_, before) => new Response(null, { status: before === 0 ? 410 : 204 }));
  await using weir = await startSending();
  const id = await createHook(weir, { url: receiver.url });
  const path = `/api/weir/1/webhooks/${id}/deliveries`;
  await recordEvent(weir.services.sql, created());
  await until(async () => (await deliveriesOf(weir, id))[0]?.state === "failed");
  const [failed] = await deliveriesOf(weir, id);
  deepEqual([failed.attempts, failed.response_status, failed.error], [
    1,
    410,
    "The receiver answered with status 410.",
  ]);
  const { delivery } = await weir.ok("POST", `${path}/${failed.delivery_id}/retry`, {});
  deepEqual([delivery.state, delivery.attempts, delivery.error], ["waiting", 0, null]);
  await until(async () => (await deliveriesOf(weir, id))[0]?.state === "delivered");
  await recordEvent(weir.services.sql, { ...created(), time: 1_804_067_200_000 });
  const first = await weir.ok("GET", `${path}?max_results=1`);
  const second = await weir.ok("GET", `${path}?max_results=1&page_token=${first.next_page_token}`);
  equal(first.deliveries[0].created, 1_804_067_200_000);
  equal(second.deliveries[0].delivery_id, failed.delivery_id);
  equal(second.next_page_token, undefined);
  equal((await weir.call("POST", `${path}/none/retry`, {})).status, 404);
  equal((await weir.call("GET", `/api/weir/1/webhooks/none/deliveries`)).status, 404);
  equal((await weir.call("GET", `${path}?max_results=0`)).status, 400);
});

Deno.test("a delivery under way stays one when it is asked for again", async () => {
  const { answer, end } = hanging();
  await using receiver = startReceiver(answer);
  await using weir = await startSending();
  const id = await createHook(weir, { url: receiver.url });
  await recordEvent(weir.services.sql, created());
  await until(() => receiver.received.length === 1);
  const [delivery] = await deliveriesOf(weir, id);
  const asked = await weir.ok("POST", `/api/weir/1/webhooks/${id}/deliveries/${delivery.delivery_id}/retry`, {});
  deepEqual([asked.delivery.state, asked.delivery.attempts], ["waiting", 1]);
  end();
  await until(async () => (await deliveriesOf(weir, id))[0]?.state === "delivered");
  equal(receiver.received.length, 1);
});
