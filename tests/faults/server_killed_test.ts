import { deepEqual, equal, ok } from "node:assert/strict";
import { type Client, clientOf } from "../client.ts";
import { sendHalf } from "../half_request.ts";
import { until } from "../postgres.ts";
import { needsProc, processesOf } from "../processes.ts";
import { reachableFolder, startServer } from "../server.ts";

/** What one client has logged of its own metric: the points of the steps below `acknowledged`, each answered with 200. */
interface Writer {
  key: string;
  acknowledged: number;
}

/** Logs without a pause until the server is gone: a point at a time, or a hundred. */
async function write(client: Client, run_id: string, writer: Writer, size: number): Promise<void> {
  const first = writer.acknowledged;
  const points = Array.from({ length: size }, (_, i) => {
    const step = first + i;
    return { key: writer.key, value: step / 7, timestamp: step, step };
  });
  const answer =
    await (size === 1
      ? client.call("POST", "runs/log-metric", { run_id, ...points[0] })
      : client.call("POST", "runs/log-batch", { run_id, metrics: points })).catch(() => undefined);
  if (answer === undefined) return;
  equal(answer.status, 200, JSON.stringify(answer.body));
  writer.acknowledged += size;
  await write(client, run_id, writer, size);
}

/** The number of Postgres's first process. */
const postmaster = async (folder: string): Promise<number> =>
  Number((await Deno.readTextFile(`${folder}/postgres/postmaster.pid`)).split("\n")[0]);

/** Kills the server while eight clients log, starts it again, and looks for every point that was acknowledged. */
async function killWhileLogging(kill: (server: { kill9(): Promise<void> }, postgres: number) => Promise<void>) {
  await using folder = await reachableFolder();
  const server = await startServer({ WEIR_DATA_DIR: folder.path });
  const client = clientOf(server.url);
  const run_id = await client.startRun();
  const writers: Writer[] = Array.from({ length: 8 }, (_, i) => ({ key: `metric-${i}`, acknowledged: 0 }));
  const writing = Promise.all(writers.map((writer, i) => write(client, run_id, writer, i % 2 === 0 ? 1 : 100)));
  await until(() => writers.every(({ acknowledged }, i) => acknowledged >= (i % 2 === 0 ? 50 : 5000)));
  const before = await postmaster(folder.path);
  await kill(server, before);
  await writing;

  const again = await startServer({ WEIR_DATA_DIR: folder.path });
  const after = await postmaster(folder.path);
  const reader = clientOf(again.url);
  for (const { key, acknowledged } of writers) {
    const points = await reader.history(run_id, key);
    const steps = points.map(({ step }) => Number(step));
    // A point under way may or may not be there, but every one is where and what it was.
    deepEqual(steps.slice(0, acknowledged), Array.from({ length: acknowledged }, (_, step) => step), key);
    deepEqual(new Set(steps).size, steps.length, key);
    deepEqual(points.map(({ value }) => value), steps.map((step) => step / 7), key);
  }
  equal(await again.stop(), 0);
  deepEqual(await processesOf(folder.path), []);
  return { before, after };
}

Deno.test(
  "after kill -9 while clients log, the next start takes Postgres over and has every point once",
  needsProc,
  async () => {
    const { before, after } = await killWhileLogging((server) => server.kill9());
    equal(after, before);
  },
);

Deno.test(
  "after kill -9 of server and Postgres while clients log, the next start has every point once",
  needsProc,
  async () => {
    const { before, after } = await killWhileLogging(async (server, postgres) => {
      Deno.kill(postgres, "SIGKILL");
      await server.kill9();
    });
    ok(after !== before);
  },
);

Deno.test("after kill -9 during uploads, no half file is seen and nothing of them is left", needsProc, async () => {
  await using folder = await reachableFolder();
  const server = await startServer({ WEIR_DATA_DIR: folder.path });
  const arrivals = async () => (await Array.fromAsync(Deno.readDir(`${folder.path}/artifacts/.weir-tmp`))).length;
  const client = clientOf(server.url);
  await fetch(client.file("0/r/artifacts/whole"), { method: "PUT", body: "whole" });
  const file = new Uint8Array(3_000_000).fill(7);
  for (let i = 0; i < 4; i++) await sendHalf(client.file(`0/r/artifacts/half-${i}`), "PUT", file);
  await until(async () => await arrivals() === 4);
  await server.kill9();

  const again = await startServer({ WEIR_DATA_DIR: folder.path });
  const listed = await clientOf(again.url).ok("GET", "/api/2.0/mlflow-artifacts/artifacts?path=0/r/artifacts");
  deepEqual(listed.files, [{ path: "whole", is_dir: false, file_size: 5 }]);
  equal(await arrivals(), 0);
  equal(await again.stop(), 0);
});
