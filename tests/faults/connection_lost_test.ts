import { equal, rejects } from "node:assert/strict";
import { openDatabase, transaction } from "../../db/sql.ts";
import { createDatabase } from "../database.ts";
import { freePort } from "../tools.ts";
import { openTunnel } from "../tunnel.ts";

Deno.test("a transaction whose connection is lost between two statements writes nothing", async () => {
  await using database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 2, prepare: true });
  const other = openDatabase(database.url, { pool: 1, prepare: true });
  await sql`create table kept (n int)`;
  await rejects(transaction(sql, async (tx) => {
    await tx`insert into kept values (1)`;
    const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
    await other`select pg_terminate_backend(${row!.pid})`;
    await new Promise((done) => setTimeout(done, 200));
    await tx`insert into kept values (2)`;
  }));
  await new Promise((done) => setTimeout(done, 200));
  const [left] = await sql<{ count: number }[]>`select count(*)::int as count from kept`;
  equal(left?.count, 0);
  await Promise.all([sql.end(), other.end()]);
});

Deno.test("a database that falls silent counts as lost after a while, and is asked again when it speaks", async () => {
  await using database = await createDatabase();
  await using tunnel = openTunnel(database.url);
  const sql = openDatabase(tunnel.url, { pool: 2, prepare: true, silence: 300 });
  await sql`select 1`;
  tunnel.swallow();
  await rejects(transaction(sql, (tx) => tx`select 1`), { code: "CONNECT_TIMEOUT" });
  await rejects(Promise.all(Array.from({ length: 5 }, () => sql`select 1`)), { code: /^CONNECT/ });
  tunnel.mend();
  equal((await sql`select 1`).length, 1);
  await sql.end();
});

Deno.test("queries that wait for a connection fail, too, when there is none to be had", async () => {
  const sql = openDatabase(`postgres://weir@127.0.0.1:${freePort()}/weir`, { pool: 2, prepare: true });
  for (let burst = 0; burst < 3; burst++) {
    const queries = Array.from(
      { length: 20 },
      (_, i) => i % 2 ? sql`select 1` : transaction(sql, (tx) => tx`select 1`),
    );
    const ends = await Promise.allSettled(queries);
    equal(ends.every((end) => end.status === "rejected" && /^(ECONNREFUSED|CONNECTION_)/.test(end.reason.code)), true);
  }
  await sql.end();
});
