import { deepEqual, equal } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { sendHalf } from "../half_request.ts";
import { until } from "../postgres.ts";
import { needsProc, processesOf } from "../processes.ts";
import { launchWeir, lives, reachableFolder, type Server, startServer } from "../server.ts";

/** A metric and an upload of which the server, with its data in `folder`, has one half each. */
async function halfRequests({ url }: Server, folder: string) {
  const client = clientOf(url);
  const run_id = await client.startRun();
  const point = JSON.stringify({ run_id, key: "loss", value: 1, timestamp: 1, step: 1 });
  const requests = [
    await sendHalf(`${url}/api/2.0/mlflow/runs/log-metric`, "POST", point, "application/json"),
    await sendHalf(client.file(`0/${run_id}/artifacts/file`), "PUT", "0123456789"),
  ];
  await until(async () => (await Array.fromAsync(Deno.readDir(`${folder}/artifacts/.weir-tmp`))).length > 0);
  const finish = async () =>
    (await Promise.all(requests.map((request) => request.finish()))).map(({ status }) => status);
  return { run_id, finish, breakOff: () => requests.forEach((request) => request.breakOff()) };
}

/** New requests are sent away, though some may still be under way. */
const closesItsDoor = ({ url }: Server): Promise<void> =>
  until(() => clientOf(url).call("GET", "/health").then(({ status }) => status === 503));

/** As a terminal sends Ctrl-C. */
const signalGroup = ({ pid }: Server, signal: Deno.Signal): void => Deno.kill(-pid, signal);

Deno.test("SIGTERM lets requests under way finish, ends with 0 and leaves no process behind", needsProc, async () => {
  await using folder = await reachableFolder();
  const server = await startServer({ WEIR_DATA_DIR: folder.path });
  const half = await halfRequests(server, folder.path);
  Deno.kill(server.pid, "SIGTERM");
  await closesItsDoor(server);
  deepEqual(await half.finish(), [200, 200]);
  equal(await server.ended, 0);
  deepEqual(await processesOf(folder.path), []);

  const again = await startServer({ WEIR_DATA_DIR: folder.path });
  const client = clientOf(again.url);
  equal((await client.history(half.run_id, "loss")).length, 1);
  equal(await fetch(client.file(`0/${half.run_id}/artifacts/file`)).then((file) => file.text()), "0123456789");
  await again.stop();
});

Deno.test(
  "Ctrl-C, which reaches the whole group, lets requests under way finish and ends Postgres last",
  needsProc,
  async () => {
    await using folder = await reachableFolder();
    const server = await startServer({ WEIR_DATA_DIR: folder.path });
    const half = await halfRequests(server, folder.path);
    signalGroup(server, "SIGINT");
    await closesItsDoor(server);
    deepEqual(await half.finish(), [200, 200]);
    equal(await server.ended, 0);
    deepEqual(await processesOf(folder.path), []);
    equal(lives(-server.pid), false);
  },
);

Deno.test("a signal that comes twice in one moment, as by way of `deno task`, counts once", async () => {
  await using database = await createDatabase();
  await using folder = await reachableFolder();
  const server = await startServer({ DATABASE_URL: database.url, WEIR_DATA_DIR: folder.path });
  const half = await halfRequests(server, folder.path);
  signalGroup(server, "SIGINT");
  await new Promise((done) => setTimeout(done, 20));
  signalGroup(server, "SIGINT");
  await closesItsDoor(server);
  deepEqual(await half.finish(), [200, 200]);
  equal(await server.ended, 0);
});

Deno.test(
  "a second signal ends it without waiting for requests, and still leaves no process behind",
  needsProc,
  async () => {
    await using folder = await reachableFolder();
    const server = await startServer({ WEIR_DATA_DIR: folder.path });
    const half = await halfRequests(server, folder.path);
    Deno.kill(server.pid, "SIGINT");
    await closesItsDoor(server);
    await new Promise((done) => setTimeout(done, 600));
    Deno.kill(server.pid, "SIGINT");
    equal(await server.ended, 130);
    half.breakOff();
    deepEqual(await processesOf(folder.path), []);
  },
);

Deno.test("an open page's stream of events is brought to its end, and does not hold the server up", async () => {
  await using database = await createDatabase();
  const server = await startServer({ DATABASE_URL: database.url });
  const run_id = await clientOf(server.url).startRun();
  const paths = [`/live?runs=${run_id}`, "/experiments/0/events"];
  const streams = await Promise.all(paths.map((path) => fetch(`${server.url}${path}`)));
  Deno.kill(server.pid, "SIGTERM");
  // Cut off, they would reject.
  await Promise.all(streams.map((stream) => stream.text()));
  equal(await server.ended, 0);
  await server.stop();
});

for (const [moment, sign] of [["making the database", "postgres.new"], ["starting it", "postgres.conf"]]) {
  Deno.test(
    `a stop while ${moment} for the first time leaves no process behind and no obstacle`,
    needsProc,
    async () => {
      await using folder = await reachableFolder();
      const weir = await launchWeir({ WEIR_DATA_DIR: folder.path, PORT: "0" });
      await until(() => Deno.stat(`${folder.path}/${sign}`).then(() => true, weir.hasEnded));
      Deno.kill(-weir.pid, "SIGINT");
      deepEqual([await weir.ended, weir.output()], [0, ""]);
      deepEqual(await processesOf(folder.path), []);
      const again = await startServer({ WEIR_DATA_DIR: folder.path });
      equal(await again.stop(), 0);
    },
  );
}
