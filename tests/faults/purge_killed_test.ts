import { deepEqual, equal, ok } from "node:assert/strict";
import { openDatabase, type Sql } from "../../db/sql.ts";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { until } from "../postgres.ts";
import { hurry, tablesWith } from "../purging.ts";
import { reachableFolder, type Server, startServer } from "../server.ts";

const runs = 1500;

/** Runs with a file and a point each, as if clients had logged them. */
async function fill(sql: Sql, folder: string): Promise<void> {
  await sql`
    insert into weir.runs (run_id, experiment_id, run_name, user_id, status, start_time, artifact_uri)
    select md5(i::text), 0, 'r' || i, '', 'FINISHED', i, 'mlflow-artifacts:/0/' || md5(i::text) || '/artifacts'
    from generate_series(1, ${runs}) i`;
  await sql`insert into weir.metric_keys (name) values ('loss')`;
  await sql`
    insert into weir.latest_metrics (run, key, experiment_id, value, step, timestamp)
    select run, (select key from weir.metric_keys), 0, 1, 1, 1 from weir.runs`;
  await sql`
    insert into weir.artifact_files (uri, folder, size, checksum, stored_at)
    select artifact_uri || '/a', artifact_uri, 2, 'sha256:00', 1 from weir.runs`;
  const ids = await sql<{ run_id: string }[]>`select run_id from weir.runs`;
  for (const { run_id } of ids) {
    await Deno.mkdir(`${folder}/artifacts/0/${run_id}/artifacts`, { recursive: true });
    await Deno.writeTextFile(`${folder}/artifacts/0/${run_id}/artifacts/a`, "ab");
  }
}

Deno.test("after kill -9 of servers in the middle of a purge, others end it, and rows and files are gone together", async () => {
  await using database = await createDatabase();
  await using folder = await reachableFolder();
  const sql = openDatabase(database.url, { pool: 2, prepare: true });
  const start = () => startServer({ WEIR_DATA_DIR: folder.path, DATABASE_URL: database.url });
  const progress = async () => {
    const [row] = await sql<{ done: number; ended_time: number | null }[]>`select done, ended_time from weir.purges`;
    return row ?? { done: 0, ended_time: null };
  };
  /** Kills the server once it has removed so many things more; the purge must not have ended by then. */
  const killAfter = async (server: Server, more: number) => {
    const { done } = await progress();
    while ((await progress()).done < done + more);
    await server.kill9();
    equal((await progress()).ended_time, null);
  };
  try {
    let server = await start();
    await fill(sql, folder.path);
    const kept = await clientOf(server.url).ok("POST", "experiments/create", { name: "kept" });
    await clientOf(server.url).ok("POST", "experiments/delete", { experiment_id: "0" });
    await clientOf(server.url).ok("POST", "/api/weir/1/purges", { all: true });
    await killAfter(server, 1);
    server = await start();
    await hurry(sql);
    await killAfter(server, 1);
    ok((await sql`select from weir.runs where purge_id is not null`).length <= 50);
    // Nobody hurries this time: the claim of the server that is gone runs out.
    server = await start();
    await until(async () => (await progress()).ended_time !== null);
    const client = clientOf(server.url);
    const { purges } = await client.ok("GET", "/api/weir/1/purges");
    const [{ state, total, done, files, bytes }] = purges;
    deepEqual([state, total, done, files, bytes], ["done", runs + 1, runs + 1, runs, 2 * runs]);
    deepEqual(await tablesWith(sql, '"experiment_id": 0,', { column: "experiment_id", value: 0 }), []);
    deepEqual(await tablesWith(sql, "mlflow-artifacts:/0/"), []);
    deepEqual(await Array.fromAsync(Deno.readDir(`${folder.path}/artifacts/0`)), []);
    equal((await client.ok("GET", `experiments/get?experiment_id=${kept.experiment_id}`)).experiment.name, "kept");
    const check = await fetch(`${server.url}/api/weir/1/artifacts/check`, { method: "POST" });
    deepEqual((await check.text()).split("\n").filter((line) => line.includes('"finding"')), []);
    equal(await server.stop(), 0);
  } finally {
    await sql.end();
  }
});
