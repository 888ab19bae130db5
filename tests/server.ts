/** Weir as a process, as `deno task start` starts it: for tests that need its socket, its signals or its death. */
import { fileURLToPath } from "node:url";
import { startPostgres } from "../runners/postgres.ts";
import { freePort } from "./tools.ts";

export interface Server {
  /** Without a slash at the end. */
  url: string;
  pid: number;
  /** Ends it in order, as Ctrl-C does, and removes what it kept unless `env` named the folder. */
  stop(): Promise<void>;
  /** Ends it as the kernel does (SIGKILL). Its Postgres lives on until the next server of the folder, or `stop`. */
  kill9(): Promise<void>;
}

const root = new URL("../", import.meta.url);

/** Starts Weir on a free port and answers once it is healthy. `env` is added to the environment. */
export async function startServer(env: Record<string, string> = {}): Promise<Server> {
  const given = env.WEIR_DATA_DIR ?? env.DATABASE_URL;
  const folder = await temporaryFolder();
  const port = freePort();
  const child = new Deno.Command(Deno.execPath(), {
    args: await startArguments(),
    cwd: root,
    env: { HOST: "127.0.0.1", PORT: `${port}`, WEIR_DATA_DIR: folder, ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text();
  let ended = false;
  const status = child.status.finally(() => ended = true);
  let killed = false;
  const end = async (signal: Deno.Signal) => {
    if (!ended) child.kill(signal);
    await status;
    return await said;
  };
  const stop = async () => {
    await end("SIGTERM");
    if (killed && given === undefined) await (await startPostgres({ dataDir: folder })).stop();
    await Deno.remove(folder, { recursive: true });
  };
  const kill9 = async () => {
    killed = true;
    await end("SIGKILL");
  };
  const url = `http://127.0.0.1:${port}`;
  if (await healthy(url, () => ended, Date.now() + 60_000)) return { url, pid: child.pid, stop, kill9 };
  const output = await end("SIGTERM");
  await stop();
  throw new Error(`Weir did not start. It said:\n${output}`);
}

/** A folder that any user may pass through, as Postgres does when root starts it. */
async function temporaryFolder(): Promise<string> {
  const asRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
  const folder = await Deno.makeTempDir({ prefix: "weir-server-", ...(asRoot && { dir: "/var/tmp" }) });
  if (asRoot) await Deno.chmod(folder, 0o755);
  return folder;
}

/** What follows `deno` in the task that people start Weir with. */
async function startArguments(): Promise<string[]> {
  const config: { tasks: { start: { command: string } } } = JSON.parse(
    await Deno.readTextFile(fileURLToPath(new URL("deno.json", root))),
  );
  return config.tasks.start.command.split(" ").slice(1);
}

async function healthy(url: string, ended: () => boolean, until: number): Promise<boolean> {
  const answer = await fetch(`${url}/health`).then(async (response) => await response.text(), () => "");
  if (answer !== "" || ended() || Date.now() > until) return answer === "OK";
  await new Promise((resolve) => setTimeout(resolve, 50));
  return await healthy(url, ended, until);
}
