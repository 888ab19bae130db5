import { join } from "node:path";
import process from "node:process";
import { setInterval as every, setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { type Cluster, clusterUrl, complaint, ifMissing, spawn, writeSettings } from "./postgres_cluster.ts";

/** Postgres's first process, ours by birth or by adoption. */
export interface Postmaster {
  pid: number;
  url: string;
  /** Nothing happens once it has ended. */
  signal: (name: Deno.Signal) => void | Promise<void>;
  /** Resolves once it has ended. */
  ended: () => Promise<void>;
}

type Log = (message: string) => void;

/** Milliseconds between two looks at something that is about to change. */
const glance = 10;
/** Looks after which an adopted postmaster is looked at closely, 10 s: its number may have become another process's. */
const closely = 200;
/** Milliseconds after which a start is worth a word. */
const long = 3000;
/** Milliseconds that Postgres has to end in order. */
const patience = 10_000;
/** What passes by itself: a port that somebody was quicker to take, the last processes of a postmaster that was killed. */
const passing = /could not create any TCP\/IP sockets|shared memory block .* still in use/;

/**
 * The Postgres that already serves `folder`, once it does: one that is starting is waited for, and one that is ending until it
 * has. Undefined when there is none; then nothing stands in the way of a start.
 */
export async function takeOver(folder: string, log: Log): Promise<Postmaster | undefined> {
  const data = join(folder, "postgres");
  const told = tellOnce(log, `Waiting for the Postgres that still runs in ${folder}.`);
  for await (const _ of every(glance)) {
    const file = await pidFile(data);
    if (file === undefined) return;
    if (!await isPostmaster(file.pid, data)) return await removeStale(file.pid, data);
    const url = await clusterUrl(folder, file.port);
    if (file.status === "ready" && await answers(url)) return adopted(file.pid, url, data);
    told();
  }
}

/**
 * Starts the cluster's Postgres and waits until it takes connections, however long it recovers; on a free port unless `port` is
 * given. An Error with the last thing that it said when it ends instead.
 */
export async function startPostmaster(cluster: Cluster, log: Log, port?: number, tries = 20): Promise<Postmaster> {
  const at = port ?? freePort();
  const url = await clusterUrl(cluster.folder, at);
  // In a group of its own: Ctrl-C in a terminal must not end it before its clients have left.
  const child = spawn(cluster, "postgres", { args: await writeSettings(cluster, at), stdin: "null", detached: true });
  child.unref();
  // Ends at the latest when Postgres turns to its log file.
  const said = new Response(child.stderr).text();
  const postmaster = born(child, url);
  if (await isReady(postmaster, cluster, log)) return postmaster;
  const cause = await whyEnded(await said, child.pid, cluster);
  if (tries === 1 || !passing.test(cause)) throw new Error(`Postgres cannot start in ${cluster.folder}: ${cause}.`);
  await delay(200);
  return startPostmaster(cluster, log, port, tries - 1);
}

/** Ends it in order (SIGINT: whoever is connected is sent away), and when that takes too long at once (SIGQUIT). */
export async function endPostmaster({ signal, ended }: Postmaster): Promise<void> {
  await signal("SIGINT");
  const tooLong = setTimeout(() => signal("SIGQUIT"), patience);
  await ended();
  clearTimeout(tooLong);
}

function born(child: Deno.ChildProcess, url: string): Postmaster & { isOver: () => boolean } {
  let over = false;
  const end = child.status.then(() => {
    over = true;
  });
  const signal = (name: Deno.Signal) => over ? undefined : child.kill(name);
  return { pid: child.pid, url, signal, ended: () => end, isOver: () => over };
}

function adopted(pid: number, url: string, data: string): Postmaster {
  const lives = () => isPostmaster(pid, data);
  const signal = async (name: Deno.Signal) => {
    // Its number may long be another process's.
    if (await lives()) Deno.kill(pid, name);
  };
  const ended = async () => {
    let looks = 0;
    for await (const _ of every(5 * glance)) {
      if (!exists(pid) || (++looks % closely === 0 && !await lives())) return;
    }
  };
  return { pid, url, signal, ended };
}

async function isReady(child: ReturnType<typeof born>, { folder, data }: Cluster, log: Log): Promise<boolean> {
  const told = tellOnce(log, `Postgres recovers what was last written in ${folder}.`);
  for await (const _ of every(glance)) {
    if (child.isOver()) return false;
    const file = await pidFile(data);
    if (file?.pid === child.pid && file.status === "ready") return true;
    told();
  }
  return false;
}

/** Says `message` when it is called for the first time after a while. */
function tellOnce(log: Log, message: string): () => void {
  let due = performance.now() + long;
  return () => {
    if (performance.now() < due) return;
    due = Infinity;
    log(message);
  };
}

/** What a postmaster tells of itself: https://www.postgresql.org/docs/18/storage-file-layout.html, `postmaster.pid`. */
async function pidFile(data: string): Promise<{ pid: number; port: number; status: string } | undefined> {
  const text = await Deno.readTextFile(join(data, "postmaster.pid")).catch(ifMissing);
  const [pid, , , port, , , , status] = text?.split("\n") ?? [];
  return pid ? { pid: Number(pid), port: Number(port), status: status?.trim() ?? "" } : undefined;
}

/** A postmaster works in its data folder, and the number of one that was killed may by now be anybody's. */
async function isPostmaster(pid: number, data: string): Promise<boolean> {
  // By a program, because Deno reads /proc only with every permission.
  const [program, ...args] = Deno.build.os === "linux"
    ? ["readlink", `/proc/${pid}/cwd`]
    : ["lsof", "-a", "-p", String(pid), "-d", "cwd", "-Fn"];
  const { stdout } = await new Deno.Command(program, { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).split("\n").some((line) => line.replace(/^n/, "") === data);
}

/** Postgres itself removes a pid file, but not while any process of its user has that number. */
async function removeStale(pid: number, data: string): Promise<undefined> {
  if (exists(pid)) await Deno.remove(join(data, "postmaster.pid")).catch(ifMissing);
}

/** Whether there is a process with this number, of whichever user's. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Whether it takes connections. An Error of one sentence when it does not take our password. */
async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch (error) {
    // Class 28 of its error codes: invalid authorization.
    if (error instanceof postgres.PostgresError && error.code.startsWith("28")) {
      throw new Error(`The Postgres that still runs does not let Weir in: ${error.message}.`, { cause: error });
    }
    return false;
  } finally {
    await sql.end();
  }
}

/** From its standard error or, if it came so far, from what it left in its log. */
async function whyEnded(said: string, pid: number, { data }: Cluster): Promise<string> {
  if (/FATAL|PANIC/.test(said) || !said.includes("redirecting log output")) return complaint(said);
  const today = new Date().toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
  let its = "";
  // The process that writes the log outlives the others a little.
  for (let looks = 0; looks < 200 && !its.includes("database system is shut down"); looks++) {
    if (looks > 0) await delay(glance);
    const log = await Deno.readTextFile(join(data, "log", `${today}.log`)).catch(ifMissing) ?? "";
    const start = log.lastIndexOf(`[${pid}] LOG:  starting PostgreSQL`);
    its = start < 0 ? "" : log.slice(start);
  }
  return complaint(its || said);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
