import { invalid } from "../../domain/errors.ts";
import type { Values } from "../../domain/projects/project.ts";
import type { Exit } from "../projects/process.ts";
import type { Backend, Ending, Execution, Report, Task } from "./backend.ts";
import { readConfig } from "./backend_config.ts";
import { containerVariables, dockerEnvironment, isLoopback, oneProgram, projectFolder, safeName } from "./container.ts";
import { type Docker, keepEnd, openDocker, variableArguments } from "./docker_cli.ts";
import { buildImage, type Image, imageTags, pullImage } from "./docker_image.ts";
import { type StoreAccess, storeAccess } from "./docker_stores.ts";

/** Runs projects with a `docker_env` in a container of this machine, by the `docker` program. */
export const dockerBackend: Backend = { name: "docker", submit };

async function submit(task: Task, report: Report, signal?: AbortSignal): Promise<Execution> {
  readConfig("docker", {}, task.config);
  const base = dockerEnvironment(task.project)?.image;
  if (base === undefined) {
    throw invalid("The backend 'docker' runs projects with a docker_env, which this one has not.");
  }
  const store = await storeAccess(task.artifact_uri, task.environment);
  const planned = plan(task, store, Deno.build.os);
  const cli = await openDocker(task.environment);
  const image = task.build_image
    ? await buildImage(
      cli,
      task,
      { base, repository: safeName(task.project.name, "docker-project", 128) },
      report,
      signal,
    )
    : await pullImage(cli, base, report, signal);
  await report.tag(imageTags(image.uri, image.id));
  planned.notes.forEach(report.say);
  // What a worker left that was killed amid this run.
  await cli.ask(["rm", "--force", planned.name], signal);
  signal?.throwIfAborted();
  return execution(cli, planned, image);
}

/** What is given to `docker run`. */
export interface Plan {
  /** Of the container. */
  name: string;
  /** Between `run` and the image. */
  args: string[];
  /** After the image. */
  command: readonly string[];
  /** Of the docker program, beside its own. */
  environment: Readonly<Record<string, string>>;
  /** For the log. */
  notes: string[];
}

/** INVALID_PARAMETER_VALUE for docker arguments or variables that cannot be. */
export function plan(task: Task, store: StoreAccess, os: string): Plan {
  const given = dockerArguments(task.docker_args);
  const name = `weir-${task.run_id}`;
  const { argv, variables } = oneProgram(task.steps);
  const network = networkFor(task, os);
  const inside = variableArguments({
    ...store.variables,
    ...containerVariables(task),
    ...variables,
    ...network.variables,
  });
  const volumes = [...dockerEnvironment(task.project)?.volumes ?? [], ...store.volumes];
  const code = task.build_image ? [] : ["--mount", mount(task.folder), "--workdir", projectFolder];
  return {
    name,
    args: [
      "--rm",
      "--name",
      name,
      ...code,
      ...network.args,
      ...given,
      ...volumes.flatMap((volume) => ["--volume", volume]),
      ...inside.args,
    ],
    command: argv,
    environment: inside.environment,
    notes: network.notes,
  };
}

/** As docker reads it: a line of CSV. */
const mount = (folder: string): string =>
  ["type=bind", `source=${folder}`, `target=${projectFolder}`]
    .map((field) => /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field).join();

/** `-A name=value` as `--name=value`, a name of one letter as `-n value`; without a value they are flags. */
function dockerArguments(values: Values): string[] {
  return values.flatMap(([name, value]) => {
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) throw invalid(`-A ${name} is no argument of docker run.`);
    if (["d", "detach", "rm", "name"].includes(name)) {
      throw invalid(`-A ${name} cannot be given: Weir names the container, and ends it with the run.`);
    }
    if (name.length === 1) return value === "" ? [`-${name}`] : [`-${name}`, value];
    return [value === "" ? `--${name}` : `--${name}=${value}`];
  });
}

/**
 * How a container reaches a tracking server that listens on this machine's loopback address alone. MLflow leaves that to
 * `-A network=host`; here it is the default. The network of Docker Desktop is that of its virtual machine, which knows this one by a
 * name.
 */
function networkFor(
  { variables, docker_args }: Task,
  os: string,
): { args: string[]; notes: string[]; variables: Record<string, string> } {
  const uri = URL.parse(variables.MLFLOW_TRACKING_URI ?? "");
  const decided = docker_args.some(([name]) => ["net", "network", "p", "publish", "P", "publish-all"].includes(name));
  if (decided || uri === null || !isLoopback(uri.href)) return { args: [], notes: [], variables: {} };
  if (os === "linux") {
    const note =
      "The tracking server is on this machine's loopback address: the container shares this machine's network.";
    return { args: ["--network", "host"], notes: [`${note} -A network=… decides otherwise.`], variables: {} };
  }
  uri.hostname = "host.docker.internal";
  const address = uri.href.replace(/\/$/, "");
  return {
    args: [],
    notes: [`The container reaches the tracking server as ${address}.`],
    variables: { MLFLOW_TRACKING_URI: address },
  };
}

function execution(cli: Docker, { name, args, command, environment }: Plan, image: Image): Execution {
  const attached = new AbortController();
  let running: Promise<Exit> | undefined;
  let cancelled: Promise<void> | undefined;
  return {
    reference: undefined,
    watch: async ({ write }) => {
      if (cancelled) return { status: "KILLED" };
      const printed = keepEnd(write);
      const options = { signal: attached.signal, variables: environment };
      const exit = await (running = cli.run(["run", ...args, image.id, ...command], printed.write, options));
      await cancelled;
      return cancelled ? { status: "KILLED" } : ending(exit, printed.lastLine());
    },
    cancel: () =>
      cancelled ??= stop(cli, name, () => {
        attached.abort();
        return running;
      }),
  };
}

/** Seconds that the container's program has to end by itself. */
const grace = 10;

/** Ends the container, whether it has started or not, and `docker run` with it. */
async function stop(cli: Docker, name: string, detach: () => Promise<unknown> | undefined): Promise<void> {
  const inTime = () => AbortSignal.timeout((grace + 5) * 1000);
  const stopped = await cli.ask(["stop", "-t", String(grace), name], inTime());
  if (stopped.code !== 0) await cli.ask(["kill", name], inTime());
  await detach()?.catch(() => {});
  // Docker may just have been about to start it.
  await cli.ask(["rm", "--force", name], inTime());
}

/** Exit codes of `docker run` itself: 125 to 127. Source: its reference. */
function ending({ code }: Exit, said: string): Ending {
  if (code === 0) return { status: "FINISHED", exit_code: 0 };
  const reasons: Record<number, string> = {
    125: `Docker could not start the container: ${said}`,
    126: `The program of the entry point cannot be started in the container: ${said}`,
    127: `The program of the entry point is not in the container: ${said}`,
    137: "The container was killed: by somebody else, or since it had no memory left.",
  };
  return { status: "FAILED", exit_code: code, reason: reasons[code] ?? `The entry point ended with ${code}.` };
}
