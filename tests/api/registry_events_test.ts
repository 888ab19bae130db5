import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

/** What webhooks are told, held against what MLflow 3.17.2 sent to a receiver for the same requests. */

const told = [
  "registered_model.created",
  "model_version.created",
  "model_version_tag.set",
  "model_version_tag.deleted",
  "model_version_alias.created",
  "model_version_alias.deleted",
  "prompt.created",
  "prompt_version.created",
  "prompt_tag.set",
  "prompt_tag.deleted",
  "prompt_version_tag.set",
  "prompt_version_tag.deleted",
  "prompt_alias.created",
  "prompt_alias.deleted",
];

async function listen(weir: Weir): Promise<void> {
  const events = told.map((event) => {
    const [entity, action] = event.split(".");
    return { entity, action };
  });
  await weir.services.sql`
    insert into weir.webhooks (webhook_id, name, url, events, creation_timestamp, last_updated_timestamp)
    values ('w', 'w', 'https://example.com', ${weir.services.sql.json(events)}, 1, 1)`;
}

async function heard(weir: Weir): Promise<[event: string, data: unknown][]> {
  const rows = await weir.services.sql<{ body: string }[]>`select body from weir.webhook_deliveries order by created`;
  const bodies = rows.map(({ body }) => JSON.parse(body));
  return bodies.map(({ entity, action, data }) => [`${entity}.${action}`, data]);
}

/** One of every change, each in its own millisecond. */
async function changeEverything(weir: Weir, name: string, source: string, tags: object[]): Promise<void> {
  const requests: [method: string, path: string, body: object][] = [
    ["POST", "registered-models/create", { description: "d", tags }],
    ["POST", "registered-models/set-tag", { key: "a", value: "b" }],
    ["DELETE", "registered-models/delete-tag", { key: "a" }],
    ["PATCH", "registered-models/update", { description: "e" }],
    ["POST", "model-versions/create", { source, tags }],
    ["POST", "model-versions/set-tag", { version: "1", key: "a", value: "b" }],
    ["DELETE", "model-versions/delete-tag", { version: "1", key: "a" }],
    ["POST", "registered-models/alias", { alias: "al", version: "1" }],
    ["DELETE", "registered-models/alias", { alias: "al" }],
    ["POST", "model-versions/transition-stage", { version: "1", stage: "Staging" }],
    ["DELETE", "model-versions/delete", { version: "1" }],
    ["DELETE", "registered-models/delete", {}],
  ];
  for (const [method, path, body] of requests) {
    await weir.ok(method, path, { name, ...body });
    const { now } = weir.services;
    const before = now();
    while (now() === before) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("webhooks are told of a model what MLflow tells of it", async () => {
  await using weir = await startWeir();
  await listen(weir);
  await changeEverything(weir, "m", "s3://b/p", [{ key: "k", value: "v" }]);
  const name = "m";
  assert.deepEqual(await heard(weir), [
    ["registered_model.created", { name, tags: { k: "v" }, description: "d" }],
    ["model_version.created", {
      name,
      version: "1",
      source: "s3://b/p",
      run_id: null,
      tags: { k: "v" },
      description: null,
    }],
    ["model_version_tag.set", { name, version: "1", key: "a", value: "b" }],
    ["model_version_tag.deleted", { name, version: "1", key: "a" }],
    ["model_version_alias.created", { name, alias: "al", version: "1" }],
    ["model_version_alias.deleted", { name, alias: "al" }],
  ]);
});

Deno.test("webhooks are told of a prompt in events of its own, without the tags that make it one", async () => {
  await using weir = await startWeir();
  await listen(weir);
  await changeEverything(weir, "p", "dummy-source", [
    { key: "mlflow.prompt.is_prompt", value: "true" },
    { key: "mlflow.prompt.text", value: "Hi" },
    { key: "_mlflow_prompt_type", value: "text" },
    { key: "own", value: "1" },
  ]);
  const name = "p";
  assert.deepEqual(await heard(weir), [
    ["prompt.created", { name, tags: { "mlflow.prompt.text": "Hi", own: "1" }, description: "d" }],
    ["prompt_tag.set", { name, key: "a", value: "b" }],
    ["prompt_tag.deleted", { name, key: "a" }],
    ["prompt_version.created", { name, version: "1", template: "Hi", tags: { own: "1" }, description: null }],
    ["prompt_version_tag.set", { name, version: "1", key: "a", value: "b" }],
    ["prompt_version_tag.deleted", { name, version: "1", key: "a" }],
    ["prompt_alias.created", { name, alias: "al", version: "1" }],
    ["prompt_alias.deleted", { name, alias: "al" }],
  ]);
});
