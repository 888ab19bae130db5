import { join } from "node:path";
import type { Binaries } from "./postgres_binaries.ts";

/** Where one embedded Postgres has its files, and as whom it runs. */
export interface Cluster {
  /** Weir's data folder, absolute and without links. */
  folder: string;
  /** Postgres's own, within `folder`. */
  data: string;
  binaries: Binaries;
  /** Empty: as we do. */
  user: { uid?: number; gid?: number };
}

const superuser = "postgres";
const role = "weir";
const database = "weir";

/** Durable first, then quick, then small: 20 MB at rest. */
const steady = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: 40,
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  // Where fsync alone leaves the data in the disk's cache.
  ...(Deno.build.os === "darwin" ? { wal_sync_method: "fsync_writethrough" } : {}),
  wal_compression: "on",
  max_wal_size: "1GB",
  checkpoint_timeout: "10min",
  // Nobody replicates it.
  wal_level: "minimal",
  max_wal_senders: 0,
  max_logical_replication_workers: 0,
  shared_buffers: "64MB",
  effective_cache_size: "1GB",
  // Of solid-state disks.
  random_page_cost: 1.1,
  autovacuum_max_workers: 2,
  // Saves the processes that would read for others.
  io_method: "sync",
  huge_pages: "off",
  jit: "off",
  // Seven files, each emptied after a week; of what a client did wrong only the client is told.
  logging_collector: "on",
  log_filename: "%a.log",
  log_rotation_age: "1d",
  log_rotation_size: 0,
  log_truncate_on_rotation: "on",
  log_min_messages: "log",
  log_checkpoints: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  default_text_search_config: "pg_catalog.english",
};

/**
 * The cluster in `folder`, which is made where it is missing (1 s). An Error of one sentence when there is one that these
 * binaries or this user cannot run.
 */
export async function openCluster(folder: string, binaries: Binaries): Promise<Cluster> {
  const data = join(folder, "postgres");
  const cluster = { folder, data, binaries, user: await userFor(data) };
  const major = await majorOf(data);
  if (major === undefined) await createCluster(cluster);
  else if (major !== binaries.major) {
    throw new Error(
      `The database in ${data} is of Postgres ${major}, but this Weir brings Postgres ${binaries.major}: run it with ` +
        `Postgres ${major} and DATABASE_URL, or set WEIR_DATA_DIR to another folder.`,
    );
  }
  return cluster;
}

/** The URL of the cluster's database while Postgres listens at `port` (loopback). */
export async function clusterUrl(folder: string, port: number): Promise<string> {
  const password = (await Deno.readTextFile(passwordFile(folder))).trim();
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}

/** Writes the settings for the next start and answers the arguments of `postgres` that make it read them. */
export async function writeSettings({ folder, data }: Cluster, port: number): Promise<string[]> {
  // Not in `data`, where another user could put a link in their place for root to follow.
  const [settings, access] = [join(folder, "postgres.conf"), join(folder, "postgres.hba.conf")];
  const lines = Object.entries({ ...steady, port, hba_file: access })
    .map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`);
  await writeReadable(settings, `# Written by Weir at every start.\n${lines.join("")}`);
  await writeReadable(
    access,
    `# Written by Weir at every start.\nhost all ${role} 127.0.0.1/32 scram-sha-256\n`,
  );
  return ["-D", data, `--config-file=${settings}`];
}

/** Runs one of the binaries to its end. An Error of one sentence when it fails. */
async function run(cluster: Cluster, binary: string, args: string[], input = ""): Promise<void> {
  const child = spawn(cluster, binary, { args, stdin: "piped" });
  const output = child.output();
  // What ends early does not read it; its exit code tells.
  await new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  const { success, stderr } = await output;
  if (success) return;
  throw new Error(`Postgres cannot be set up in ${cluster.folder}: ${complaint(new TextDecoder().decode(stderr))}.`);
}

