import postgres from "postgres";
import { migrate } from "../db/migrate.ts";
import { openDatabase } from "../db/sql.ts";
export async function createDatabase() {
  const server = Deno.env.get("WEIR_TEST_DATABASE_URL")!;
  const sql = postgres(server, { max: 1 });
  const name = `t_${crypto.randomUUID().replaceAll("-", "")}`;
  await sql.unsafe(`create database ${name}`);
  const url = new URL(server); url.pathname = name;
  const db = openDatabase(url.href, { pool: 1, prepare: true });
  await migrate(db); await db.end();
  return { url: url.href, drop: async () => { await sql.unsafe(`drop database ${name} with (force)`); await sql.end(); } };
}
export async function testDataFolder() {
  const folder = await Deno.makeTempDir({ dir: "/var/tmp" });
  await Deno.chmod(folder, 0o711);
  return folder;
}
