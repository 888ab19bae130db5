/** Weir as a process, as `deno task start` starts it: for tests that need its socket, its signals or its death. */
import process from "node:process";
import { startPostgres } from "../runners/postgres.ts";
import { watchChild } from "./child.ts";
import { freePort } from "./tools.ts";

export interface Server {
  /** Without a slash at the end. */
  url: string;
  /** It leads a process group of its own. */
  pid: number;
  /** What it has written so far, on both of its outputs. */
  output(): string;
  /**
   * Ends it, unless it has ended, and answers its exit code. With SIGTERM it ends in order. Removes what it kept unless `env`
   * named the folder.
   */
  stop(signal?: Deno.Signal): Promise<number>;
  /** Ends it as the kernel does (SIGKILL). Its Postgres lives on until the next server of the folder, or `stop`. */
  kill9(): Promise<void>;
  /** Its exit code, once it has ended. */
  ended: Promise<number>;
}

const root = new URL("../", import.meta.url);

/** Starts Weir on a free port and answers once it is healthy. `env` is added to the environment. */
export async function startServer(env: Record<string, string> = {}): Promise<Server> {
  const folder = env.WEIR_DATA_DIR === undefined ? await reachableFolder() : undefined;
  const port = freePort();
  const weir = await launchWeir({ PORT: `${port}`, ...(folder && { WEIR_DATA_DIR: folder.path }), ...env });
  let killed = false;
  const stop = async (signal: Deno.Signal = "SIGTERM") => {
    const code = await weir.end(signal);
    if (folder && killed && env.DATABASE_URL === undefined) {
      await (await startPostgres({ dataDir: folder.path })).stop();
    }
    await folder?.[Symbol.asyncDispose]();
    return code;
  };
  const kill9 = async () => {
    killed = true;
    await weir.end("SIGKILL");
  };
  const host = env.HOST === undefined || env.HOST === "0.0.0.0" ? "127.0.0.1" : env.HOST;
  const url = `http://${host}:${env.PORT ?? port}`;
  if (await healthy(url, weir.hasEnded, Date.now() + 60_000)) return { ...weir, url, stop, kill9 };
  await stop();
  throw new Error(`Weir did not start. It said:\n${weir.output()}`);
}

/** Runs Weir until it ends by itself, as it does where it cannot start: its exit code and what it said. */
export async function runWeir(env: Record<string, string>): Promise<{ code: number; output: string }> {
  await using folder = await reachableFolder();
  const weir = await launchWeir({ PORT: `${freePort()}`, WEIR_DATA_DIR: folder.path, ...env });
  const tooLong = setTimeout(() => weir.end("SIGTERM"), 60_000);
  const code = await weir.ended;
  clearTimeout(tooLong);
  return { code, output: weir.output() };
}

/** A temporary folder that any user may pass through, as Postgres does when root starts it. */
export async function reachableFolder(): Promise<{ path: string } & AsyncDisposable> {
  const asRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
  const path = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "weir-test-", ...(asRoot && { dir: "/var/tmp" }) }),
  );
  if (asRoot) await Deno.chmod(path, 0o755);
  const remove = () => Deno.remove(path, { recursive: true }).catch(ifMissing);
  return { path, [Symbol.asyncDispose]: remove };
}

/** Whether there is a process with this number; with a negative one, any process of the group. */
export function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Starts the command of the task as a group of its own, with nothing in its environment that configures it but `env`. */
export async function launchWeir(env: Record<string, string>) {
  const inherited = Object.entries(Deno.env.toObject()).filter(([name]) => !configures.test(name));
  const child = new Deno.Command(Deno.execPath(), {
    args: await startArguments(),
    cwd: root,
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  return watchChild(child, [child.stdout, child.stderr]);
}

const configures = /^(HOST|PORT|DATABASE_URL|ARTIFACT_ROOT|WEIR_(?!TEST_).*|(AWS|AZURE|MLFLOW)_.*|DENO_DEPLOYMENT_ID)$/;

/** What follows `deno` in the task that people start Weir with. */
async function startArguments(): Promise<string[]> {
  const config: { tasks: { start: { command: string } } } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  return config.tasks.start.command.split(" ").slice(1, -1).concat("main.ts");
}

async function healthy(url: string, ended: () => boolean, until: number): Promise<boolean> {
  const answer = await fetch(`${url}/health`).then(async (response) => await response.text(), () => "");
  if (answer !== "" || ended() || Date.now() > until) return answer === "OK";
  await new Promise((resolve) => setTimeout(resolve, 50));
  return await healthy(url, ended, until);
}

function ifMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
