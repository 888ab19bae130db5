import { deepEqual } from "node:assert/strict";
import { openDatabase, type Pool, transaction } from "../../db/sql.ts";
import { surviveStrayErrors } from "../../runners/stray_errors.ts";
import { startOtherPostgres } from "../postgres.ts";

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Queries of all kinds, more of them than there are connections. Each is in `waiting` until it has ended, well or not. */
function burst(sql: Pool, waiting: Set<string>): void {
  const track = (kind: string, query: Promise<unknown>) => {
    const name = `${kind} ${crypto.randomUUID()}`;
    waiting.add(name);
    query.catch(() => {}).then(() => waiting.delete(name));
  };
  for (let i = 0; i < 10; i++) {
    track("select", sql`select ${i}::int`);
    track("array", sql`insert into kept (names) select ${["a", "b"]}::text[]`);
    track("new statement", sql.unsafe(`select ${Math.random()} + $1`, [i]));
    track(
      "transaction",
      transaction(sql, async (tx) => {
        await tx`insert into kept (n) values (1)`;
        await tx`select ${"x".repeat(3000)}::text`;
        await tx`insert into kept (names) select ${["q"]}::text[]`;
      }),
    );
  }
}

Deno.test("no query waits for ever, whenever the database is lost while it is under way", async () => {
  const stray: string[] = [];
  surviveStrayErrors((message) => stray.push(message));
  await using postgres = await startOtherPostgres();
  const sql = openDatabase(postgres.url, { pool: 10, prepare: true });
  await sql`create table kept (n int, names text[])`;
  for (let round = 0; round < 60; round++) {
    const waiting = new Set<string>();
    burst(sql, waiting);
    await wait(Math.random() * 25);
    const stopped = postgres.stop("SIGQUIT");
    for (let more = 0; more < 3; more++) {
      burst(sql, waiting);
      await wait(Math.random() * 60);
    }
    await stopped;
    burst(sql, waiting);
    for (let looks = 0; waiting.size > 0 && looks < 50; looks++) await wait(100);
    deepEqual([...waiting], []);
    await postgres.start();
    await sql`select 1`;
  }
  await sql.end();
  deepEqual(stray, []);
});