/** Spawns one of the binaries; it says what is wrong on its standard error. An Error of one sentence when it cannot be run. */
export function spawn(cluster: Cluster, binary: string, options: Deno.CommandOptions): Deno.ChildProcess {
  const { folder, binaries, user } = cluster;
  // The time zone spares initdb the search for this machine's.
  const surroundings = { ...user, cwd: folder, clearEnv: true, env: { LC_ALL: "C", TZ: "UTC" } };
  const command = new Deno.Command(join(binaries.folder, "bin", binary), {
    ...surroundings,
    ...options,
    stdout: "null",
    stderr: "piped",
  });
  try {
    return command.spawn();
  } catch (cause) {
    if (user.uid === undefined || !(cause instanceof Deno.errors.PermissionDenied)) throw cause;
    throw new Error(
      `Postgres does not run as root, and the user with the number ${user.uid} may not pass through ${folder} or what it ` +
        "lies in: set WEIR_DATA_DIR to a folder such as /var/lib/weir.",
      { cause },
    );
  }
}

/** What it tells clients that come too early. */
const notYet = /the database system is (starting up|shutting down|in recovery mode|not (yet )?accepting connections)/;

/** The first error among the lines that Postgres wrote, for the later ones come of it; without any, the last line. */
export function complaint(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !notYet.test(line));
  const line = lines.find((line) => /(PANIC|FATAL|ERROR|error): /.test(line)) ?? lines.at(-1);
  return line?.replace(/^.*?(PANIC|FATAL|ERROR|error): +/, "") ?? "it said nothing";
}

/** Made under another name first, so that what is killed half-way is begun anew. */
async function createCluster(cluster: Cluster): Promise<void> {
  const data = `${cluster.data}.new`;
  const { uid, gid } = cluster.user;
  await Deno.remove(data, { recursive: true }).catch(ifMissing);
  await Deno.mkdir(data, { mode: 0o700 });
  if (uid !== undefined && gid !== undefined) await Deno.chown(data, uid, gid);
  // Nobody gets in as the superuser, who has no password.
  const access = ["--username", superuser, "--auth", "reject"];
  // Sorts the same on every machine, and as fast as bytes.
  const locale = ["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"];
  await run(cluster, "initdb", ["-D", data, ...access, ...locale, "--no-instructions"]);
  const password = crypto.getRandomValues(new Uint8Array(24)).toHex();
  const statements = [
    `create role ${role} login createdb password '${password}'`,
    `create database ${database} owner ${role}`,
  ];
  const single = ["--single", "-D", data, "-c", "exit_on_error=on", "-c", "log_checkpoints=off", superuser];
  await run(cluster, "postgres", single, statements.map((statement) => `${statement};\n`).join(""));
  await Deno.remove(passwordFile(cluster.folder)).catch(ifMissing);
  await Deno.writeTextFile(passwordFile(cluster.folder), `${password}\n`, { createNew: true, mode: 0o600 });
  await Deno.rename(data, cluster.data);
}

/**
 * Postgres refuses to run as root. Then it runs as whom its files belong to, at first `nobody`: initdb wants a user that has a
 * name on this machine.
 */
async function userFor(data: string): Promise<Cluster["user"]> {
  if (Deno.uid() !== 0) return {};
  const owner = await Deno.stat(data).catch(ifMissing);
  if (owner?.uid) return { uid: owner.uid, gid: owner.gid ?? owner.uid };
  const users = (await Deno.readTextFile("/etc/passwd")).split("\n").map((line) => line.split(":"));
  const nobody = users.find(([name, , uid]) => name === "nobody" && Number(uid) > 0) ??
    users.find(([, , uid]) => Number(uid) > 0);
  if (!nobody) throw new Error("Postgres does not run as root, and /etc/passwd knows no other user: set DATABASE_URL.");
  return { uid: Number(nobody[2]), gid: Number(nobody[3]) };
}

/** Undefined when there is no cluster yet. */
async function majorOf(data: string): Promise<string | undefined> {
  return (await Deno.readTextFile(join(data, "PG_VERSION")).catch(ifMissing))?.trim();
}

function passwordFile(folder: string): string {
  return join(folder, "postgres.password");
}

/** In spite of the umask: Postgres may run as another user. */
async function writeReadable(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, 0o644);
}

/** For `catch`: what is missing is undefined, anything else is still wrong. */
export function ifMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
