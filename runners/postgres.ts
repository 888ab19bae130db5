import { dirname } from "node:path";
import { lockFolder } from "./folder_lock.ts";
import { postgresBinaries } from "./postgres_binaries.ts";
import { openCluster } from "./postgres_cluster.ts";
import { endPostmaster, type Postmaster, startPostmaster, takeOver } from "./postmaster.ts";

export interface PostgresOptions {
  /** Made where it is missing. Everything of Postgres is in here. */
  dataDir: string;
  /** Told of what takes long. */
  log?: (message: string) => void;
}

/** A running Postgres that belongs to this process. */
export interface Postgres {
  /** Of a database and a role that owns it, on loopback. Holds the password. */
  url: string;
  pid: number;
  /** Whether it was already running, left over from a Weir that was killed. */
  adopted: boolean;
  /**
   * Never resolves. When Postgres ends by itself it is started again at the same address; rejects with an Error of one sentence
   * when that cannot be.
   */
  lost: Promise<never>;
  /** Ends it, within 10 s in order or else at once, and gives the folder free. Clients should have left before. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres of `dataDir`, or takes over the one that runs there already. It outlives this process unless it is
 * stopped. An Error of one sentence when that cannot be.
 */
export async function startPostgres({ dataDir, log = () => {} }: PostgresOptions): Promise<Postgres> {
  try {
    await makeFolder(dataDir);
    const folder = await Deno.realPath(dataDir);
    using held = new DisposableStack();
    held.use(await lockFolder(folder));
    const start = async (port?: number) =>
      await startPostmaster(await openCluster(folder, await postgresBinaries(folder)), log, port);
    const leftOver = await takeOver(folder, log);
    const kept = keepRunning(leftOver ?? await start(), (port) => {
      log("Postgres ended unexpectedly: it is started again.");
      return start(port).catch((error) => Promise.reject(explained(error, dataDir)));
    });
    const lock = held.move();
    let stopped: Promise<void> | undefined;
    return {
      ...kept,
      adopted: leftOver !== undefined,
      stop: () => stopped ??= kept.stop().finally(() => lock.dispose()),
    };
  } catch (error) {
    throw explained(error, dataDir);
  }
}

/** Starts a postmaster again whenever it ends before `stop`. */
function keepRunning(first: Postmaster, startAgain: (port: number) => Promise<Postmaster>) {
  let latest = Promise.resolve(first);
  let stopping = false;
  const lost = new Promise<never>((_, reject) => {
    const watch = async () => {
      await (await latest).ended();
      if (stopping) return;
      latest = startAgain(Number(new URL(first.url).port));
      await watch();
    };
    watch().catch(reject);
  });
  // Whoever does not ask for it is not bothered.
  lost.catch(() => {});
  const stop = async () => {
    stopping = true;
    const running = await latest.catch(() => undefined);
    if (running) await endPostmaster(running);
  };
  return { url: first.url, pid: first.pid, lost, stop };
}

/** Under root, others can pass through: Postgres runs as another user. */
async function makeFolder(path: string): Promise<void> {
  const mode = Deno.uid() === 0 ? 0o711 : 0o700;
  try {
    await Deno.mkdir(path, { mode });
    await Deno.chmod(path, mode);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path);
  }
}

/** Our own errors are sentences already; those of the system become one. */
function explained(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message } = error;
  if (/No space left|quota exceeded/i.test(message) && !message.includes("shared memory")) {
    return new Error(`The disk that holds ${dataDir} is full.`, { cause: error });
  }
  if (name === "Error" && !message.includes("(os error")) return error;
  const reason = name === "NotCapable" ? "Deno keeps programs out of it" : message.replace(/ \(os error \d+\)/, "");
  return new Error(`Weir cannot run its Postgres in ${dataDir}: ${reason}.`, { cause: error });
}
