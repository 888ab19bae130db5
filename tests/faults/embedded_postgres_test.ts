import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import postgres from "postgres";
import { startPostgres } from "../../runners/postgres.ts";

/** A folder that any user can reach, as root's Postgres is not root's. */
async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.realPath(await Deno.makeTempDir({ dir: "/var/tmp", prefix: "weir-test." }));
  await Deno.chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** An embedded Postgres for one test. */
async function start(dataDir: string) {
  const server = await startPostgres({ dataDir });
  return { ...server, [Symbol.asyncDispose]: server.stop };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...await sql.unsafe(text)].map((row) => Object.values(row)[0]);
  } finally {
    await sql.end();
  }
}

async function startedAnew(dataDir: string): Promise<void> {
  await using server = await start(dataDir);
  equal(server.adopted, false);
  deepEqual(await query(server.url, "select 7"), [7]);
}

/** As a postmaster with that number would have left it. */
async function writePidFile(dataDir: string, pid: number): Promise<void> {
  const data = join(dataDir, "postgres");
  const lines = [pid, data, 1700000000, 5432, "", "127.0.0.1", "1 1", "ready", ""];
  await Deno.writeTextFile(join(data, "postmaster.pid"), lines.join("\n"));
}

const names = async (folder: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Another Weir on `dataDir`, as a process that leads a group of its own. */
async function otherWeir(dataDir: string) {
  const program = `
    import { startPostgres } from "${import.meta.resolve("../../runners/postgres.ts")}";
    const { url, pid } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(JSON.stringify({ url, pid }));
    setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    cwd: join(import.meta.dirname ?? "", "../.."),
    stdout: "piped",
    detached: true,
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  const server: { url: string; pid: number } = JSON.parse(value ?? "");
  const killGroup = async () => {
    Deno.kill(-child.pid, "SIGKILL");
    await child.status;
    await reader.cancel();
  };
  return { ...server, weir: child.pid, killGroup };
}

Deno.test("a first start makes a database that takes writes, and its stop leaves nothing running", async () => {
  await using folder = await temporaryFolder();
  const server = await startPostgres({ dataDir: join(folder.path, "made", "data") });
  equal(server.adopted, false);
  await query(server.url, "create table t as select 7 as n");
  deepEqual(await query(server.url, "select n from t"), [7]);
  await server.stop();
  ok(!lives(server.pid));
  await server.stop();
});

Deno.test("a restart keeps what was written, the password and the binaries", async () => {
  await using folder = await temporaryFolder();
  const first = await startPostgres({ dataDir: folder.path });
  await query(first.url, "create table t as select 7 as n");
  await first.stop();
  const files = await names(folder.path);
  await using second = await start(folder.path);
  deepEqual(await query(second.url, "select n from t"), [7]);
  equal(new URL(second.url).password, new URL(first.url).password);
  deepEqual(await names(folder.path), files);
});

Deno.test("Postgres answers on loopback only, and to our role with its password only", async () => {
  await using folder = await temporaryFolder();
  await using server = await start(folder.path);
  deepEqual(await query(server.url, "show listen_addresses"), ["127.0.0.1"]);
  deepEqual(await query(server.url, "select rolsuper from pg_roles where rolname = current_user"), [false]);
  const guess = new URL(server.url);
  guess.password = "guess";
  await rejects(query(guess.href, "select 1"), /password authentication failed/);
  guess.username = "postgres";
  await rejects(query(guess.href, "select 1"), /no pg_hba.conf entry/);
  const { mode } = await Deno.stat(join(folder.path, "postgres.password"));
  equal((mode ?? 0) & 0o777, 0o600);
});

Deno.test("Postgres writes durably", async () => {
  await using folder = await temporaryFolder();
  await using server = await start(folder.path);
  const names = "{fsync,synchronous_commit,full_page_writes,data_checksums}";
  const values = await query(server.url, `select current_setting(name) from unnest('${names}'::text[]) as name`);
  deepEqual(values, ["on", "on", "on", "on"]);
});

Deno.test("a Postgres that outlived its killed Weir is taken over with what it holds, and can be stopped", async () => {
  await using folder = await temporaryFolder();
  const killed = await otherWeir(folder.path);
  await query(killed.url, "create table t as select 7 as n");
  await killed.killGroup();
  const server = await startPostgres({ dataDir: folder.path });
  equal(server.adopted, true);
  equal(server.pid, killed.pid);
  deepEqual(await query(server.url, "select n from t"), [7]);
  await server.stop();
  await rejects(query(server.url, "select 1"), { code: "ECONNREFUSED" });
});

Deno.test("a left-over Postgres that is about to end is waited for and started anew", async () => {
  await using folder = await temporaryFolder();
  const killed = await otherWeir(folder.path);
  await query(killed.url, "create table t as select 7 as n");
  // Of the three ways to end, the one that waits for its clients.
  const client = postgres(killed.url, { max: 1, onnotice: () => {} });
  await client`select 1`;
  await killed.killGroup();
  Deno.kill(killed.pid, "SIGTERM");
  const leave = setTimeout(() => client.end(), 300);
  await using server = await start(folder.path);
  clearTimeout(leave);
  equal(server.adopted, false);
  notEqual(server.pid, killed.pid);
  deepEqual(await query(server.url, "select n from t"), [7]);
});

Deno.test("a Postgres that was killed itself recovers what it had acknowledged", async () => {
  await using folder = await temporaryFolder();
  const killed = await otherWeir(folder.path);
  await query(killed.url, "create table t as select 7 as n");
  Deno.kill(killed.pid, "SIGKILL");
  await killed.killGroup();
  await using server = await start(folder.path);
  equal(server.adopted, false);
  deepEqual(await query(server.url, "select n from t"), [7]);
});

Deno.test("a second Weir on the same folder is refused with the number of the first", async () => {
  await using folder = await temporaryFolder();
  const first = await otherWeir(folder.path);
  await rejects(startPostgres({ dataDir: folder.path }), {
    name: "Error",
    message: `Another Weir (process ${first.weir}) uses the folder ${folder.path}: stop it, or set WEIR_DATA_DIR to ` +
      "another folder.",
  });
  deepEqual(await query(first.url, "select 7"), [7]);
  await first.killGroup();
  await (await startPostgres({ dataDir: folder.path })).stop();
});

Deno.test("a stopped Postgres gives its folder free", async () => {
  await using folder = await temporaryFolder();
  await (await startPostgres({ dataDir: folder.path })).stop();
  await (await startPostgres({ dataDir: folder.path })).stop();
});

Deno.test("a pid file of which the process is another's does not hinder the start, nor harm the other", async () => {
  await using folder = await temporaryFolder();
  await (await startPostgres({ dataDir: folder.path })).stop();
  const { uid, gid } = await Deno.stat(join(folder.path, "postgres"));
  const stranger = new Deno.Command("sleep", { args: ["60"], uid: uid ?? 0, gid: gid ?? 0 }).spawn();
  await writePidFile(folder.path, stranger.pid);
  await startedAnew(folder.path);
  ok(lives(stranger.pid));
  stranger.kill();
  await stranger.status;
});

Deno.test("a pid file of which the process is gone does not hinder the start", async () => {
  await using folder = await temporaryFolder();
  await (await startPostgres({ dataDir: folder.path })).stop();
  const gone = new Deno.Command("true").spawn();
  await gone.status;
  await writePidFile(folder.path, gone.pid);
  await startedAnew(folder.path);
});

Deno.test("a copy of a folder is not taken for the original that still runs", async () => {
  await using folder = await temporaryFolder();
  const [original, copy] = [join(folder.path, "original"), join(folder.path, "copy")];
  await using server = await start(original);
  await query(server.url, "create table t as select 7 as n");
  await new Deno.Command("cp", { args: ["-a", original, copy] }).output();
  await using other = await start(copy);
  equal(other.adopted, false);
  notEqual(other.pid, server.pid);
});

Deno.test("a first start that was killed half-way is begun anew", async () => {
  await using folder = await temporaryFolder();
  const unfinished = ["postgres.new", "postgres-18.0.0.new"].map((name) => join(folder.path, name, "half"));
  await Promise.all(unfinished.map((path) => Deno.mkdir(path, { recursive: true })));
  await startedAnew(folder.path);
  deepEqual((await names(folder.path)).filter((name) => name.endsWith(".new")), []);
});

Deno.test("the database of another Postgres is refused and left as it is", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "postgres"));
  await Deno.writeTextFile(join(folder.path, "postgres", "PG_VERSION"), "15\n");
  await rejects(startPostgres({ dataDir: folder.path }), /is of Postgres 15, but this Weir brings Postgres 18: /);
  deepEqual(await names(join(folder.path, "postgres")), [
    "PG_VERSION",
  ]);
});

Deno.test("a folder that cannot be made is refused in one sentence", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "");
  await rejects(
    startPostgres({ dataDir: join(file, "data") }),
    /^Error: Weir cannot run its Postgres in .*file\/data: /,
  );
});

Deno.test("what Postgres cannot start from is told with its own words", async () => {
  await using folder = await temporaryFolder();
  await (await startPostgres({ dataDir: folder.path })).stop();
  await Deno.writeTextFile(join(folder.path, "postgres", "global", "pg_control"), "");
  await rejects(startPostgres({ dataDir: folder.path }), /^Error: Postgres cannot start in .*pg_control/);
});

Deno.test("root's Postgres is not root's, and needs a folder that others can pass through", {
  ignore: Deno.uid() !== 0,
}, async () => {
  await using folder = await temporaryFolder();
  const dataDir = join(folder.path, "data");
  await (await startPostgres({ dataDir })).stop();
  notEqual((await Deno.stat(join(dataDir, "postgres"))).uid, 0);
  await Deno.chmod(folder.path, 0o700);
  await rejects(startPostgres({ dataDir }), /does not run as root, and the user with the number \d+ may not pass/);
});
