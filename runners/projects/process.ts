import { isAbsolute, join, resolve } from "node:path";

/** A program with its arguments: never a line for a shell. */
export interface Program {
  /** The program by its absolute path: a bare name is looked up in Weir's own PATH. */
  argv: readonly [string, ...string[]];
  cwd?: string;
  /** The whole environment: nothing of Weir's own is added. */
  env: Readonly<Record<string, string>>;
  stdin?: "null" | "inherit";
}

export type Write = (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void>;

/** How a program ended; `code` is 128 and more after a signal. */
export interface Exit {
  code: number;
  signal?: string;
}

/** Is told of every process group that a program of Weir starts, by the number of its first process. */
export interface GroupWatch {
  started(pid: number): Promise<void>;
  ended(pid: number): Promise<void>;
}

let watch: GroupWatch | undefined;

/** Workers write down what they start, for those that come after them when they are killed. */
export const watchGroups = (told: GroupWatch | undefined): void => void (watch = told);

/** Milliseconds from SIGTERM to SIGKILL. */
const grace = 10_000;
/** Milliseconds in which what a program left behind may still print. */
const afterglow = 1000;

/**
 * Runs a program in a process group of its own until it ends, and hands on what it prints. An aborted signal ends the whole group, and
 * so does the end of the program itself: nothing that it started outlives it. Throws Deno.errors.NotFound when there is no such program.
 */
export async function runProcess(program: Program, write: Write, signal?: AbortSignal): Promise<Exit> {
  const [path, ...args] = program.argv;
  const child = new Deno.Command(path, {
    args,
    env: { ...program.env },
    clearEnv: true,
    ...(program.cwd !== undefined && { cwd: program.cwd }),
    stdin: program.stdin ?? "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const noted = watch?.started(child.pid).catch(() => {});
  let killing: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    killGroup(child.pid, "SIGTERM");
    killing ??= setTimeout(() => killGroup(child.pid, "SIGKILL"), grace);
  };
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  const printed = Promise.all([pass(child.stdout, "stdout", write), pass(child.stderr, "stderr", write)]);
  printed.catch(stop); // nobody takes what it prints: the program ends, the error is thrown below
  try {
    const status = await child.status;
    killGroup(child.pid, "SIGTERM");
    const left = setTimeout(() => killGroup(child.pid, "SIGKILL"), afterglow);
    await printed.finally(() => clearTimeout(left));
    return { code: status.code, ...(status.signal !== null && { signal: status.signal }) };
  } finally {
    signal?.removeEventListener("abort", stop);
    clearTimeout(killing);
    killGroup(child.pid, "SIGKILL");
    await noted;
    await watch?.ended(child.pid).catch(() => {});
  }
}

async function pass(stream: ReadableStream<Uint8Array>, name: "stdout" | "stderr", write: Write): Promise<void> {
  for await (const bytes of stream) await write(name, bytes);
}

/** Sends a signal to a process group, if there is still anybody in it. */
export function killGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(Deno.build.os === "windows" ? pid : -pid, signal);
  } catch {
    // It has ended.
  }
}

/** What a program printed, for programs that answer something short, such as `git rev-parse`. */
export async function askProgram(program: Program, signal?: AbortSignal): Promise<Exit & { out: string; err: string }> {
  const text = { stdout: "", stderr: "" };
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const exit = await runProcess(program, (stream, bytes) => {
    text[stream] += decoders[stream].decode(bytes, { stream: true });
    return Promise.resolve();
  }, signal);
  return { ...exit, out: text.stdout.trim(), err: text.stderr.trim() };
}

/** The absolute path of a program by its name, as a shell finds it in `path` (folders separated by colons); undefined when it is not there. */
export async function findProgram(name: string, path: string | undefined, cwd = "/"): Promise<string | undefined> {
  if (name.includes("/")) return await isProgram(resolve(cwd, name)) ? resolve(cwd, name) : undefined;
  for (const folder of (path ?? "").split(Deno.build.os === "windows" ? ";" : ":")) {
    if (!isAbsolute(folder)) continue;
    const file = join(folder, name);
    if (await isProgram(file)) return file;
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(file);
    return isFile && (mode === null || (mode & 0o111) !== 0);
  } catch {
    return false;
  }
}
