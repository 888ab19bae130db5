/**
 * A stand-in for the `docker` program, where no engine runs: records how it was called, and starts the command of a container as a
 * process of this machine, with the container's environment alone.
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";

export interface Call {
  argv: string[];
  env: Record<string, string>;
  /** Of a build. */
  dockerfile?: string;
}

export interface DockerStandIn extends AsyncDisposable {
  /** For a task: the stand-in is first on its PATH. */
  environment: Record<string, string>;
  calls: () => Promise<Call[]>;
}

/** Images whose names start with `absent/` cannot be pulled. `there`: images that are on the machine. */
export async function startDockerStandIn(there: string[] = []): Promise<DockerStandIn> {
  const folder = await Deno.makeTempDir({ prefix: "weir-docker-" });
  await Deno.writeTextFile(join(folder, "images.json"), JSON.stringify(there));
  const script = fileURLToPath(import.meta.url);
  const start = `#!/bin/sh\nexec '${Deno.execPath()}' run -A --no-check --quiet '${script}' "$@"\n`;
  await Deno.writeTextFile(join(folder, "docker"), start, { mode: 0o755 });
  return {
    environment: {
      PATH: `${folder}:${Deno.env.get("PATH")}`,
      HOME: Deno.env.get("HOME") ?? "/",
      DOCKER_STAND_IN: folder,
    },
    calls: async () => {
      const text = await Deno.readTextFile(join(folder, "calls")).catch(() => "");
      return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

if (import.meta.main) Deno.exit(await docker(Deno.args));

async function docker(argv: string[]): Promise<number> {
  const folder = Deno.env.get("DOCKER_STAND_IN") ?? "";
  const file = join(folder, "images.json");
  const images: string[] = JSON.parse(await Deno.readTextFile(file));
  const [verb = "", ...rest] = argv;
  const call: Call = { argv, env: Deno.env.toObject() };
  if (verb === "build") call.dockerfile = await Deno.readTextFile(valueOf(rest, "--file"));
  await Deno.writeTextFile(join(folder, "calls"), `${JSON.stringify(call)}\n`, { append: true });
  const container = (name: string) => join(folder, `container-${name}`);
  const last = rest.at(-1) ?? "";
  if (verb === "image") {
    if (!images.includes(last)) return fail(`Error response from daemon: No such image: ${last}`);
    const digests = images.filter((name) => name.includes("@")).join("\n");
    return print(rest.join(" ").includes("RepoDigests") ? digests : idOf(last));
  }
  if (verb === "pull" && last.startsWith("absent/")) {
    return fail(`Error response from daemon: pull access denied for ${last}`);
  }
  if (verb === "pull") {
    await Deno.writeTextFile(file, JSON.stringify([...images, last]));
    return print(`Status: Downloaded newer image for ${last}`);
  }
  if (verb === "build") {
    const name = valueOf(rest, "--tag");
    await Deno.writeTextFile(valueOf(rest, "--iidfile"), idOf(name));
    await Deno.writeTextFile(file, JSON.stringify([...images, name, idOf(name)]));
    return fail("Successfully built", 0);
  }
  if (verb === "push") {
    await Deno.writeTextFile(file, JSON.stringify([...images, `${last.replace(/:[^:/]*$/, "")}@sha256:feed`]));
    return print("Pushed");
  }
  if (verb === "run") return await run(rest, container(valueOf(rest, "--name")));
  if (verb === "stop" || verb === "kill" || verb === "rm") {
    const pid = Number(await Deno.readTextFile(container(last)).catch(() => "0"));
    if (pid === 0) return fail(`Error response from daemon: No such container: ${last}`);
    await end(pid, verb === "stop" ? "SIGTERM" : "SIGKILL", Number(valueOf(rest, "-t") || 0));
    await Deno.remove(container(last)).catch(() => {});
    return print(last);
  }
  return fail(`docker: unknown command ${verb}`);
}

async function run(args: string[], file: string): Promise<number> {
  const image = args.findIndex((arg) => arg.startsWith("sha256:"));
  const [program = "", ...rest] = args.slice(image + 1);
  const given = args.slice(0, image).flatMap((arg, at) => args[at - 1] === "-e" ? [arg] : []);
  const env = Object.fromEntries(given.map((one) => {
    const [name = "", value = Deno.env.get(name) ?? ""] = one.split(/=(.*)/s);
    return [name, value];
  }));
  const source = /source=([^,"]*)/.exec(valueOf(args, "--mount"))?.[1];
  try {
    const options = { args: rest, env, clearEnv: true, ...(source && { cwd: source }) };
    const child = new Deno.Command(program, { ...options, stdin: "null", detached: true }).spawn();
    await Deno.writeTextFile(file, String(child.pid));
    Deno.addSignalListener("SIGTERM", () => Deno.kill(-child.pid, "SIGTERM"));
    const { code } = await child.status;
    await Deno.remove(file).catch(() => {});
    return code;
  } catch (error) {
    return fail(`docker: Error response from daemon: exec: ${error instanceof Error ? error.message : error}`, 127);
  }
}

/** Ends the group of a process: after some seconds, at once. */
async function end(pid: number, signal: Deno.Signal, seconds: number): Promise<void> {
  const send = (signal: Deno.Signal) => {
    try {
      Deno.kill(-pid, signal);
      return true;
    } catch {
      return false;
    }
  };
  const until = Date.now() + seconds * 1000;
  let there = send(signal);
  while (there && signal === "SIGTERM" && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    there = await Deno.stat(`/proc/${pid}`).then(() => true, () => false);
  }
  if (there) send("SIGKILL");
}

function valueOf(args: string[], flag: string): string {
  const at = args.indexOf(flag);
  return at === -1 ? "" : args[at + 1] ?? "";
}

function idOf(name: string): string {
  return name.startsWith("sha256:") ? name : `sha256:${name.replaceAll(/\W/g, "-")}`;
}

function print(text: string): number {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  return 0;
}

function fail(text: string, code = 1): number {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
  return code;
}
