import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { noise } from "../artifacts/behaviours.ts";
import { type Client, clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { until } from "../postgres.ts";
import { startServer } from "../server.ts";
import { mountSmallDisk, needsSmallDisk } from "../small_disk.ts";
import { s3Settings } from "../server/s3_settings.ts";
import { needs, type S3Server, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { openTunnel } from "../tunnel.ts";

const needed = needs(await versitygw(), versitygwIsMissing);

/** Weir whose S3 is reached by way of a tunnel. `dir` is where the store has its folder. */
async function startBehindTunnel(dir?: string) {
  await using starting = new AsyncDisposableStack();
  const s3 = starting.use(await startVersitygw(dir));
  const tunnel = starting.use(openTunnel(s3.endpoint));
  const database = starting.use(await createDatabase());
  const server = await startServer({ ...s3Settings({ ...s3, endpoint: tunnel.url }), DATABASE_URL: database.url });
  starting.defer(async () => void await server.stop());
  const client = clientOf(server.url);
  const run_id = await client.startRun();
  const running = starting.move();
  return { s3, tunnel, server, client, run_id, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

interface Told {
  status: number;
  code?: string;
  message?: string;
  retry: string | null;
}

async function put(client: Client, path: string, content: string | Uint8Array<ArrayBuffer>): Promise<Told> {
  const answer = await fetch(client.file(path), { method: "PUT", body: content });
  const { error_code, message } = await answer.json();
  return { status: answer.status, code: error_code, message, retry: answer.headers.get("retry-after") };
}

const get = async (client: Client, path: string): Promise<Uint8Array> => {
  const answer = await fetch(client.file(path));
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return await answer.bytes();
};

/** What a training script does beside its uploads. */
async function logs({ client, run_id }: { client: Client; run_id: string }): Promise<void> {
  await client.ok("POST", "runs/log-metric", { run_id, key: "m", value: 1, timestamp: 1, step: 1 });
  await client.ok("POST", "runs/log-parameter", { run_id, key: "p", value: "1" });
  await client.ok("POST", "runs/set-tag", { run_id, key: "t", value: "1" });
  const { runs } = await client.ok("POST", "runs/search", { experiment_ids: ["0"], filter: "params.p = '1'" });
  equal(runs.length, 1);
}

async function uploadsUnderWay(s3: S3Server): Promise<number> {
  const client = new S3Client({ ...s3, forcePathStyle: true });
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket }));
  client.destroy();
  return Uploads.length;
}

const old = "what was there before";
const big = noise(30_000_000);

Deno.test("a store that is slow delays its own requests only, and files go both ways whole", needed, async () => {
  await using weir = await startBehindTunnel();
  const file = noise(600_000);
  weir.tunnel.slow(300_000);
  let arrived = false;
  const sending = put(weir.client, "0/r/slow", file).finally(() => void (arrived = true));
  await logs(weir);
  equal(arrived, false);
  equal((await sending).status, 200);
  deepEqual(await get(weir.client, "0/r/slow"), file);
});

Deno.test("an upload to a store that resets it is done again or refused, and never half there", needed, async () => {
  await using weir = await startBehindTunnel();
  const path = "0/r/artifacts/f";
  for (const bytes of [1_000, 5_000_000, 20_000_000, 29_000_000]) {
    equal((await put(weir.client, path, old)).status, 200);
    weir.tunnel.breakAfter(bytes);
    const { status, code, message, retry } = await put(weir.client, path, big);
    weir.tunnel.mend();
    if (status !== 200) {
      deepEqual([status, code, retry], [503, "TEMPORARILY_UNAVAILABLE", "1"], message);
      match(message ?? "", /^The artifact store cannot be reached: /);
    }
    const there = await get(weir.client, path);
    ok(there.byteLength === (status === 200 ? big : old).length, `${bytes}: ${status}, ${there.byteLength} bytes`);
    await until(async () => await uploadsUnderWay(weir.s3) === 0);
    await logs(weir);
  }
});

Deno.test("a download that its store resets reaches the client as a broken transfer", needed, async () => {
  await using weir = await startBehindTunnel();
  equal((await put(weir.client, "0/r/f", big)).status, 200);
  for (const bytes of [2_000_000, 15_000_000, 29_900_000]) {
    weir.tunnel.breakAfter(bytes);
    await rejects(get(weir.client, "0/r/f"), TypeError, `${bytes}`);
  }
  deepEqual(await get(weir.client, "0/r/f"), big);
});

Deno.test(
  "while a store is gone, requests are to be tried again, logging goes on, and all is well when it is back",
  needed,
  async () => {
    await using weir = await startBehindTunnel();
    equal((await put(weir.client, "0/r/f", old)).status, 200);
    for (const end of ["at once", "after reading"] as const) {
      weir.tunnel.cut(end);
      const answers = await Promise.all([
        put(weir.client, "0/r/f", "new"),
        put(weir.client, "0/r/big", big),
        weir.client.call("GET", "/api/2.0/mlflow-artifacts/artifacts/0/r/f"),
        weir.client.call("GET", "/api/2.0/mlflow-artifacts/artifacts?path=0/r"),
        weir.client.call("DELETE", "/api/2.0/mlflow-artifacts/artifacts/0/r/f"),
        logs(weir),
      ]);
      for (const answer of answers) if (answer) equal(answer.status, 503, JSON.stringify(answer));
      weir.tunnel.mend();
      equal(new TextDecoder().decode(await get(weir.client, "0/r/f")), old);
    }
    deepEqual((await put(weir.client, "0/r/f", "new")).status, 200);
  },
);

Deno.test(
  "a store that refuses the credentials is an operator's matter: told in its words, and not to be repeated",
  needed,
  async () => {
    await using weir = await startBehindTunnel();
    equal((await put(weir.client, "0/r/f", old)).status, 200);
    // Another secret, as when a key was replaced.
    await using stricter = await startVersitygw();
    weir.tunnel.lead(stricter.endpoint);
    weir.tunnel.cut();
    weir.tunnel.mend();
    for (const content of ["x", big]) {
      const { status, code, message, retry } = await put(weir.client, "0/r/f", content);
      deepEqual([status, code, retry], [403, "PERMISSION_DENIED", null]);
      match(message ?? "", /^The artifact store refused: SignatureDoesNotMatch: /);
    }
    await logs(weir);
    weir.tunnel.lead(weir.s3.endpoint);
    weir.tunnel.cut();
    weir.tunnel.mend();
    equal(new TextDecoder().decode(await get(weir.client, "0/r/f")), old);
  },
);

Deno.test("a bucket that is missing is an operator's matter too", needed, async () => {
  await using weir = await startBehindTunnel();
  equal((await put(weir.client, "0/r/f", old)).status, 200);
  await Deno.rename(weir.s3.folder, `${weir.s3.folder}-away`);
  for (const content of ["x", big]) {
    const { status, code, message, retry } = await put(weir.client, "0/r/f", content);
    deepEqual([status, code, retry], [409, "RESOURCE_CONFLICT", null]);
    match(message ?? "", /^The artifact store refused: NoSuchBucket: /);
  }
  await logs(weir);
  await Deno.rename(`${weir.s3.folder}-away`, weir.s3.folder);
  equal(new TextDecoder().decode(await get(weir.client, "0/r/f")), old);
});

Deno.test(
  "a store whose disk is full refuses the file, keeps what was there, and takes smaller files",
  { ignore: needed.ignore || needsSmallDisk.ignore },
  async () => {
    await using disk = await mountSmallDisk(24);
    ok(disk);
    await using weir = await startBehindTunnel(disk.path);
    for (const content of [noise(60_000_000), noise(8_000_000).map((byte, i) => byte ^ i)]) {
      equal((await put(weir.client, "0/r/f", old)).status, 200);
      if (content.length < 10_000_000) {
        for (const name of ["a", "b", "c"]) await put(weir.client, `0/r/${name}`, content);
      }
      const told = await put(weir.client, "0/r/f", content);
      equal(told.status, 409, JSON.stringify(told));
      equal(new TextDecoder().decode(await get(weir.client, "0/r/f")), old);
      equal(await uploadsUnderWay(weir.s3), 0);
      equal((await put(weir.client, "0/r/small", "small")).status, 200);
    }
    await logs(weir);
  },
);

Deno.test(
  "a store that takes an upload and never goes on holds its sender back, and nothing else",
  needed,
  async () => {
    await using weir = await startBehindTunnel();
    equal((await put(weir.client, "0/r/f", old)).status, 200);
    weir.tunnel.swallow();
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(noise(++sent && 1_000_000)) });
    const gone = new AbortController();
    const sending = fetch(weir.client.file("0/r/f"), { method: "PUT", body: endless, signal: gone.signal }).catch(
      () => {},
    );
    await until(() => sent > 10);
    await logs(weir);
    let before = 0;
    await until(async () => {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return sent === before;
    });
    ok(sent < 100, `${sent} MB were taken`);
    gone.abort();
    await sending;
    weir.tunnel.cut();
    weir.tunnel.mend();
    equal(new TextDecoder().decode(await get(weir.client, "0/r/f")), old);
    await until(async () => await uploadsUnderWay(weir.s3) === 0);
  },
);

Deno.test("a client that leaves a download lets the store's connection go", needed, async () => {
  await using weir = await startBehindTunnel();
  equal((await put(weir.client, "0/r/f", big)).status, 200);
  const files = async () => (await Array.fromAsync(Deno.readDir(`/proc/${weir.server.pid}/fd`))).length;
  const before = Deno.build.os === "linux" ? await files() : 0;
  for (let turn = 0; turn < 40; turn++) {
    const answer = await fetch(weir.client.file("0/r/f"));
    await answer.body?.cancel();
  }
  await until(() => weir.tunnel.open() <= 1);
  await logs(weir);
  if (before > 0) await until(async () => await files() <= before + 5);
});
