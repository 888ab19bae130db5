import { type Command, InvalidArgumentError, Option } from "commander";
import { resolve } from "node:path";
import type { Calls } from "../client/calls.ts";
import type { Values } from "../domain/projects/project.ts";
import { parseSource } from "../domain/projects/source.ts";
import { type EnvManager, envManagers } from "../runners/projects/environment.ts";
import { askProgram, findProgram } from "../runners/projects/process.ts";
import { backendConfig } from "./backend_config.ts";
import { trackingUri } from "./server.ts";
import { uploadProject } from "./upload_project.ts";

/** What the verbs that run projects are asked alike. */
export interface AskOptions {
  entryPoint: string;
  version?: string;
  param: Values;
  dockerArgs: Values;
  experimentName?: string;
  experimentId?: string;
  backend: string;
  backendConfig?: string;
  envManager?: EnvManager;
  runName?: string;
  buildImage?: boolean;
  label: string[];
  onWorker?: boolean;
  trackingUri: string;
}

export const withProjectOptions = (command: Command): Command =>
  command
    .argument("<uri>", "a folder, a .zip file, or the URL of a git repository; #folder behind it for a part of it")
    .option("-e, --entry-point <name>", "the entry point, or a script of the project", "main")
    .option("-v, --version <version>", "a branch, tag or commit of the git repository")
    .option("-P, --param <name=value>", "a parameter; again for more", pair("P"), [])
    .option("-A, --docker-args <name[=value]>", "an argument or a flag for `docker run`; again for more", pair("A"), [])
    .addOption(
      new Option("--experiment-name <name>", "the experiment, made where there is none").conflicts("experimentId"),
    )
    .option("--experiment-id <id>", "the experiment")
    .option("-b, --backend <name>", "where it runs, such as local, docker or kubernetes", "local")
    .option("-c, --backend-config <json>", "what the backend needs: JSON, or a file that ends in .json")
    .addOption(new Option("--env-manager <manager>", "what makes the environment").choices(envManagers))
    .option("--run-name <name>", "the name of the run")
    .option("--build-image", "put the project into an image of its own, for Docker")
    .option(
      "--label <label>",
      "what a worker must offer, such as gpu; again for more",
      (text, all) => [...all, text],
      [] as string[],
    )
    .option("--on-worker", "the folder is one of the worker's machine; without it, that of this machine is uploaded")
    .addOption(trackingUri());

/** Reads `name=value`; of `A` also a name alone. */
export function pair(option: "P" | "A" | "S"): (text: string, before: Values) => Values {
  return (text, before) => {
    const [, name, value] = /^([^=]+)(?:=([^]*))?$/.exec(text) ?? [];
    if (name === undefined || (value === undefined && option !== "A")) {
      throw new InvalidArgumentError(`It must be name=value. Got '${text}'.`);
    }
    if (before.some(([one]) => one === name)) throw new InvalidArgumentError(`Repeated parameter: '${name}'`);
    return [...before, [name, value ?? ""]];
  };
}

/** A job as the server is asked for one. A folder is uploaded, unless it is to be one of the worker's machine. */
export async function askedJob(
  uri: string,
  options: AskOptions,
  cwd: string,
): Promise<Calls["POST /api/weir/1/jobs"]["input"]> {
  const { version, experimentId, experimentName, runName, envManager } = options;
  const pairs = (values: Values) => values.map(([key, value]) => ({ key, value }));
  return {
    uri: await uriForWorkers(uri, options, cwd),
    entry_point: options.entryPoint,
    parameters: pairs(options.param),
    docker_args: pairs(options.dockerArgs),
    backend: options.backend,
    backend_config: await backendConfig(options.backendConfig, cwd),
    build_image: options.buildImage ?? false,
    labels: options.label,
    submitted_by: await userName(),
    ...(version !== undefined && { version }),
    ...(experimentId !== undefined && { experiment_id: experimentId }),
    ...(experimentName !== undefined && { experiment_name: experimentName }),
    ...(runName !== undefined && { run_name: runName }),
    ...(envManager !== undefined && { env_manager: envManager }),
  };
}

async function uriForWorkers(uri: string, { onWorker, trackingUri }: AskOptions, cwd: string): Promise<string> {
  const { kind, location, subdirectory } = parseSource(uri);
  if (kind === "git" || /^(https?|mlflow-artifacts):/i.test(location)) return uri;
  const path = resolve(cwd, location);
  if (onWorker) return subdirectory === "" ? path : `${path}#${subdirectory}`;
  const uploaded = await uploadProject(trackingUri, path);
  return subdirectory === "" ? uploaded : `${uploaded}#${subdirectory}`;
}

/** As Python's `getpass.getuser` finds it. */
export async function userName(): Promise<string> {
  for (const name of ["LOGNAME", "USER", "LNAME", "USERNAME"]) {
    const user = Deno.env.get(name);
    if (user) return user;
  }
  const id = await findProgram("id", Deno.env.get("PATH"));
  return (id && (await askProgram({ argv: [id, "-un"], env: {} })).out) || "unknown";
}
