import { invalid } from "../../domain/errors.ts";
import { askProgram, type Exit, findProgram, runProcess, type Write } from "../projects/process.ts";

/** The `docker` program of this machine. It is started with lists of arguments, never by a shell. */
export interface Docker {
  /** Runs it until it ends. `variables` are added to its environment. */
  run: (
    args: readonly string[],
    write: Write,
    options?: { signal?: AbortSignal | undefined; variables?: Readonly<Record<string, string>> },
  ) => Promise<Exit>;
  /** What it prints, with its error where it fails. */
  ask: (args: readonly string[], signal?: AbortSignal) => Promise<{ code: number; out: string; err: string }>;
  /** As `run`, but throws an INVALID_PARAMETER_VALUE that says `what` cannot be done, and the last line that it printed of it. */
  must: (what: string, args: readonly string[], write: Write, signal: AbortSignal | undefined) => Promise<void>;
}

/** INVALID_PARAMETER_VALUE where it is not installed. `environment` is what it sees: its own settings, and those of its helpers. */
export async function openDocker(environment: Readonly<Record<string, string>>): Promise<Docker> {
  const path = await findProgram("docker", environment.PATH);
  if (path === undefined) throw invalid("The program docker, which starts containers, is not on the PATH.");
  const run: Docker["run"] = (args, write, { signal, variables } = {}) =>
    runProcess({ argv: [path, ...args], env: { ...environment, ...variables } }, write, signal);
  const ask: Docker["ask"] = (args, signal) => askProgram({ argv: [path, ...args], env: environment }, signal);
  return { run, ask, must: (what, args, write, signal) => must(run, what, args, write, signal) };
}

async function must(
  run: Docker["run"],
  what: string,
  args: readonly string[],
  write: Write,
  signal: AbortSignal | undefined,
): Promise<void> {
  const printed = keepEnd(write);
  const { code } = await run(args, printed.write, { signal });
  signal?.throwIfAborted();
  if (code !== 0) throw invalid(`${what}: ${printed.lastLine() || `docker ended with ${code}`}`);
}

/** Hands on what a program prints, and keeps the last line of its errors. */
export function keepEnd(write: Write): { write: Write; lastLine: () => string } {
  const decoder = new TextDecoder();
  let end = "";
  return {
    write: (stream, bytes) => {
      if (stream === "stderr") end = (end + decoder.decode(bytes, { stream: true })).slice(-2000);
      return write(stream, bytes);
    },
    lastLine: () => end.trimEnd().split(/[\r\n]+/).at(-1)?.trim() ?? "",
  };
}

/**
 * Variables of a container as arguments of `docker run`, and as what its environment must hold for them: a value never stands on
 * the command line, where every user of the machine reads it. Except for names that docker itself, or what loads it, goes by: a
 * project could make it another program by them.
 */
export function variableArguments(
  variables: Readonly<Record<string, string>>,
): { args: string[]; environment: Record<string, string> } {
  const names = Object.keys(variables);
  return {
    args: names.flatMap((name) => ["-e", steersDocker.test(name) ? `${name}=${variables[name]}` : name]),
    environment: Object.fromEntries(Object.entries(variables).filter(([name]) => !steersDocker.test(name))),
  };
}

const steersDocker =
  /^(PATH|HOME|SHELL|USER|TMPDIR|TEMP|TMP|IFS|LANG|USERPROFILE|SYSTEMROOT|GCONV_PATH|LOCPATH|NLSPATH|HOSTALIASES|RES_OPTIONS|LOCALDOMAIN)$|^(LC_|LD_|DYLD_|GLIBC_|MALLOC_|GO[A-Z]|DOCKER_|BUILDX_|BUILDKIT_|COMPOSE_|OTEL_|XDG_|SSL_|SSH_|DBUS_)|_PROXY$/i;
