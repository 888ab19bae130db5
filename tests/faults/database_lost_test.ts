import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { type Client, clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { startOtherPostgres, until } from "../postgres.ts";
import { needsProc, processesOf } from "../processes.ts";
import { reachableFolder, type Server, startServer } from "../server.ts";
import { openTunnel } from "../tunnel.ts";

const works = ({ call }: Client): Promise<boolean> =>
  call("GET", "experiments/get?experiment_id=0").then(({ status }) => status === 200);

/** Reads and writes, more of them than the server has connections: each must be answered, in the form of the API. */
async function answersOf(client: Client, run_id: string): Promise<number[]> {
  const point = { run_id, key: "loss", value: 1, timestamp: 1, step: 1 };
  const params = [{ key: "depth", value: "3" }];
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => [
      client.call("GET", `runs/get?run_id=${run_id}`),
      client.call("POST", "runs/log-metric", point),
      client.call("POST", "runs/log-batch", { run_id, params, metrics: [point] }),
      client.call("POST", "runs/search", { experiment_ids: ["0"] }),
    ]).flat(),
  );
  for (const { status, body } of answers) {
    if (status !== 200) deepEqual([status, body.error_code], [503, "TEMPORARILY_UNAVAILABLE"]);
  }
  return answers.map(({ status }) => status);
}

/** A page's status, and that it is a page. */
async function pageStatus({ url }: Server): Promise<number> {
  const page = await fetch(`${url}/experiments`, { headers: { accept: "text/html" } });
  match(await page.text(), /<html/i);
  return page.status;
}

/** Takes the database away while requests are under way, and gives it back. */
async function loseDatabase(server: Server, lose: () => Promise<void> | void, giveBack: () => Promise<void> | void) {
  const client = clientOf(server.url);
  const run_id = await client.startRun();
  deepEqual(new Set(await answersOf(client, run_id)), new Set([200]));
  const underWay = answersOf(client, run_id);
  await lose();
  await underWay;
  for (let i = 0; i < 3; i++) deepEqual(new Set(await answersOf(client, run_id)), new Set([503]));
  equal(await pageStatus(server), 503);
  const { body } = await client.call("GET", "/health");
  equal(body, "OK");
  await giveBack();
  await until(() => works(client));
  deepEqual(new Set(await answersOf(client, run_id)), new Set([200]));
  equal(await pageStatus(server), 200);
}

Deno.test("while a database restarts, requests are told to come again, and then all goes on", async () => {
  await using postgres = await startOtherPostgres();
  const server = await startServer({ DATABASE_URL: postgres.url });
  await loseDatabase(server, () => postgres.stop("SIGQUIT"), postgres.start);
  // What the server went through is no news for its log.
  equal(server.output().includes("incident"), false, server.output());
  equal(await server.stop(), 0);
});

for (const end of ["at once", "after reading"] as const) {
  const title =
    `while a tunnel to the database ends connections ${end}, requests are told to come again, then all goes on`;
  Deno.test(title, async () => {
    await using database = await createDatabase();
    await using tunnel = openTunnel(database.url);
    const server = await startServer({ DATABASE_URL: tunnel.url });
    await loseDatabase(server, () => tunnel.cut(end), tunnel.mend);
    // A few for each request that had to do without.
    ok(tunnel.accepted() < 1000, `${tunnel.accepted()} connections`);
    equal(server.output().includes("incident"), false, server.output());
    equal(await server.stop(), 0);
  });
}

Deno.test("a server whose database is away ends in order", async () => {
  await using database = await createDatabase();
  await using tunnel = openTunnel(database.url);
  const server = await startServer({ DATABASE_URL: tunnel.url });
  tunnel.cut();
  equal(await works(clientOf(server.url)), false);
  equal(await server.stop(), 0);
});

const postmaster = async (folder: string): Promise<number> =>
  Number((await Deno.readTextFile(`${folder}/postgres/postmaster.pid`)).split("\n")[0]);

/** Kills Weir's own Postgres and waits until Weir has started it again. */
async function killPostgres(server: Server, folder: string): Promise<void> {
  const client = clientOf(server.url);
  const run_id = await client.startRun();
  const killed = await postmaster(folder);
  Deno.kill(killed, "SIGKILL");
  await until(async () => {
    const statuses = await answersOf(client, run_id);
    return statuses.every((status) => status === 200) && await postmaster(folder) !== killed;
  });
  match(server.output(), /^Postgres ended unexpectedly: it is started again\.$/m);
  equal((await client.history(run_id, "loss")).length, 1);
}

Deno.test(
  "Weir's own Postgres is started again when it dies, adopted ones too, and ends with Weir",
  needsProc,
  async () => {
    await using folder = await reachableFolder();
    const first = await startServer({ WEIR_DATA_DIR: folder.path });
    await killPostgres(first, folder.path);
    await killPostgres(first, folder.path);
    await first.kill9();
    const second = await startServer({ WEIR_DATA_DIR: folder.path });
    await killPostgres(second, folder.path);
    equal(await second.stop(), 0);
    deepEqual(await processesOf(folder.path), []);
  },
);

Deno.test("Weir ends with a sentence when its Postgres dies and cannot be started again", needsProc, async () => {
  await using folder = await reachableFolder();
  const server = await startServer({ WEIR_DATA_DIR: folder.path });
  await Deno.remove(`${folder.path}/postgres/global/pg_control`);
  Deno.kill(await postmaster(folder.path), "SIGKILL");
  notEqual(await server.ended, 0);
  match(server.output(), /^Postgres cannot start in .*: .*pg_control.*\.$/m);
  ok(!/^ +at /m.test(server.output()), server.output());
  deepEqual(await processesOf(folder.path), []);
});
