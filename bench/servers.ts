// deno-lint-ignore-file no-console -- it prints
import postgres from "postgres";
import { startPostgres } from "../runners/postgres.ts";

export interface Server {
  kind: "weir" | "mlflow";
  address: string;
  /** Of the database that it keeps its runs in. */
  database: string;
  stop(): Promise<void>;
}

export interface Database {
  /** A fresh database of this name on the Postgres that all servers share. */
  create(name: string): Promise<string>;
  stop(): Promise<void>;
}

const root = new URL("../", import.meta.url);

export async function startDatabase(): Promise<Database> {
  const dataDir = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "weir-bench-" });
  await Deno.chmod(dataDir, 0o755);
  const server = await roomyPostgres(dataDir);
  return {
    async create(name) {
      const sql = postgres(server.url, { max: 1 });
      await sql.unsafe(`create database ${name}`);
      await sql.end();
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      await server.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

/** MLflow's server takes many more connections than Weir leaves room for. */
async function roomyPostgres(dataDir: string) {
  const first = await startPostgres({ dataDir });
  await first.stop();
  await Deno.writeTextFile(`${dataDir}/postgres/postgresql.auto.conf`, "\nmax_connections = 300\n", { append: true });
  return await startPostgres({ dataDir });
}

export const freePort = (): number => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
};

/** The permissions of the start task. */
async function startArguments(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  return tasks.start.command.split(" ").slice(1, -1).concat("main.ts");
}

/** `settings` are added to its environment. */
export async function startWeir(
  database: Database,
  name = "weir_bench",
  settings: Record<string, string> = {},
): Promise<Server> {
  const port = freePort();
  const folder = await Deno.makeTempDir({ prefix: "weir-bench-" });
  const url = await database.create(name);
  const env = {
    DATABASE_URL: url,
    PORT: String(port),
    WEIR_DATA_DIR: folder,
    WEIR_LOG: "quiet",
    ...settings,
  };
  return await start("weir", url, Deno.execPath(), await startArguments(), port, env);
}

/** MLflow's own server on the same Postgres; undefined, with the reason said, where it is not installed. */
export async function startMlflow(database: Database): Promise<Server | undefined> {
  const python = await findPython();
  if (!python) {
    console.log(
      "MLflow is not measured: no Python here has mlflow and psycopg2 (set WEIR_BENCH_PYTHON to one that has).",
    );
    return undefined;
  }
  const port = freePort();
  const folder = await Deno.makeTempDir({ prefix: "mlflow-bench-" });
  const backend = (await database.create("mlflow_bench")).replace(/^postgres:/, "postgresql:");
  const args = ["-m", "mlflow", "server", "--backend-store-uri", backend, "--port", String(port)];
  return await start("mlflow", backend, python, [...args, "--artifacts-destination", folder], port, {});
}

/** A Python that has mlflow and psycopg2. */
export async function findPython(): Promise<string | undefined> {
  const candidates = [Deno.env.get("WEIR_BENCH_PYTHON"), new URL(".cache/venv/bin/python", root).pathname, "python3"];
  for (const python of candidates) {
    if (!python) continue;
    if (await canServe(python)) return python;
  }
  return undefined;
}

async function canServe(python: string): Promise<boolean> {
  try {
    const check = new Deno.Command(python, { args: ["-c", "import mlflow, psycopg2"], stdout: "null", stderr: "null" });
    return (await check.output()).success;
  } catch {
    return false;
  }
}

async function start(
  kind: Server["kind"],
  database: string,
  command: string,
  args: string[],
  port: number,
  env: Record<string, string>,
): Promise<Server> {
  const child = new Deno.Command(command, {
    args,
    cwd: root,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  const address = `http://127.0.0.1:${port}`;
  const stop = async () => {
    try {
      Deno.kill(-child.pid, "SIGTERM");
    } catch { /* it has ended */ }
    await child.status;
  };
  for (let tries = 0; tries < 600; tries++) {
    if (await fetch(`${address}/health`).then((answer) => answer.body?.cancel().then(() => answer.ok), () => false)) {
      return { kind, address, database, stop };
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  await stop();
  throw new Error(`${kind} did not answer within a minute`);
}
