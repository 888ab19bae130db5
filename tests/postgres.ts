/** A Postgres that is not Weir's own: Debian's where it is installed, else the embedded one without what Weir adds to it. */
import { join } from "node:path";
import postgres from "postgres";
import { postgresBinaries } from "../runners/postgres_binaries.ts";
import { reachableFolder } from "./server.ts";
import { freePort } from "./tools.ts";

export interface OtherPostgres extends AsyncDisposable {
  /** Of the database `postgres` and a superuser. */
  url: string;
  /** As it calls itself, such as "15.14". */
  version: string;
  start(): Promise<void>;
  /** SIGINT ends it in order, SIGQUIT at once (`pg_ctl stop -m immediate`), SIGKILL as the kernel does. */
  stop(signal: "SIGINT" | "SIGQUIT" | "SIGKILL"): Promise<void>;
}

/** Starts one with a cluster of its own, on a free port of the loopback address; with `tls`, it takes no other connections. */
export async function startOtherPostgres({ tls = false } = {}): Promise<OtherPostgres> {
  const folder = await reachableFolder();
  const bin = await installed() ?? join((await postgresBinaries(folder.path)).folder, "bin");
  const [data, port] = [join(folder.path, "cluster"), freePort()];
  const user = await unprivileged();
  const password = "p@ss/w0rd";
  const passwordFile = join(folder.path, "password");
  await Deno.writeTextFile(passwordFile, password);
  await Deno.mkdir(data);
  if (user.uid !== undefined && user.gid !== undefined) await Deno.chown(data, user.uid, user.gid);
  const surroundings = { ...user, cwd: folder.path, clearEnv: true, env: { LC_ALL: "C" }, stdin: "null" as const };
  const access = ["--username", "postgres", "--pwfile", passwordFile, "--auth", "scram-sha-256"];
  const made = await new Deno.Command(join(bin, "initdb"), {
    ...surroundings,
    args: ["-D", data, ...access, "--encoding", "UTF8", "--no-sync"],
  }).output();
  if (!made.success) throw new Error(new TextDecoder().decode(made.stderr));
  if (tls) await demandTls(data, surroundings);

  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres${
    tls ? "?sslmode=require" : ""
  }`;
  let child: Deno.ChildProcess;
  const start = async () => {
    const ssl = tls ? "on" : "off";
    const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off", ssl };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const output = { stdout: "null", stderr: "null" } as const;
    child = new Deno.Command(join(bin, "postgres"), { ...surroundings, ...output, args: ["-D", data, ...args] })
      .spawn();
    await until(() => query(url, "select 1").then(() => true, () => false));
  };
  const stop = async (signal: Deno.Signal) => {
    child.kill(signal);
    await child.status;
  };
  await start();
  const [row] = await query(url, "select current_setting('server_version') as version");
  return {
    url,
    version: String(row?.version),
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop("SIGQUIT").catch(() => {});
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Gives it a certificate that nobody signed but itself. */
async function demandTls(data: string, surroundings: Deno.CommandOptions): Promise<void> {
  const [key, certificate] = [join(data, "server.key"), join(data, "server.crt")];
  const what = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"];
  const args = ["req", "-x509", ...what, "-keyout", key, "-out", certificate];
  const made = await new Deno.Command("openssl", { ...surroundings, args }).output();
  if (!made.success) throw new Error(new TextDecoder().decode(made.stderr));
  await Deno.writeTextFile(join(data, "pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<postgres.Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...await sql.unsafe(statement)];
  } finally {
    await sql.end();
  }
}

/** Waits until something is so, a minute at most. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 1200; looks++) {
    if (await isSo()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("It did not become so within a minute.");
}

/** The folder of the newest Postgres of the packages of Debian, as they are known everywhere. */
async function installed(): Promise<string | undefined> {
  const folder = "/usr/lib/postgresql";
  const versions = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest && join(folder, newest, "bin");
}

/** Postgres refuses to run as root. */
async function unprivileged(): Promise<{ uid?: number; gid?: number }> {
  if (Deno.uid() !== 0) return {};
  const users = (await Deno.readTextFile("/etc/passwd")).split("\n").map((line) => line.split(":"));
  const [, , uid, gid] = users.find(([name]) => name === "nobody") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
