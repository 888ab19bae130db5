import { deepEqual, equal } from "node:assert/strict";
import postgres from "postgres";
import { openStores } from "../../artifacts/stores.ts";
import { noise } from "../artifacts/behaviours.ts";
import { type Client, clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { sendHalf } from "../half_request.ts";
import { until } from "../postgres.ts";
import { needsProc } from "../processes.ts";
import { reachableFolder, startServer } from "../server.ts";
import { s3Settings } from "../server/s3_settings.ts";
import { needs, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";

const needed = { ignore: needs(await versitygw(), versitygwIsMissing).ignore || needsProc.ignore };
const folder = "0/r/artifacts";

/** What of the store and of what is noted of it does not agree: a file with another size, without a row, a row without a file. */
async function disagreements(
  database: string,
  store: { walk(path: string): AsyncIterable<{ path: string; size: number }> },
) {
  const sql = postgres(database, { max: 1 });
  const rows = await sql<{ uri: string; size: string }[]>`select uri, size from weir.artifact_files`;
  await sql.end();
  const noted = new Map(rows.map(({ uri, size }) => [uri.replace("mlflow-artifacts:/", ""), Number(size)]));
  const stored = new Map((await Array.fromAsync(store.walk(""))).map(({ path, size }) => [path, size]));
  return [...new Set([...noted.keys(), ...stored.keys()])].filter((path) => noted.get(path) !== stored.get(path));
}

/** What a check of the server finds wrong; the files of these tests have no run. */
async function findings({ url }: { url: string }): Promise<string[]> {
  const answer = await fetch(`${url}/api/weir/1/artifacts/check`, { method: "POST" });
  const lines = (await answer.text()).trim().split("\n");
  equal(lines.at(-1)?.startsWith('{"summary":'), true, lines.at(-1));
  return lines.filter((line) => line.startsWith('{"finding":') && !line.includes('"no_owner"'));
}

async function put(client: Client, name: string, content: Uint8Array<ArrayBuffer>): Promise<number> {
  const answer = await fetch(client.file(`${folder}/${name}`), { method: "PUT", body: content });
  await answer.body?.cancel();
  return answer.status;
}

const content = (number: number, size: number) => noise(size).map((byte) => byte ^ number);

/** Sends small files without a pause until the server is gone, and answers those that it took. */
async function sendUntilGone(client: Client, writer: number, taken: Map<string, Uint8Array>): Promise<void> {
  for (let turn = 0;; turn++) {
    // Each file is written twice, so that some are replaced.
    const [name, bytes] = [`small-${writer}-${turn >> 1}`, content(turn, 1000 + turn)];
    const status = await put(client, name, bytes).catch(() => 0);
    if (status === 200) taken.set(name, bytes);
    else taken.delete(name);
    if (status !== 200) return;
  }
}

const start = (env: Record<string, string>) =>
  startServer(env).then((server) => ({ server, client: clientOf(server.url) }));

/** Kills a server while it takes files, starts it again, and sends what it did not take once more. */
async function killWhileStoring(env: Record<string, string>, halfArrived: () => Promise<boolean>) {
  const first = await start(env);
  const taken = new Map<string, Uint8Array>();
  const writing = Array.from({ length: 6 }, (_, writer) => sendUntilGone(first.client, writer, taken));
  const big = content(1, 40_000_000);
  await sendHalf(first.client.file(`${folder}/big`), "PUT", big);
  await until(async () => taken.size > 60 && await halfArrived());
  await first.server.kill9();
  await Promise.all(writing);

  const again = await start(env);
  // Though a file may be in its store and not yet noted: that it was under way is known.
  deepEqual(await findings(again.server), []);
  const listed = await again.client.ok("GET", `/api/2.0/mlflow-artifacts/artifacts?path=${folder}`);
  equal(listed.files.some(({ path }: { path: string }) => path === "big"), false);
  for (const [name, bytes] of taken) {
    deepEqual(await fetch(again.client.file(`${folder}/${name}`)).then((file) => file.bytes()), bytes, name);
  }
  equal(await put(again.client, "big", big), 200);
  return { ...again, taken, listed: listed.files.map(({ path }: { path: string }) => path) };
}

Deno.test(
  "after kill -9 while a folder takes files, each that was acknowledged is whole, and the rest is sent again",
  needsProc,
  async () => {
    await using data = await reachableFolder();
    await using database = await createDatabase();
    const root = `${data.path}/artifacts`;
    const arriving = async () => (await Array.fromAsync(Deno.readDir(`${root}/.weir-tmp`))).length > 0;
    const { server, client, listed } = await killWhileStoring(
      { DATABASE_URL: database.url, ARTIFACT_ROOT: root },
      arriving,
    );
    // What was stored but not yet noted when the server died is noted when its client sends it again.
    for (const name of listed) equal(await put(client, name, content(9, 900)), 200);
    const { own } = await openStores(root);
    await until(async () => (await disagreements(database.url, own)).length === 0);
    equal(await arriving(), false);
    equal(await server.stop(), 0);
  },
);

Deno.test(
  "after kill -9 while S3 takes files, each that was acknowledged is whole, and the rest is sent again",
  needed,
  async () => {
    await using s3 = await startVersitygw();
    await using database = await createDatabase();
    const env = { ...s3Settings(s3), DATABASE_URL: database.url };
    const { own } = await openStores(`s3://${s3.bucket}/some/prefix`, { s3 });
    const { server, client, listed } = await killWhileStoring(env, () => Promise.resolve(true));
    for (const name of listed) equal(await put(client, name, content(9, 900)), 200);
    await until(async () => (await disagreements(database.url, own)).length === 0);
    equal(await server.stop(), 0);
    // What the killed server had begun is found, and goes.
    await own.removeUnfinished(new Date(Date.now() + 60_000));
    equal(await own.removeUnfinished(new Date(Date.now() + 60_000)), 0);
  },
);

Deno.test(
  "after kill -9 of the store, what it took is whole, and what it did not take can be sent again",
  needed,
  async () => {
    await using s3 = await startVersitygw();
    await using database = await createDatabase();
    const { server, client } = await start({ ...s3Settings(s3), DATABASE_URL: database.url });
    const taken = new Map<string, Uint8Array>();
    const writing = Array.from({ length: 4 }, (_, writer) => sendUntilGone(client, writer, taken));
    const big = put(client, "big", content(1, 40_000_000));
    await until(() => taken.size > 40);
    await s3.kill9();
    await Promise.all(writing);
    equal(await big.then((status) => [200, 503].includes(status)), true);
    await client.startRun();
    await s3.startAgain();
    deepEqual(await findings(server), []);
    for (const [name, bytes] of taken) {
      deepEqual(await fetch(client.file(`${folder}/${name}`)).then((file) => file.bytes()), bytes, name);
    }
    equal(await put(client, "big", content(1, 40_000_000)), 200);
    const { files } = await client.ok("GET", `/api/2.0/mlflow-artifacts/artifacts?path=${folder}`);
    for (const { path } of files) equal(await put(client, path, content(9, 900)), 200);
    const { own } = await openStores(`s3://${s3.bucket}/some/prefix`, { s3 });
    await until(async () => (await disagreements(database.url, own)).length === 0);
    equal(await server.stop(), 0);
  },
);
