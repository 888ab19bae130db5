/** The real servers that tests run against, which not every machine has. */
import { join } from "node:path";

/**
 * The options of a test that needs a tool: it is left out, with a sentence, where the tool is missing. In CI it fails instead, so
 * that nothing is ever left out unseen.
 */
export function needs(tool: string | undefined, sentence: string): { ignore: boolean } {
  if (tool !== undefined) return { ignore: false };
  if (Deno.env.get("CI") === "true") throw new Error(`A test cannot run here. ${sentence}`);
  if (!told.has(sentence)) Deno.stderr.writeSync(new TextEncoder().encode(`Tests are left out. ${sentence}\n`));
  told.add(sentence);
  return { ignore: true };
}
const told = new Set<string>();

/** The path of a tool: in the folder that WEIR_TEST_TOOLS names, in the cache of built ones, or on PATH. */
export async function find(name: string): Promise<string | undefined> {
  const file = Deno.build.os === "windows" ? `${name}.exe` : name;
  const folders = [Deno.env.get("WEIR_TEST_TOOLS"), built(), ...(Deno.env.get("PATH") ?? "").split(separator)];
  const paths = folders.flatMap((folder) => folder ? [join(folder, file)] : []);
  const there = await Promise.all(paths.map((path) => Deno.stat(path).then(({ isFile }) => isFile, () => false)));
  return paths[there.indexOf(true)];
}
const separator = Deno.build.os === "windows" ? ";" : ":";

/** Where tools are kept that were built for the tests. */
function built(): string | undefined {
  const home = Deno.env.get("HOME") ?? Deno.env.get("LOCALAPPDATA");
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? (home && join(home, ".cache"));
  return cache && join(cache, "weir-test-tools");
}

export const versitygwIsMissing =
  "versitygw 1.8, an S3 server, is in no folder of PATH nor in WEIR_TEST_TOOLS, and there is no Go to build it.";

/** The path of versitygw, built where there is Go: that takes minutes, once. Undefined when there is none. */
export function versitygw(): Promise<string | undefined> {
  return found ??= find("versitygw").then((path) => path ?? buildVersitygw());
}
let found: Promise<string | undefined> | undefined;

async function buildVersitygw(): Promise<string | undefined> {
  const [go, folder] = [await find("go"), built()];
  if (go === undefined || folder === undefined) return undefined;
  const args = ["install", "github.com/versity/versitygw/cmd/versitygw@v1.8.0"];
  const { success } = await new Deno.Command(go, { args, env: { GOBIN: folder }, stdout: "null" }).output();
  return success ? await find("versitygw") : undefined;
}

export interface S3Server extends AsyncDisposable {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** An empty bucket. */
  bucket: string;
  /** The folder that holds the objects of the bucket. */
  folder: string;
  stop(): Promise<void>;
  /** Ends it as the kernel does. What it keeps stays. */
  kill9(): Promise<void>;
  /** On the same port, with what it kept. */
  startAgain(): Promise<void>;
}

/** Starts versitygw with an empty bucket, on a free port of the loopback address. `dir` is where its folder is made. */
export async function startVersitygw(dir?: string): Promise<S3Server> {
  const path = await versitygw();
  if (path === undefined) throw new Error(versitygwIsMissing);
  const root = await Deno.makeTempDir({ prefix: "weir-s3-", ...(dir && { dir }) });
  // Every folder is a bucket to it. Its notes stand beside them, since not every file system has extended attributes.
  await Promise.all(["store/artifacts", "notes"].map((name) => Deno.mkdir(join(root, name), { recursive: true })));
  const credentials = { accessKeyId: "weir", secretAccessKey: crypto.randomUUID() };
  const port = freePort();
  const launch = () =>
    new Deno.Command(path, {
      args: [
        "--quiet",
        "--port",
        `127.0.0.1:${port}`,
        "--health",
        "/health",
        "posix",
        "--sidecar",
        join(root, "notes"),
        "store",
      ],
      cwd: root,
      env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
  let server: Deno.ChildProcess;
  let ended = true;
  let status: Promise<unknown>;
  const endpoint = `http://127.0.0.1:${port}`;
  const start = async () => {
    const started = server = launch();
    ended = false;
    status = started.status.then(() => ended = true);
    await answers(`${endpoint}/health`, () => ended);
  };
  const kill9 = async () => {
    if (!ended) server.kill("SIGKILL");
    await status;
  };
  const stop = async () => {
    await kill9();
    await Deno.remove(root, { recursive: true });
  };
  await start().catch((error) => stop().then(() => Promise.reject(error)));
  return {
    endpoint,
    region: "us-east-1",
    credentials,
    bucket: "artifacts",
    folder: join(root, "store", "artifacts"),
    stop,
    kill9,
    startAgain: start,
    [Symbol.asyncDispose]: stop,
  };
}

export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Waits until a URL is answered, for as long as its server has not ended, and ten seconds at most. */
async function answers(url: string, ended: () => boolean, tries = 200): Promise<void> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
  } catch (error) {
    if (ended() || tries === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, 50));
    await answers(url, ended, tries - 1);
  }
}
