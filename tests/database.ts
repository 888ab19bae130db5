/** A Postgres database for a test: empty, migrated, and gone afterwards. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../db/migrate.ts";
import { openDatabase, type Pool } from "../db/sql.ts";

export interface TestDatabase extends AsyncDisposable {
  /** Of a superuser. */
  url: string;
  drop(): Promise<void>;
}

/** Any number: two test processes that start at once make the template one after the other. */
const templateLock = 5_061_977_412;

/**
 * A database cloned from a migrated template on the server at WEIR_TEST_DATABASE_URL. The template is made once for each state
 * of the migrations and stays, so that a test pays for a copy only.
 */
export async function createDatabase(): Promise<TestDatabase> {
  const server = Deno.env.get("WEIR_TEST_DATABASE_URL");
  if (!server) {
    throw new Error("Set WEIR_TEST_DATABASE_URL to a Postgres server, or run the tests with `deno task test`.");
  }
  const sql = openDatabase(server, { pool: 1, prepare: false });
  const name = `weir_test_${crypto.randomUUID().replaceAll("-", "")}`;
  try {
    const template = await templateOn(sql, server);
    await sql`create database ${sql(name)} template ${sql(template)}`;
  } finally {
    await sql.end();
  }
  const drop = () => dropDatabase(server, name);
  return { url: urlOf(server, name), drop, [Symbol.asyncDispose]: drop };
}

/**
 * Where the tests' own Postgres keeps its data from one run of the tests to the next. Two runs at the same time get two folders:
 * each is locked until its process ends.
 */
export async function testDataFolder(): Promise<string> {
  const checkout = await digest([import.meta.url]);
  for (let number = 1;; number++) {
    const folder = join(tmpdir(), `weir-test-postgres-${checkout}-${number}`);
    const lock = await Deno.open(`${folder}.lock`, { write: true, create: true });
    if (await lock.tryLock(true)) return folder;
    lock.close();
  }
}

async function templateOn(sql: Pool, server: string): Promise<string> {
  const name = `weir_template_${await digest(await migrations())}`;
  if (await exists(sql, name)) return name;
  await sql`select pg_advisory_lock(${templateLock})`;
  try {
    if (!await exists(sql, name)) await makeTemplate(sql, server, name);
  } finally {
    await sql`select pg_advisory_unlock(${templateLock})`;
  }
  return name;
}

/** Under another name until it is whole: a test process may be killed at any time. */
async function makeTemplate(sql: Pool, server: string, name: string): Promise<void> {
  const unfinished = `${name}_unfinished`;
  await sql`drop database if exists ${sql(unfinished)} with (force)`;
  await sql`create database ${sql(unfinished)}`;
  const inside = openDatabase(urlOf(server, unfinished), { pool: 1, prepare: false });
  await migrate(inside);
  await inside.end();
  await sql`alter database ${sql(unfinished)} rename to ${sql(name)}`;
}

async function exists(sql: Pool, name: string): Promise<boolean> {
  return (await sql`select 1 from pg_database where datname = ${name}`).length > 0;
}

async function dropDatabase(server: string, name: string): Promise<void> {
  const sql = openDatabase(server, { pool: 1, prepare: false });
  try {
    await untilNobodyCleans(() => sql`drop database if exists ${sql(name)} with (force)`);
  } finally {
    await sql.end();
  }
}

/** Only a superuser may end the vacuum that Postgres runs in a database by itself (42501): it is over in a moment. */
async function untilNobodyCleans(drop: () => Promise<unknown>, tries = 50): Promise<void> {
  try {
    await drop();
  } catch (error) {
    if (tries === 0 || !(error instanceof Error && "code" in error && error.code === "42501")) throw error;
    await new Promise((done) => setTimeout(done, 200));
    await untilNobodyCleans(drop, tries - 1);
  }
}

function urlOf(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** The list of migrations, and each of them. */
async function migrations(): Promise<string[]> {
  const folder = new URL("../db/migrations/", import.meta.url);
  const names = ["../migrate.ts", ...(await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort()];
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(new URL(name, folder))));
  return names.flatMap((name, index) => [name, texts[index] ?? ""]);
}

async function digest(texts: string[]): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(texts)));
  return new Uint8Array(bytes).toHex().slice(0, 16);
}
