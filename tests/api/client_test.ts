/** The TypeScript client, by the example of its documentation. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { weirClient, WeirError } from "../../client/weir.ts";
import { serveWeir } from "../browser.ts";

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

Deno.test("the example in the documentation type-checks, runs and prints what it says", async () => {
  await using weir = await serveWeir();
  const example = (await Deno.readTextFile(file("docs/api.md"))).match(/```ts\n([^]*?)```/)?.[1] ?? "";
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    path,
    example.replace('"./client/weir.ts"', `"file://${file("client/weir.ts")}"`)
      .replace("http://localhost:5000", weir.url),
  );
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--check", "--quiet", "--allow-net=127.0.0.1", "--config", file("deno.json"), path],
    env: { NO_COLOR: "1" },
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  await Deno.remove(path);
  assert.ok(success, error);
  assert.equal(out, '[ "first: 0.25" ]\n[ "0: 1", "1: 0.5", "2: 0.25" ]\n404 RESOURCE_DOES_NOT_EXIST\n');
});

Deno.test("the client puts the fields of a path into the path, and NaN and infinities into JSON", async () => {
  await using server = await serveWeir();
  const weir = weirClient(server.url);
  const { model } = await weir("POST logged-models", { experiment_id: "0", tags: [{ key: "a b/c", value: "1" }] });
  const { model_id } = model.info;
  await weir("DELETE logged-models/{model_id}/tags/{tag_key}", { model_id, tag_key: "a b/c" });
  assert.equal((await weir("GET logged-models/{model_id}", { model_id })).model.info.tags, undefined);

  const { run } = await weir("POST runs/create", { experiment_id: "0" });
  const { run_id } = run.info;
  await weir("POST runs/log-metric", { run_id, key: "m", value: NaN, timestamp: 1 });
  assert.equal((await weir("GET runs/get", { run_id })).run.data.metrics?.[0]?.value, "NaN");
  await weir("POST runs/log-metric", { run_id, key: "m", value: -Infinity, timestamp: 2 });
  assert.equal((await weir("GET runs/get", { run_id })).run.data.metrics?.[0]?.value, -Number.MAX_VALUE);
  assert.equal((await weir("GET /api/3.0/mlflow/server-info")).store_type, "SqlStore");
});

Deno.test("what the server refuses is thrown with its code, its status and its words", async () => {
  await using server = await serveWeir();
  const weir = weirClient(`${server.url}/`);
  await assert.rejects(weir("GET runs/get", { run_id: "gone" }), (error) => {
    assert.ok(error instanceof WeirError);
    assert.deepEqual([error.code, error.status], ["RESOURCE_DOES_NOT_EXIST", 404]);
    assert.match(error.message, /gone/);
    return true;
  });
});

/** Never called: the type check fails where one of these calls is not refused. */
export async function wrongCalls(): Promise<void> {
  const weir = weirClient("http://localhost:5000");
  // @ts-expect-error a field is misspelt
  await weir("POST runs/create", { experiment_id: "0", run_nam: "first" });
  // @ts-expect-error a field is missing
  await weir("POST runs/create");
  // @ts-expect-error there is no such endpoint
  await weir("POST runs/make", {});
  // @ts-expect-error a value is no number
  await weir("POST runs/log-metric", { run_id: "a", key: "a", value: "abc", timestamp: 1 });
  // @ts-expect-error the answer has no such field
  (await weir("GET runs/get", { run_id: "a" })).run.infos;
}
